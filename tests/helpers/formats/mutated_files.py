"""Bytes of a file, damaged in the ways that copies, disks and other programs damage them."""

from collections.abc import Callable

import numpy as np

HEADER = 2048  # bytes at the start, and at the end, where formats keep what describes the image
LONGEST_RUN = 4096
EXTREMES = (0, 1, 2, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
WORDS = ("<u2", ">u2", "<u4", ">u4", "<u8", ">u8")

Mutation = Callable[[bytearray, np.random.Generator], bytes]


def _flip(data: bytearray, rng: np.random.Generator) -> bytes:
    for place in rng.integers(0, len(data), rng.integers(1, 20)):
        data[place] ^= 1 << int(rng.integers(8))
    return bytes(data)


def _overwrite_anywhere(data: bytearray, rng: np.random.Generator) -> bytes:
    for place in rng.integers(0, len(data), rng.integers(1, 20)):
        data[place] = int(rng.integers(256))
    return bytes(data)


def _overwrite_header(data: bytearray, rng: np.random.Generator) -> bytes:
    for _ in range(rng.integers(1, 6)):
        data[_place_in_header(data, rng)] = int(rng.choice([0, 1, 0x7F, 0x80, 0xFF]))
    return bytes(data)


def _extreme_field(data: bytearray, rng: np.random.Generator) -> bytes:
    """Set numbers of the header to what no image has: 0, the largest, the largest negative."""
    for _ in range(rng.integers(1, 4)):
        word = np.dtype(rng.choice(WORDS))
        place = _place_in_header(data, rng) // 2 * 2
        value = int(rng.choice(EXTREMES)) & ((1 << 8 * word.itemsize) - 1)
        data[place : place + word.itemsize] = np.array(value, word).tobytes()
    return bytes(data)


def _cut(data: bytearray, rng: np.random.Generator) -> bytes:
    return bytes(data[: rng.integers(0, len(data))])


def _cut_header(data: bytearray, rng: np.random.Generator) -> bytes:
    return bytes(data[: rng.integers(0, min(len(data), HEADER))])


def _zeros(data: bytearray, rng: np.random.Generator) -> bytes:
    start, length = _run(data, rng)
    data[start : start + length] = bytes(len(data[start : start + length]))
    return bytes(data)


def _zeros_to_the_end(data: bytearray, rng: np.random.Generator) -> bytes:
    """A copy whose room was reserved, and that broke off."""
    start = int(rng.integers(0, len(data)))
    return bytes(data[:start]) + bytes(len(data) - start)


def _without_a_part(data: bytearray, rng: np.random.Generator) -> bytes:
    start, length = _run(data, rng)
    del data[start : start + length]
    return bytes(data)


def _a_part_twice(data: bytearray, rng: np.random.Generator) -> bytes:
    start, length = _run(data, rng)
    return bytes(data[: start + length]) + bytes(data[start:])


def _as_text(data: bytearray, rng: np.random.Generator) -> bytes:
    """Line ends that a transfer as text changes."""
    return bytes(data).replace(*((b"\n", b"\r\n"), (b"\r\n", b"\n"))[rng.integers(2)])


def _run(data: bytearray, rng: np.random.Generator) -> tuple[int, int]:
    return int(rng.integers(0, len(data))), int(rng.integers(1, LONGEST_RUN))


def _place_in_header(data: bytearray, rng: np.random.Generator) -> int:
    """Return a place near the start, or near the end: TIFF and DM keep their tags there."""
    place = int(rng.integers(0, min(HEADER, len(data))))
    return place if rng.random() < 0.6 else len(data) - 1 - place


MUTATIONS: tuple[Mutation, ...] = (
    _flip, _overwrite_anywhere, _overwrite_header, _overwrite_header, _extreme_field,
    _extreme_field, _extreme_field, _cut, _cut_header, _zeros, _zeros_to_the_end, _without_a_part,
    _a_part_twice, _as_text,
)  # fmt: skip


def mutated(data: bytes, rng: np.random.Generator) -> tuple[str, bytes]:
    """Return the name of a mutation, and the bytes that it leaves of a file."""
    mutation = MUTATIONS[rng.integers(len(MUTATIONS))]
    return mutation.__name__.strip("_"), mutation(bytearray(data), rng)
