"""Classifiers on patches under every condition.

The images of a cell are made once for all networks that still lack it, and never stored: all cells
together take 4 GB.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.classification.data import Data, Patches
from benchmark.conditions import finished_cells, networks
from benchmark.conditions.finished_cells import CellOutputs
from benchmark.conditions.networks import Named
from benchmark.errors import BenchmarkError
from leaderboard.ground_truth.classification import PatchTruth
from tem_virus_dataset.conditions import corrupt
from tem_virus_dataset.conditions.cell_hash import cell_hash
from tem_virus_dataset.conditions.levels import Cell
from tem_virus_dataset.files import progress

AT_ONCE = 64  # patches through a network between two steps of the progress bar


def truth_of(data: Data) -> PatchTruth:
    """Return the ground truth of the test split; which patches are clean is not looked up."""
    test = data.splits["test"]
    return PatchTruth(
        data.config,
        data.version,
        "test",
        data.classes,
        test.ids,
        test.labels.astype(np.int64),
        test.micrographs,
        np.ones(len(test), bool),
    )


def evaluate(
    chosen: Sequence[Named],
    classes: tuple[str, ...],
    patches: Patches,
    cells: Sequence[Cell],
    hashes: Mapping[Cell, str],
    folder: Path,
    seed: int = corrupt.SEED,
) -> None:
    """Write the outputs of networks for every cell that is not finished.

    Args:
      chosen: classifiers; classes: in the order of the probabilities.
      patches: of the clean test split; hashes: of the images by cell, where they are known.
      folder: of the finished cells; seed: of the images.

    Raises:
      BenchmarkError: the images have another hash. OSError: the folder cannot be written to.
    """
    ids = tuple(map(str, patches.ids))
    waiting = {
        cell: [
            network for network in chosen if not _is_finished(folder, network, cell, ids, hashes)
        ]
        for cell in cells
    }
    total = len(ids) * sum(map(len, waiting.values()))
    functions = {network.digest: networks.examiner(network, classes) for network in chosen}
    with progress.bar(total=total, unit="patch") as bar:
        for cell, missing in waiting.items():
            if not missing:
                continue
            bar.set_description(cell.name)
            images, pictures = pictures_of(patches, cell, hashes.get(cell), seed)
            for network in missing:
                outputs = _outputs(functions[network.digest], images, bar.update)
                file = finished_cells.path(folder, network.digest, cell)
                finished_cells.write(file, CellOutputs(*outputs, pictures, ids))


def pictures_of(
    patches: Patches, cell: Cell, expected: str | None, seed: int = corrupt.SEED
) -> tuple[NDArray[np.integer], str]:
    """Return the images of a cell and their hash.

    Raises:
      BenchmarkError: the hash is not the expected one.
    """
    images = corrupt.all_corrupted(patches.images, patches.ids, cell, seed)
    found = cell_hash(images, patches.ids)
    if expected not in (None, found):
        raise BenchmarkError(
            f"{cell.name}: its images have the hash {found[:12]}...; expected {expected[:12]}..., "
            "that of the table. Use the code and the libraries of this version; with other "
            "conditions, write the table again: python -m benchmark.conditions table."
        )
    return images, found


def _is_finished(
    folder: Path, network: Named, cell: Cell, ids: tuple[str, ...], hashes: Mapping[Cell, str]
) -> bool:
    file = finished_cells.path(folder, network.digest, cell)
    return finished_cells.read(file, ids, hashes.get(cell)) is not None


def _outputs(
    examine: Callable[[NDArray[np.integer]], networks.Classified],
    images: NDArray[np.integer],
    advance: Callable[[int], object],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    parts = list(_parts(examine, images, advance))
    probabilities, novelty = (np.concatenate(values) for values in zip(*parts, strict=True))
    return probabilities.astype(np.float64), novelty.astype(np.float64)


def _parts(
    examine: Callable[[NDArray[np.integer]], networks.Classified],
    images: NDArray[np.integer],
    advance: Callable[[int], object],
) -> Iterator[tuple[NDArray[np.floating], NDArray[np.floating]]]:
    for first in range(0, len(images), AT_ONCE):
        batch = images[first : first + AT_ONCE]
        outputs = examine(batch)
        advance(len(batch))
        yield outputs.probabilities, outputs.novelty
