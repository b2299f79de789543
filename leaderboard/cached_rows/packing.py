"""A scored row as bytes of the cache: MessagePack, which runs no code when it is read.

All fields of a `Row` are kept but its records, which are read anyway, and its evidence, which would
take a hundred times the space. Numbers stay exact, so that a row from the cache gives the same
pages as one that was just scored.
"""

import dataclasses
import functools
from typing import Any, get_type_hints

import msgspec
import numpy as np

from leaderboard.ranking.rows import Row
from leaderboard.results.record import Record

LEFT_OUT = ("records", "evidence")


def packed(row: Row) -> bytes:
    """Return a row as bytes."""
    values = {name: _writable(getattr(row, name)) for name in _names()}
    return msgspec.msgpack.encode(values, enc_hook=_to_bytes)


def unpacked(content: bytes, group: list[Record]) -> Row | None:
    """Return the row of these records; None where the bytes are not those of a row."""
    try:
        fields = msgspec.msgpack.decode(content, type=_schema(), dec_hook=_to_array)
    except (msgspec.MsgspecError, ValueError):
        return None
    values = {name: getattr(fields, name) for name in _names()}
    return Row(**values, records=tuple(group))


@functools.cache
def _names() -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(Row) if field.name not in LEFT_OUT)


@functools.cache
def _schema() -> type[msgspec.Struct]:
    hints = get_type_hints(Row)
    return msgspec.defstruct("PackedRow", [(name, hints[name]) for name in _names()])


def _writable(value: Any) -> Any:
    """Return a value that UTF-8 can hold: "?" for half of a pair of UTF-16, as on the pages."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _to_bytes(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype == np.float64:
        return {"shape": value.shape, "values": value.astype("<f8").tobytes()}
    raise NotImplementedError(f"{type(value)}: expected a float64 array")


def _to_array(kind: Any, value: Any) -> Any:
    """Return the array of its bytes; every other type is one that msgspec knows itself."""
    if not (isinstance(value, dict) and set(value) == {"shape", "values"}):
        raise ValueError(f"found {type(value)}, expected shape and values")
    return np.frombuffer(value["values"], "<f8").reshape(value["shape"]).astype(np.float64)
