"""The files of the log `leaderboard/novelty`: a dataclass as JSON."""

import dataclasses
import json
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from benchmark.errors import BenchmarkError
from leaderboard.files.atomic import write_bytes
from leaderboard.files.names import reason

T = TypeVar("T")


def write(file: Path, content: Any) -> Path:
    """Write a dataclass atomically; return the file."""
    text = json.dumps(dataclasses.asdict(content), indent=1, allow_nan=False)
    write_bytes(file, f"{text}\n".encode())
    return file


def read(file: Path, kind: type[T], expected: str, remedy: str) -> T:
    """Read a dataclass.

    Args:
      expected, remedy: what the file should hold, and what to do without it, for the message.

    Raises:
      BenchmarkError: the file is missing or damaged.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError) as error:
        raise BenchmarkError(
            f"{file}: cannot be read ({reason(error)}); expected {expected}. {remedy}"
        ) from error
