"""Training speed of the registered models, and what share of the device's peak that is."""

import gc
import statistics
import time
from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from benchmark.classification.data import Data
from benchmark.machine import devices
from benchmark.models import registry
from benchmark.models.flops import flops_if_known
from benchmark.speed import fit_speed, interleaved_timing
from benchmark.speed.interleaved_timing import Variant
from benchmark.training.compiling import computing_in, jitted, wait
from benchmark.training.recipe import Recipe

CHAIN = 8  # matrix products in one call
TRAINING = 3  # a training step computes as much as three forward passes: backward is two


def report(
    data: Data, models: list[registry.Model], recipe: Recipe, seconds: float, repeats: int
) -> str:
    """Measure and return a table of the models, each interleaved with the peak."""
    cpu = devices.on_cpu()
    dtypes = ("float32",) if cpu and recipe.precision == "float32" else ("float32", "bfloat16")
    peaks = {dtype: _matmul(dtype, 2048 if cpu else 8192, seconds / 4) for dtype in dtypes}
    rows, measured_peaks = [], {dtype: list[float]() for dtype in peaks}
    for model in models:
        shape = (recipe.image_size, recipe.image_size, 1)
        with computing_in(recipe.precision):
            network = model.build(shape, len(data.classes), registry.Options())
        work = flops_if_known(network)
        train = fit_speed.with_feed(network, data, recipe)
        steps = fit_speed.steps_within(seconds, train, recipe)
        variants = [fit_speed.variant(model.name, train, steps)]
        variants += [Variant(dtype, peak) for dtype, peak in peaks.items()]
        rates = interleaved_timing.measure(variants, repeats, model.name)
        rows.append(_row(model.name, work, rates, list(peaks)))
        for dtype in peaks:
            measured_peaks[dtype] += rates[dtype]
        del network, train, variants  # with weights, optimizer and patches, before the next model
        keras.backend.clear_session()
        gc.collect()
    header = ["model", "GFLOP", "img/s", "GFLOP/s", *(f"of {d} peak (quartiles)" for d in peaks)]
    peak_text = ", ".join(
        f"{dtype} {statistics.median(rates) / 1e9:,.4g} GFLOP/s"
        for dtype, rates in measured_peaks.items()
    )
    return (
        f"Training, {recipe.image_size}x{recipe.image_size} pixels, batches of "
        f"{recipe.batch_size}, {recipe.precision}, {data.config}:\n"
        f"{interleaved_timing.table(rows, header)}\n"
        f"GFLOP: forward, of one image; a training image counts {TRAINING} times that.\n"
        f"Peak, by matrix products in the same run: {peak_text}."
    )


def _row(name: str, work: int | None, rates: dict[str, list[float]], peaks: list[str]) -> list[str]:
    """Return a row of the table; `work` is of one image, None where it cannot be counted."""
    images = f"{statistics.median(rates[name]):,.4g}"
    if work is None:
        return [name, "-", images, "-", *("-" for _ in peaks)]
    flops_per_second = [TRAINING * work * rate for rate in rates[name]]
    row = [name, f"{work / 1e9:.2f}", images, f"{statistics.median(flops_per_second) / 1e9:,.4g}"]
    for dtype in peaks:
        median, lower, upper = interleaved_timing.ratios(flops_per_second, rates[dtype])
        row.append(f"{median:.1%} ({lower:.1%} - {upper:.1%})")
    return row


def _matmul(dtype: str, side: int, seconds: float) -> Callable[[], float]:
    """Return a function that measures floating-point operations a second in matrix products."""
    rng = np.random.default_rng(0)
    scale = (3 / side) ** 0.5  # keeps the variance through the chain
    left, right = (
        ops.cast(ops.convert_to_tensor(rng.uniform(-scale, scale, (side, side))), dtype)
        for _ in range(2)
    )

    def chain(x: object, y: object) -> object:
        for _ in range(CHAIN):
            x = ops.matmul(x, y)
        return x

    run = jitted(chain)

    def rate() -> float:
        started, calls = time.perf_counter(), 0
        while (spent := time.perf_counter() - started) < seconds or not calls:
            wait(run(left, right))
            calls += 1
        return calls * CHAIN * 2 * side**3 / spent

    return rate
