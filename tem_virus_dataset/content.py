"""What a prepared config holds: counts against the published table, and a hash of its content."""

import collections
import hashlib
from collections.abc import Iterable, Mapping

import numpy as np

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError


def check_counts(found: Mapping[tuple[str, str], int], expected: facts.Counts, where: str) -> None:
    """Compare the number of patches of each (split, class) with the table.

    Raises:
      DatasetError: with one line for each difference.
    """
    wanted = {(s, name): row[s] for name, row in expected.items() for s in facts.SPLITS}
    lines = [
        f"  {split}/{name}: found {found.get((split, name), 0)}, "
        f"expected {wanted.get((split, name), 0)}"
        for split, name in sorted(found.keys() | wanted.keys())
        if found.get((split, name), 0) != wanted.get((split, name), 0)
    ]
    if lines:
        raise DatasetError(
            f"{where}: the number of patches differs from the table of this config:\n"
            + "\n".join(lines)
            + "\nComplete the folders named, or take the archive anew."
        )


def count(ids: Iterable[str]) -> dict[tuple[str, str], int]:
    """Count examples per (split, class) from their ids, `split/Class/name`."""
    return dict(collections.Counter((i.split("/")[0], i.split("/")[1]) for i in ids))


def example_digest(label: int, image: np.ndarray) -> str:
    """Digest of one example: its label and its pixels as little-endian uint16 in row order."""
    pixels = np.ascontiguousarray(image, dtype="<u2").tobytes()
    return hashlib.sha256(f"{label}\n".encode() + pixels).hexdigest()


def content_hash(digests: Mapping[str, str]) -> str:
    """Hash of a whole config over {id: example_digest}; the order of the examples is no matter.

    Two builds of the same archive agree in it, though their files differ byte by byte.
    """
    lines = "".join(f"{i}\t{digests[i]}\n" for i in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()
