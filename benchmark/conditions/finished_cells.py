"""Finished cells on disk: one small file each, so that a run that was ended goes on."""

import dataclasses
import io
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.conditions.levels import Cell
from tem_virus_dataset.files.atomic import write_bytes

FIELDS = ("probabilities", "novelty", "pictures", "ids")


@dataclasses.dataclass(frozen=True)
class CellOutputs:
    """What a network says of the images of one cell.

    Attributes:
      probabilities: (n, c) float64, in the order of the network's classes; novelty: (n,) float64,
        nan where the network does not tell; pictures: hash of the images; ids: n.
    """

    probabilities: NDArray[np.float64]
    novelty: NDArray[np.float64]
    pictures: str
    ids: tuple[str, ...]


def path(folder: Path, digest: str, cell: Cell) -> Path:
    """Return the file of a cell; digest: of the network."""
    return folder / digest[:16] / f"{cell.name}.npz"


def write(file: Path, outputs: CellOutputs) -> None:
    """Write a cell, whole or not at all; raises `OSError` where the folder cannot be written."""
    packed = io.BytesIO()
    np.savez_compressed(
        packed, probabilities=outputs.probabilities, novelty=outputs.novelty,
        pictures=np.array(outputs.pictures), ids=np.array(outputs.ids),
    )  # fmt: skip
    write_bytes(file, packed.getvalue())


def read(file: Path, ids: tuple[str, ...], pictures: str | None) -> CellOutputs | None:
    """Read a cell; None where there is none of these images, or it is damaged.

    Args:
      ids: of the images, in order; pictures: their hash; None: not known, any is taken.
    """
    if not file.exists():
        return None
    try:
        with np.load(file, allow_pickle=False) as stored:
            probabilities, novelty, of_pictures, of_ids = (stored[name] for name in FIELDS)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    outputs = CellOutputs(probabilities, novelty, str(of_pictures), tuple(map(str, of_ids)))
    is_same = outputs.ids == ids and pictures in (None, outputs.pictures)
    return outputs if is_same and len(probabilities) == len(novelty) == len(ids) else None
