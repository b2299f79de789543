"""Out-of-fold probabilities of a trial on disk: small, and enough to compare trials again.

One gzipped CSV file for each seed, `<trial>-s<seed>.csv.gz`, with the columns `id`, `micrograph`,
`fold`, and for each class the cost of a patch: -20 times the natural logarithm of the probability,
rounded, at most 255. A cost is exact to 2.5 % of the probability, which moves the mean log loss of
a thousand patches by less than 0.001. Scores are always those of the probabilities as written.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmark.errors import BenchmarkError
from leaderboard.files.atomic import write_bytes
from leaderboard.files.names import reason
from leaderboard.metrics.details import labels_of

STEPS, HIGHEST = 20, 255  # costs for a factor of e in probability; the cost of what is smaller
COLUMNS = ("id", "micrograph", "fold")


@dataclass(frozen=True)
class OutOfFold:
    """Predictions of patches by networks that saw no patch of their group.

    Attributes:
      ids: (n,) str, `split/Class/name`; micrographs: (n,) str, `Class/stem`.
      fold: (n,) int64, that was held out; costs: (n, classes) uint8.
    """

    ids: NDArray[np.str_]
    micrographs: NDArray[np.str_]
    fold: NDArray[np.int64]
    costs: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.ids)

    def only(self, chosen: ArrayLike) -> Self:
        """Return the patches for which `chosen`, bool (n,), is True."""
        mask = np.asarray(chosen, bool)
        return type(self)(*(getattr(self, field.name)[mask] for field in fields(self)))

    def labels(self, classes: Sequence[str]) -> NDArray[np.int64]:
        """Return the true class of each patch, (n,) index into the classes."""
        return labels_of(self.ids.tolist(), classes)

    def probabilities(self) -> NDArray[np.float64]:
        """Return the probabilities as they are written, (n, classes); rows sum to 1."""
        values = np.exp(-self.costs.astype(np.float64) / STEPS)
        return values / values.sum(axis=1, keepdims=True)


def costs(probabilities: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return the costs of probabilities (n, classes), as they are written."""
    smallest = np.exp(-HIGHEST / STEPS)
    logarithms = np.log(np.maximum(np.asarray(probabilities, np.float64), smallest))
    return np.clip(np.round(-STEPS * logarithms), 0, HIGHEST).astype(np.uint8)


def merged(parts: Sequence[OutOfFold]) -> OutOfFold:
    """Join several folds of one seed, in the order of the ids."""
    values = [
        np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(OutOfFold)
    ]
    order = np.argsort(values[0], kind="stable")
    return OutOfFold(*(value[order] for value in values))


def write(path: Path, classes: Sequence[str], rows: OutOfFold) -> None:
    """Write a file atomically; raises `OSError` where the folder cannot be written to."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, *classes])
    columns = (rows.ids.tolist(), rows.micrographs.tolist(), rows.fold.tolist())
    for *names, row_costs in zip(*columns, rows.costs.tolist(), strict=True):
        writer.writerow([*names, *row_costs])
    write_bytes(path, gzip.compress(text.getvalue().encode(), 9, mtime=0))


def read(path: Path, classes: Sequence[str]) -> OutOfFold:
    """Read a file that `write` wrote.

    Raises:
      BenchmarkError: it is missing, damaged, or of other classes.
    """
    try:
        header, *lines = csv.reader(io.StringIO(gzip.decompress(path.read_bytes()).decode()))
        if header != [*COLUMNS, *classes]:
            raise ValueError(f"found the columns {','.join(header)}"[:200])
        names, numbers = [line[:2] for line in lines], [line[2:] for line in lines]
        values = np.array(numbers, np.int64).reshape(len(lines), 1 + len(classes))
        if not lines or values.min() < 0 or values[:, 1:].max() > HIGHEST:
            raise ValueError(f"found no patch, or a cost that is not from 0 to {HIGHEST}")
        ids, micrographs = (np.array(column) for column in zip(*names, strict=True))
        rows = OutOfFold(ids, micrographs, values[:, 0], values[:, 1:].astype(np.uint8))
        rows.labels(classes)
    except (OSError, EOFError, ValueError, csv.Error, zlib.error) as error:
        raise BenchmarkError(
            f"{path}: cannot be read ({reason(error)}); expected the out-of-fold costs of a trial. "
            "Restore it from version control, or delete the trial and run it again."
        ) from error
    return rows
