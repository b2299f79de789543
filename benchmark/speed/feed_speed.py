"""Feeding a training: the resident patches against common pipelines, without any network."""

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
from benchmark.classification.recipes import recipe
from benchmark.classification.resident_feed import Feed
from benchmark.classification.step_inputs import Training
from benchmark.speed import feed_baselines, interleaved_timing
from benchmark.speed.interleaved_timing import Variant
from benchmark.training import sampling
from benchmark.training.compiling import jitted, wait

OURS = "ours: resident, in the jitted step"


def report(
    data: Data, prepared: Path | None, batch_size: int, images: int, seconds: float, repeats: int
) -> str:
    """Measure and return a table: standardized, augmented patches a second.

    Args:
      data: its train split is used; prepared: TFDS's folder of the prepared config, None for a
        file: then TFRecord is left out.
      images: patches that are written as PNG files for the pipelines that read such.
      seconds: of one measurement.
    """
    train = data.splits["train"]
    with tempfile.TemporaryDirectory() as folder:
        files = _files(train, images, Path(folder))
        pipelines = {OURS: _ours(data, batch_size)}
        pipelines["Python loop: PIL, rot90, flip"] = lambda: feed_baselines.python_loop(
            files, batch_size
        )
        left_out = ""
        if not importlib.util.find_spec("tensorflow"):
            left_out = "\nimage_dataset_from_directory and TFRecord left out: they need TensorFlow."
        else:
            pipelines["image_dataset_from_directory"] = feed_baselines.directory(
                Path(folder), batch_size
            )
            if prepared:
                pipelines["tf.data from TFRecord"] = feed_baselines.tfrecord(prepared, batch_size)
            else:
                left_out = "\nTFRecord left out: it needs a prepared config, not a file."
        variants = [Variant(name, _timed(start, seconds)) for name, start in pipelines.items()]
        rates = interleaved_timing.measure(variants, repeats, "feed")
    table = interleaved_timing.compared(rates, OURS)
    return f"Feeding alone, {data.config}, batches of {batch_size}:\n{table}{left_out}"


def _timed(start: Callable[[], Iterator[Any]], seconds: float) -> Callable[[], float]:
    """Return a function that counts images for some seconds, after the first batch."""

    def rate() -> float:
        batches = start()
        wait(next(batches))  # buffers fill meanwhile
        started, count = time.perf_counter(), 0
        while (spent := time.perf_counter() - started) < seconds or not count:
            images = next(batches)
            wait(images)
            count += len(images)
        return count / spent

    return rate


def _ours(data: Data, batch_size: int) -> Callable[[], Iterator[Any]]:
    """Draw epoch after epoch, as a training does."""
    patches = data.splits["train"]
    settings = recipe("paper", "scratch", [f"batch_size={batch_size}"])[1]
    feed = Feed(patches.images, settings.image_size)

    def inputs() -> Iterator[dict[str, np.ndarray]]:
        for number in itertools.count():
            epoch = sampling.epoch(patches.labels, 0, number)
            batches = Training(epoch, patches.labels, len(data.classes), settings, (0, number))
            yield from (batches[place][0] for place in range(len(batches)))

    feed(next(inputs()))  # builds the layer
    step = _compiled(feed)
    return lambda: (step(batch) for batch in inputs())


def _compiled(feed: Feed) -> Callable[..., Any]:
    if keras.backend.backend() != "jax":
        return jitted(feed)
    # To JAX, variables that a function only refers to are constants.
    resident = [ops.convert_to_tensor(variable) for variable in feed.variables]
    step = jitted(lambda values, inputs: feed.stateless_call([], values, inputs)[0])
    return functools.partial(step, resident)


def _files(patches: Patches, limit: int, folder: Path) -> list[Path]:
    """Write some patches as PNG files, a folder for each class; return their paths."""
    chosen = np.random.default_rng(0).permutation(len(patches))[:limit]
    files = []
    for place in chosen:
        file = folder / str(patches.labels[place]) / f"{place}.png"
        file.parent.mkdir(exist_ok=True)
        Image.fromarray(patches.images[place, ..., 0]).save(file)
        files.append(file)
    return files
