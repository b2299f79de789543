"""A row of our own on a board, written whole: its origin, its predictions, its scores."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

from leaderboard.files.atomic import replacing_folder, write_bytes
from leaderboard.open_set import predictions, rows, truth
from leaderboard.open_set.folder import ORIGIN, Origin, files_of
from leaderboard.open_set.predictions import Predicted


def name(origin: Origin) -> str:
    """Return the name of a row, which is that of its folder."""
    return f"{origin.model}-{origin.method}".replace("+", "_and_")


def write(root: Path, origin: Origin, predicted: Mapping[int, Mapping[str, Predicted]]) -> Path:
    """Write a row whole, or not at all; return its folder.

    Args:
      root: `leaderboard/novelty`; predicted: by seed and round.
    """
    folder = root / origin.board / name(origin)
    old = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    with replacing_folder(folder, old) as new:
        text = json.dumps(dataclasses.asdict(origin), indent=1)
        write_bytes(new / ORIGIN, f"{text}\n".encode())
        for seed, of_round in predicted.items():
            for part, values in of_round.items():
                stem = f"seed{seed}.{part}" if part else f"seed{seed}"
                predictions.write(new / f"{stem}.csv.gz", truth.read(origin.board, part), values)
        files = files_of(new, origin.board, origin.seeds)
        rows.write(new, rows.score_files(origin.board, files))
    return folder
