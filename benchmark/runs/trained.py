"""The trained network of a finished run, from its record and the folder of the runs."""

import json
from pathlib import Path
from typing import Any

from benchmark.errors import BenchmarkError
from benchmark.models import checkpoint
from benchmark.network_files import rebuild
from benchmark.network_files.rebuild import recipe
from benchmark.runs.job import JOB, run_folder
from leaderboard.results.store import Record

__all__ = ["network", "recipe", "weights"]


def weights(record: Record, runs: Path) -> Path:
    """Return the checkpoint of the kept epoch, whether or not it is kept here."""
    return checkpoint.best(run_folder(runs, record.data, record.run), record.best_epoch or 0)


def network(record: Record, runs: Path) -> tuple[Any, dict[str, Any]]:
    """Build the run's `keras.Model`, in float32, with the weights of its kept epoch.

    Returns:
      It, and the note that was kept with the weights.

    Raises:
      BenchmarkError: they are not here, do not fit or are of another training, or the model is
        unknown.
    """
    file = weights(record, runs)
    if not file.exists():
        raise BenchmarkError(
            f"the weights of this run, {file.name}, are not here. Name the folder of the runs with "
            "--runs, or train the run again."
        )
    _check_training(record, file.parent)
    built = rebuild.untrained(record)
    return built, checkpoint.load(file, built.variables) or {}


def _check_training(record: Record, folder: Path) -> None:
    """Refuse weights of a later training of the same name, as of a folder that has changed since.

    Raises:
      BenchmarkError: the folder of the run was used for other data, or another start.
    """
    try:
        job = json.loads((folder / JOB).read_bytes())
        given = Path(job["weights"]).name if job["weights"] else None
        data = f"{job['dataset']} {job['version']}"
    except (OSError, ValueError, KeyError, TypeError):
        return  # weights that were copied without it
    start = record.weights["file"] if record.weights else None
    for what, found, expected in (
        ("data", data, f"{record.data} {record.data_version}"),
        ("weights to start from", given, start),
    ):
        if found != expected:
            raise BenchmarkError(
                f"{folder}: holds a training with {what} {found}; expected {expected}, as the "
                f"record of {record.run} has it. A later training of this name took its place: "
                "name the folder of the first with --runs, or train it again."
            )
