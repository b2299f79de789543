"""The trained network of a finished run, from its record and the folder of the runs."""

from pathlib import Path
from typing import Any

from benchmark.errors import BenchmarkError
from benchmark.models import checkpoint
from benchmark.network_files import rebuild
from benchmark.network_files.rebuild import recipe
from benchmark.runs.job import run_folder
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
      BenchmarkError: they are not here, or do not fit, or the model is unknown.
    """
    file = weights(record, runs)
    if not file.exists():
        raise BenchmarkError(
            f"the weights of this run, {file.name}, are not here. Name the folder of the runs with "
            "--runs, or train the run again."
        )
    built = rebuild.untrained(record)
    return built, checkpoint.load(file, built.variables) or {}
