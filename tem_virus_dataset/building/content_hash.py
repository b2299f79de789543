"""Checks of a prepared config: counts against the published table, and a content hash."""

import collections
import hashlib
import warnings
from collections.abc import Collection, Iterable, Mapping

import numpy as np

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError


def check_counts(
    found: Mapping[tuple[str, str], int],
    expected: facts.Counts,
    where: str,
    estimated: Collection[str] = (),
) -> None:
    """Compare the number of examples of each (split, class) with the table.

    Where a row of the table has a "total" and no splits, the class's total is compared.

    Args:
      estimated: classes without published counts: the table has an estimate, so another number
        only causes a warning; no example at all is an error.

    Raises:
      DatasetError: with one line for each difference.
    """
    totals = collections.Counter(found)
    for (_, name), number in found.items():
        totals["total", name] += number
    wanted = {(s, name): n for name, row in expected.items() for s, n in row.items()}
    foreign = {(s, name): 0 for s, name in found if name not in expected or s not in facts.SPLITS}
    lines = [
        f"  {split}/{name}: found none, expected some"
        for name, row in expected.items()
        for split in facts.SPLITS
        if "total" in row and not totals[split, name]
    ]
    warned: list[str] = []
    for (split, name), number in sorted({**wanted, **foreign}.items()):
        if totals[split, name] != number:
            line = f"  {split}/{name}: found {totals[split, name]}, expected {number}"
            (warned if name in estimated and totals[split, name] else lines).append(line)
    if lines:
        raise DatasetError(
            f"{where}: the number of examples differs from the table of this config:\n"
            + "\n".join(lines)
            + "\nComplete the classes named, as published."
        )
    if warned:
        warnings.warn(
            f"{where}: the number of examples differs from an estimate; the exact numbers of these "
            "classes are not published, so this may be right:\n" + "\n".join(warned),
            stacklevel=2,
        )


def count(ids: Iterable[str]) -> dict[tuple[str, str], int]:
    """Count examples per (split, class) from their ids, `split/Class/name`."""
    return dict(collections.Counter((i.split("/")[0], i.split("/")[1]) for i in ids))


def example_digest(label: int, image: np.ndarray, *more: np.ndarray) -> str:
    """Digest of one example: its label and its pixels as little-endian uint16 in row order.

    Args:
      more: what else the example consists of; each array adds its kind, shape and bytes.
    """
    digest = hashlib.sha256(f"{label}\n".encode())
    digest.update(np.ascontiguousarray(image, dtype="<u2").tobytes())
    for array in more:
        little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        digest.update(f"{little.dtype.str} {array.shape}\n".encode() + little.tobytes())
    return digest.hexdigest()


def content_hash(digests: Mapping[str, str]) -> str:
    """Hash of a whole config over {id: example_digest}; the order of the examples does not matter.

    Two builds of the same archive have the same hash, though their files may differ byte by byte.
    """
    lines = "".join(f"{i}\t{digests[i]}\n" for i in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()
