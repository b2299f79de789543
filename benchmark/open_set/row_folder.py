"""A row of our own on a board, written whole: its origin, its predictions, its scores."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

from benchmark.errors import BenchmarkError
from leaderboard.files.atomic import replacing_folder, write_bytes
from leaderboard.open_set import predictions, row_scores, rows, truth
from leaderboard.open_set.folder import ORIGIN, Origin, about, files_of
from leaderboard.open_set.predictions import Predicted


def place(root: Path, origin: Origin) -> Path:
    """Return the folder of a row: a new one, or that of the same model and training.

    The name of the folder is that of the row. Another recipe or initialization of a model is
    another row, and a submission may have any name: none is replaced. The recipe is then in the
    name, too, and the initialization where that does not tell them apart.

    Raises:
      BenchmarkError: all names are taken.
    """
    start = [origin.initialization] if origin.initialization else []
    names = (
        (origin.model, origin.method),
        (origin.model, origin.recipe, origin.method),
        (origin.model, *start, origin.recipe, origin.method),
    )
    folders = [root / origin.board / "-".join(one).replace("+", "_and_") for one in names]
    for folder in folders:
        if not folder.exists() or _is_of(folder, origin):
            return folder
    raise BenchmarkError(
        f"{folders[-1]}: holds another row; expected none, or that of {origin.model}, "
        f"{origin.recipe}. Rename the submission there."
    )


def _is_of(folder: Path, origin: Origin) -> bool:
    if not (folder / ORIGIN).exists():
        return False
    found = about(folder, origin.board)
    return (
        isinstance(found, Origin)
        and found.recipe == origin.recipe
        and (not found.initialization or found.initialization == origin.initialization)
    )


def _keep_seeds(folder: Path, origin: Origin) -> None:
    """Refuse to replace a row by one without some of its seeds."""
    if not (folder / ORIGIN).exists():
        return
    lost = sorted({*about(folder, origin.board).seeds} - {*origin.seeds})
    if lost:
        raise BenchmarkError(
            f"{folder}: has seeds {', '.join(map(str, lost))} besides; expected them in the new "
            "row, too. Name the networks of all seeds, or delete the folder."
        )


def write(root: Path, origin: Origin, predicted: Mapping[int, Mapping[str, Predicted]]) -> Path:
    """Write a row whole, or not at all; return its folder.

    Args:
      root: `leaderboard/novelty`; predicted: by seed and round.

    Raises:
      BenchmarkError: the row has a seed more, or all names of its folder are taken.
    """
    folder = place(root, origin)
    _keep_seeds(folder, origin)
    old = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    with replacing_folder(folder, old) as new:
        text = json.dumps(dataclasses.asdict(origin), indent=1)
        write_bytes(new / ORIGIN, f"{text}\n".encode())
        for seed, of_round in predicted.items():
            for part, values in of_round.items():
                stem = f"seed{seed}.{part}" if part else f"seed{seed}"
                predictions.write(new / f"{stem}.csv.gz", truth.read(origin.board, part), values)
        files = files_of(new, origin.board, origin.seeds)
        rows.write(new, row_scores.score_files(origin.board, files))
    return folder
