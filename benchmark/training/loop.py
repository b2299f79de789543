"""The epochs of a training: the best or the last average is kept, every one can be continued.

A training may take a day and be killed at any time. After each epoch the loop therefore writes the
whole state (weights, optimizer, history) to `last.npz`, and where the epoch is the best so far, the
weights to `best-<epoch>.npz` before that: whichever of the two writes is interrupted, the next
start finds a consistent pair. All that is random depends on (seed, epoch), so that a continued
training gives the weights of an uninterrupted one.

A recipe with an average of weights (`ema`) chooses no epoch: the average after the last one is
kept. Until then that of each epoch is validated, and kept as though the training ended there.
"""

import contextlib
import dataclasses
import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import tqdm

from benchmark.errors import BenchmarkError
from benchmark.models import checkpoint
from benchmark.training.optimizers import CROSS_ENTROPY
from benchmark.training.recipe import Recipe
from tem_virus_dataset.files import progress

History = list[dict[str, float]]
SHOWN = 20  # characters of a setting, or of a hash, in a message
_HASHES = {
    "data": "content hash of the data",
    "origin.code": "hash of the model's code",
    "origin.weights.sha256": "sha256 of the weights",
}
COMPILING = "compiling the first step (about a minute)"


@dataclasses.dataclass(frozen=True)
class Training:
    """What the loop needs to know of a training.

    Attributes:
      model: compiled, with its optimizer built; kept: variables of which the best values are kept.
      steps: in an epoch; batches: of the epoch of a number from 0, and how many images they hold.
      validate: returns `validation_f1`, by which epochs are ranked, and where it is computed
        `validation_loss`, which decides between equals.
      made_with: settings, as JSON has them; a training with other settings is not continued.
      averaged: a context in which `kept` has the averaged weights, for recipes with `ema`.
    """

    model: keras.Model
    kept: Sequence[keras.Variable]
    steps: int
    batches: Callable[[int], tuple[keras.utils.PyDataset, int]]
    validate: Callable[[], dict[str, float]]
    made_with: dict[str, Any]
    averaged: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext


def train(training: Training, recipe: Recipe, folder: Path) -> History:
    """Train until the epochs are done or patience runs out; continue what `folder` holds.

    Returns:
      One dict an epoch: loss, those of `validate`, seconds (by the clock), cpu_seconds (of all
      threads), images; with regularized weights also penalty, which is not part of the loss there.
      `training.kept` has the values of the kept epoch.

    Raises:
      BenchmarkError: the loss is no longer a number, or `folder` holds another training, or one
        that began on another backend.
    """
    state = [*training.kept, *training.model.optimizer.variables]
    last = folder / checkpoint.LAST
    history = _history(folder, state, training, recipe) if last.exists() else []
    with progress.bar(
        total=recipe.epochs * training.steps, initial=len(history) * training.steps, unit="step",
        mininterval=1,
    ) as bar:  # fmt: skip
        callback = _Progress(bar)
        while not _finished(history, recipe):
            started, number = (time.monotonic(), time.process_time()), len(history)
            batches, images = training.batches(number)
            fit = training.model.fit(
                batches, epochs=1, verbose=0, callbacks=[callback], shuffle=False
            )
            losses = _losses(fit.history)
            spent = {
                "seconds": time.monotonic() - started[0],
                "cpu_seconds": time.process_time() - started[1],
                "images": images,
            }
            with training.averaged():
                scores = training.validate()
                if not all(map(math.isfinite, (*losses.values(), *scores.values()))):
                    raise BenchmarkError(
                        f"epoch {number + 1}: the training loss is {sum(losses.values())}, that on "
                        f"validation {scores.get('validation_loss', '-')}; expected numbers. Lower "
                        "the learning rate (--set learning_rate=...)."
                    )
                history.append({**losses, **scores, **spent})
                if kept_epoch(history, recipe) == len(history):
                    checkpoint.save(_best(folder, history, recipe), training.kept)
            bar.set_postfix(
                loss=f"{losses['loss']:.3f}", validation_f1=f"{scores['validation_f1']:.3f}"
            )
            about = {"history": history, "made_with": training.made_with, "backend": _backend()}
            checkpoint.save(last, state, about)
            for file in set(folder.glob("best-*.npz")) - {_best(folder, history, recipe)}:
                file.unlink()
    checkpoint.load(_best(folder, history, recipe), training.kept)
    return history


def _losses(epoch: dict[str, list[float]]) -> dict[str, float]:
    """Return the loss of an epoch, and the penalty on weights that Keras adds to it, if any.

    Apart, the loss compares with that on validation, which has no penalty.
    """
    whole = epoch["loss"][0]
    if CROSS_ENTROPY not in epoch:
        return {"loss": whole}
    loss = epoch[CROSS_ENTROPY][0]
    return {"loss": loss, "penalty": max(whole - loss, 0.0)}  # in this order, nan stays nan


