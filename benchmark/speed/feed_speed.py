"""Feeding a training: the resident patches against the common ways, without any network."""

import functools
import importlib.util
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from PIL import Image

from benchmark.classification.data import Data, Patches
from benchmark.classification.resident_feed import Feed
from benchmark.classification.step_inputs import Training
from benchmark.speed import feed_baselines, interleaved_timing
from benchmark.speed.interleaved_timing import Way
from benchmark.training import sampling
from benchmark.training.compiling import jitted, wait
from benchmark.training.recipe import recipe

OURS = "ours: resident, in the jitted step"


def report(
    data: Data, prepared: Path | None, batch: int, images: int, seconds: float, repeats: int
) -> str:
    """Measure and return a table: standardized, turned patches a second.

    Args:
      data: its train split is shown; prepared: TFDS's folder of the prepared config, None for a
        file: then TFRecord is left out.
      images: patches that are written as PNG files for the ways that read such.
      seconds: of one measurement.
    """
    train = data.splits["train"]
    with tempfile.TemporaryDirectory() as folder:
        files = _files(train, images, Path(folder))
        ways = {OURS: _ours(data, batch)}
        ways["Python loop: PIL, rot90, flip"] = lambda: feed_baselines.python_loop(files, batch)
        left_out = ""
        if not importlib.util.find_spec("tensorflow"):
            left_out = "\nimage_dataset_from_directory and TFRecord left out: they need TensorFlow."
        else:
            ways["image_dataset_from_directory"] = feed_baselines.directory(Path(folder), batch)
            if prepared:
                ways["tf.data from TFRecord"] = feed_baselines.tfrecord(prepared, batch)
            else:
                left_out = "\nTFRecord left out: it needs a prepared config, not a file."
        timed = [Way(name, _timed(start, seconds)) for name, start in ways.items()]
        rates = interleaved_timing.measure(timed, repeats, "feed")
    table = interleaved_timing.compared(rates, OURS)
    return f"Feeding alone, {data.config}, batches of {batch}:\n{table}{left_out}"


def _timed(start: Callable[[], Iterator[Any]], seconds: float) -> Callable[[], float]:
    """Count images for some seconds; the first batch, for which buffers fill, stays outside."""

    def rate() -> float:
        batches = start()
        wait(next(batches))
        began, shown = time.perf_counter(), 0
        while (spent := time.perf_counter() - began) < seconds or not shown:
            images = next(batches)
            wait(images)
            shown += len(images)
        return shown / spent

    return rate


def _ours(data: Data, batch: int) -> Callable[[], Iterator[Any]]:
    """Show epoch after epoch, as a training draws them."""
    patches, settings = data.splits["train"], recipe("paper", "scratch", [f"batch_size={batch}"])[1]
    feed = Feed(patches.images, settings.image_size)

    def inputs() -> Iterator[dict[str, np.ndarray]]:
        for number in itertools.count():
            shown = sampling.epoch(patches.labels, 0, number)
            batches = Training(shown, patches.labels, len(data.classes), settings, (0, number))
            yield from (batches[place][0] for place in range(len(batches)))

    feed(next(inputs()))  # builds it
    step = _compiled(feed)
    return lambda: (step(some) for some in inputs())


def _compiled(feed: Feed) -> Callable[..., Any]:
    if keras.backend.backend() != "jax":
        return jitted(feed)
    # JAX would take variables that a function only refers to for constants.
    resident = [ops.convert_to_tensor(variable) for variable in feed.variables]
    step = jitted(lambda values, inputs: feed.stateless_call([], values, inputs)[0])
    return functools.partial(step, resident)


def _files(patches: Patches, limit: int, folder: Path) -> list[Path]:
    """Write some patches as PNG files, a folder for each class; return their names."""
    chosen = np.random.default_rng(0).permutation(len(patches))[:limit]
    files = []
    for place in chosen:
        file = folder / str(patches.labels[place]) / f"{place}.png"
        file.parent.mkdir(exist_ok=True)
        Image.fromarray(patches.images[place, ..., 0]).save(file)
        files.append(file)
    return files
