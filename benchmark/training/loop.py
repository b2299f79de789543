"""The epochs of a training: the best one on validation is kept, every one can be continued."""

import dataclasses
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import tqdm

from benchmark.errors import BenchmarkError
from benchmark.models import checkpoint
from benchmark.runs.job import LAST
from benchmark.training.recipe import Recipe

History = list[dict[str, float]]


@dataclasses.dataclass(frozen=True)
class Training:
    """What the loop needs to know of a training.

    Attributes:
      model: compiled, with its optimizer built; kept: variables whose best values are kept.
      steps: of an epoch; batches: of the epoch of a number from 0, and how many pictures they show.
      validate: gives `validation_f1`, by which epochs are ranked, and where it is computed
        `validation_loss`, which decides between equals.
      made_with: as JSON has it; what was begun with another is not continued.
    """

    model: keras.Model
    kept: Sequence[keras.Variable]
    steps: int
    batches: Callable[[int], tuple[keras.utils.PyDataset, int]]
    validate: Callable[[], dict[str, float]]
    made_with: dict[str, Any]


def train(what: Training, recipe: Recipe, folder: Path) -> History:
    """Train until the epochs are done or patience is at its end; continue where `folder` stops.

    Returns:
      One dict an epoch: loss, those of `validate`, seconds, images; `what.kept` has the values of
      the best epoch.

    Raises:
      BenchmarkError: the loss is no longer a number, or `folder` holds another training.
    """
    state = [*what.kept, *what.model.optimizer.variables]
    last = folder / LAST
    history = _history(last, state, what.made_with) if last.exists() else []
    with tqdm.tqdm(
        total=recipe.epochs * what.steps, initial=len(history) * what.steps, unit="step",
        mininterval=1,
    ) as bar:  # fmt: skip
        while not _finished(history, recipe):
            began, number = time.monotonic(), len(history)
            batches, images = what.batches(number)
            fit = what.model.fit(batches, epochs=1, verbose=0, callbacks=[_Bar(bar)], shuffle=False)
            loss, seconds = fit.history["loss"][0], time.monotonic() - began
            scored = what.validate()
            if not all(map(math.isfinite, (loss, *scored.values()))):
                raise BenchmarkError(
                    f"epoch {number + 1}: the training loss is {loss}, that on validation "
                    f"{scored.get('validation_loss', '-')}; expected numbers. Lower the learning "
                    "rate (--set learning_rate=...)."
                )
            history.append({"loss": loss, **scored, "seconds": seconds, "images": images})
            bar.set_postfix(loss=f"{loss:.3f}", validation_f1=f"{scored['validation_f1']:.3f}")
            if best_epoch(history) == len(history):
                checkpoint.save(_best(folder, history), what.kept)
            checkpoint.save(last, state, {"history": history, "made_with": what.made_with})
            for file in set(folder.glob("best-*.npz")) - {_best(folder, history)}:
                file.unlink()
    checkpoint.load(_best(folder, history), what.kept)
    return history


def _best(folder: Path, history: History) -> Path:
    return checkpoint.best(folder, best_epoch(history))


def _history(last: Path, state: list[keras.Variable], made_with: dict[str, Any]) -> History:
    """Restore the state of an interrupted training, and return the epochs done."""
    about = checkpoint.load(last, state) or {}
    if about.get("made_with") != made_with:
        raise BenchmarkError(
            f"{last}: begun with {about.get('made_with')}; expected {made_with}. Delete it: the "
            "run then begins anew."
        )
    return list(about["history"])


def best_epoch(history: History) -> int:
    """Return the number of the best epoch on validation, from 1; the earlier one of equals."""
    return 1 + max(range(len(history)), key=lambda i: _rank(history[i]))


def _rank(epoch: dict[str, float]) -> tuple[float, float]:
    return epoch["validation_f1"], -epoch.get("validation_loss", 0.0)


def _finished(history: History, recipe: Recipe) -> bool:
    if len(history) >= recipe.epochs:
        return True
    return bool(history) and len(history) - best_epoch(history) >= recipe.patience


class _Bar(keras.callbacks.Callback):
    """Moves the progress bar of the whole run by a step a batch."""

    async_safe = True  # it reads no result, so that no step waits for the one before

    def __init__(self, bar: tqdm.tqdm) -> None:
        super().__init__()
        self.bar = bar

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self.bar.update()
