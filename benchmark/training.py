"""Train one model on one config: the best epoch on validation is kept, every epoch is resumable."""

import dataclasses
import math
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tqdm

from benchmark import checkpoint, sampling
from benchmark.batches import Evaluation, Training
from benchmark.compiling import compile_for_training, jit
from benchmark.errors import BenchmarkError
from benchmark.feed import Feed
from benchmark.job import LAST
from benchmark.patches import Data, Patches
from benchmark.recipes import Recipe
from leaderboard import metrics


@dataclasses.dataclass(frozen=True)
class Trained:
    """A finished training.

    Attributes:
      network: with the weights of its best epoch, from standardized patches to probabilities.
      history: one dict an epoch: loss, validation_f1, validation_loss, seconds, images.
    """

    network: keras.Model
    history: list[dict[str, float]]

    @property
    def best(self) -> int:
        """Number of the best epoch, from 1."""
        return best_epoch(self.history)


def train(
    network: keras.Model,
    data: Data,
    recipe: Recipe,
    seed: int,
    folder: Path,
    origin: object = None,
) -> Trained:
    """Train until the epochs are done or patience is at its end; continue where `folder` stops.

    Args:
      network: (batch, side, side, 1) float32 to probabilities (batch, classes).
      data: its train and validation splits are used, test is not looked at.
      folder: keeps the checkpoints.
      origin: what else the training depends on, as JSON has it (the model's code, its first
        weights); what was begun with another is not continued.

    Raises:
      BenchmarkError: the loss is no longer a number, or `folder` holds another training.
    """
    train_split, classes = data.splits["train"], len(data.classes)
    model = fed(network, train_split, recipe.side, 2 if recipe.mixup else 1)
    steps = math.ceil(recipe.level * len(np.unique(train_split.labels)) / recipe.batch)
    compile_for_training(model, recipe, steps)
    model.optimizer.build(model.trainable_variables)
    state = [*network.variables, *model.optimizer.variables]
    last = folder / LAST
    made_with = {"data": data.content_hash, "seed": seed, "recipe": dataclasses.asdict(recipe)}
    made_with["origin"] = origin
    history = _history(last, state, made_with) if last.exists() else []
    validation = predictor(network, data.splits["validation"], recipe, views=1)
    with tqdm.tqdm(
        total=recipe.epochs * steps, initial=len(history) * steps, unit="step", mininterval=1
    ) as bar:
        while not _finished(history, recipe):
            began = time.monotonic()
            number = len(history)
            shown = sampling.epoch(train_split.labels, seed, number, recipe.level)
            batches = Training(shown, train_split.labels, classes, recipe, (seed, number))
            fit = model.fit(batches, epochs=1, verbose=0, callbacks=[_Bar(bar)], shuffle=False)
            loss, seconds = fit.history["loss"][0], time.monotonic() - began
            scored = _score(validation(), data.splits["validation"].labels, classes)
            if not (math.isfinite(loss) and math.isfinite(scored["validation_loss"])):
                raise BenchmarkError(
                    f"epoch {number + 1}: the training loss is {loss}, that on validation "
                    f"{scored['validation_loss']}; expected numbers. Lower the learning rate "
                    "(--set rate=...)."
                )
            images = len(batches.index)
            history.append({"loss": loss, **scored, "seconds": seconds, "images": images})
            bar.set_postfix(loss=f"{loss:.3f}", validation_f1=f"{scored['validation_f1']:.3f}")
            if best_epoch(history) == len(history):
                checkpoint.save(_best(folder, history), network.variables)
            checkpoint.save(last, state, {"history": history, "made_with": made_with})
            for file in set(folder.glob("best-*.npz")) - {_best(folder, history)}:
                file.unlink()
    checkpoint.load(_best(folder, history), network.variables)
    return Trained(network, history)


def _best(folder: Path, history: list[dict[str, float]]) -> Path:
    return checkpoint.best(folder, best_epoch(history))


def _history(last: Path, state: list[keras.Variable], made_with: dict[str, Any]) -> list[dict]:
    """Restore the state of an interrupted training, and return the epochs done."""
    about = checkpoint.load(last, state) or {}
    if about.get("made_with") != made_with:
        raise BenchmarkError(
            f"{last}: begun with {about.get('made_with')}; expected {made_with}. Delete it: the "
            "run then begins anew."
        )
    return list(about["history"])


def predictor(network: keras.Model, patches: Patches, recipe: Recipe, views: int) -> Any:
    """Return a function without arguments that gives (n, classes) float64 probabilities.

    Args:
      views: the mean of this many of the eight views of each patch.
    """
    model = fed(network, patches, recipe.side, 1)
    model.compile(jit_compile=jit())

    def predict() -> np.ndarray:
        total = np.zeros((len(patches), network.output_shape[-1]))
        for view in tqdm.tqdm(range(views), "views", unit="view", disable=views == 1):
            batches = Evaluation(len(patches), view, recipe.batch)
            total += model.predict(batches, verbose=0)[: len(patches)]
        return total / views

    return predict


def fed(network: keras.Model, patches: Patches, side: int, mixed: int) -> keras.Model:
    """Put the resident patches, `mixed` of them for each input, before the network."""
    inputs = {
        "index": keras.Input((mixed,), dtype="int32", name="index"),
        "view": keras.Input((mixed,), dtype="int32", name="view"),
        "share": keras.Input((mixed,), dtype="float32", name="share"),
    }
    return keras.Model(inputs, network(Feed(patches.images, side)(inputs)))


def _score(probabilities: np.ndarray, labels: np.ndarray, classes: int) -> dict[str, float]:
    likely = np.clip(probabilities[np.arange(len(labels)), labels], 1e-7, 1)
    found = metrics.scores(labels, probabilities.argmax(axis=1), classes)
    return {"validation_f1": found.f1, "validation_loss": float(-np.log(likely).mean())}


def best_epoch(history: list[dict[str, float]]) -> int:
    """Return the number of the best epoch on validation, from 1; the earlier one of equals."""
    return 1 + max(range(len(history)), key=lambda i: _rank(history[i]))


def _rank(epoch: dict[str, float]) -> tuple[float, float]:
    return epoch["validation_f1"], -epoch["validation_loss"]


def _finished(history: list[dict[str, float]], recipe: Recipe) -> bool:
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