def _backend() -> str:
    name: str = keras.backend.backend()
    return name


def _best(folder: Path, history: History, recipe: Recipe) -> Path:
    return checkpoint.best(folder, kept_epoch(history, recipe))


def _differing(found: Any, wanted: dict[str, Any]) -> str:
    """Return what differs in the settings of a checkpoint and of this run; "" if nothing does."""
    if not isinstance(found, dict):
        return "was started with settings that it does not state; expected those of this run"
    old, new = _leaves(found), _leaves(wanted)
    names = [name for name in {**new, **old} if old.get(name) != new.get(name)]
    if not names:
        return ""
    started, expected = (
        ", ".join(f"{_HASHES.get(name, name)}={str(leaves.get(name))[:SHOWN]}" for name in names)
        for leaves in (old, new)
    )
    return f"was started with {started}; expected {expected}"


def _leaves(values: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return nested settings by path, without the name of the weights' file: it may be renamed."""
    leaves: dict[str, Any] = {}
    for name, value in values.items():
        inner = value if isinstance(value, dict) else None
        leaves |= {before + name: value} if inner is None else _leaves(inner, f"{before}{name}.")
    leaves.pop("origin.weights.file", None)
    return leaves


def _history(
    folder: Path, state: list[keras.Variable], training: Training, recipe: Recipe
) -> History:
    """Restore the state of an interrupted training, and return the epochs done.

    None where one of the two files is damaged. Both are then set aside, and no variable is changed:
    the training that begins anew is that of its seed.
    """
    last = folder / checkpoint.LAST
    files = [last]
    try:
        values, about = checkpoint.read(last)
        found = (about or {}).get("made_with")
        if differing := _differing(found, training.made_with):
            raise BenchmarkError(
                f"{last}: {differing}. Delete it: the run then starts from the beginning."
            )
        if (backend := (about or {}).get("backend", _backend())) != _backend():  # older lack it
            raise BenchmarkError(
                f"{last}: was started with Keras on {backend}; expected {_backend()}, as the "
                f"record would state for all epochs. Set KERAS_BACKEND={backend}, or delete the "
                "file: the run then starts from the beginning."
            )
        history: History = list((about or {}).get("history", []))
        if history:
            files.append(_best(folder, history, recipe))
            checkpoint.check(files[1], checkpoint.arrays(files[1]), training.kept)
        checkpoint.check(last, values, state)
    except checkpoint.DamagedError as error:
        kept = [str(checkpoint.set_aside(file)) for file in files if file.exists()]
        print(
            f"warning: {error} It is kept as {' and '.join(kept)}. The training begins anew.",
            file=sys.stderr,
            flush=True,
        )
        return []
    for value, variable in zip(values, state, strict=True):
        variable.assign(value)
    return history


def kept_epoch(history: History, recipe: Recipe) -> int:
    """Return the number of the epoch that is kept, from 1: the last where weights are averaged."""
    return len(history) if recipe.ema else best_epoch(history)


def best_epoch(history: History) -> int:
    """Return the number of the best epoch on validation, from 1; the earlier one of equals."""
    return 1 + max(range(len(history)), key=lambda i: _rank(history[i]))


def _rank(epoch: dict[str, float]) -> tuple[float, float]:
    return epoch["validation_f1"], -epoch.get("validation_loss", 0.0)


def _finished(history: History, recipe: Recipe) -> bool:
    if recipe.ema or len(history) >= recipe.epochs:  # with an average, validation chooses nothing
        return len(history) >= recipe.epochs
    return bool(history) and len(history) - best_epoch(history) >= recipe.patience


class _Progress(keras.callbacks.Callback):
    """Moves the progress bar of the whole run by a step a batch.

    The first step of a process compiles the network, and takes as long as hundreds of others. The
    bar announces it, and leaves its time out of the rate from which it estimates the time left.
    """

    async_safe = True  # it reads no result, so that no step waits for the one before

    def __init__(self, bar: tqdm.tqdm) -> None:
        super().__init__()
        self.bar = bar
        self.announced = self.compiled = False

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        if self.announced:
            return
        self.announced = True  # here: an asynchronous backend begins many steps before one ends
        if self.bar.disable or not sys.stderr.isatty():
            print(COMPILING, file=sys.stderr, flush=True)
        else:
            self.bar.set_description_str(COMPILING)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if not self.compiled:
            self.compiled = True
            self.bar.set_description_str(None)
            self.bar.unpause()  # the bar's clock starts now
        self.bar.update()
