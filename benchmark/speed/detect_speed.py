"""Inference of our detectors: images a second, beside the package yolov5 where there is one."""

import contextlib
import statistics
import tempfile
from pathlib import Path

from benchmark.detection.yolo import grid
from benchmark.detection.yolo.detect import STEP
from benchmark.errors import BenchmarkError
from benchmark.models import registry
from benchmark.speed import detector_runtimes, interleaved_timing, yolov5_package
from benchmark.speed.detector_runtimes import (
    ANCHORS,
    FORWARD,
    OURS,
    SUPPRESSION,
    THEIRS,
    WHOLE,
    Task,
)
from benchmark.speed.synthetic_outputs import made
from tem_virus_dataset.files.threads import processors_available

CLASSES = 80  # of the published networks
MEASURED = """{forward}: pictures in memory to boxes and probabilities of every position, in memory.
NMS: of {labels:,} labels of made boxes in a picture, as random weights find none; confidence
{least} or more, IoU {overlap}, several labels a box, {most} at most. Left of them: {kept}."""
BOTH = """On both sides batch normalization is folded into the convolutions, and the made boxes are
the same; one process waits while the other is measured. Beside: {versions}."""
ALONE = f"""To measure the package yolov5 in turn with it: make an environment of its own,
  {yolov5_package.INSTALL}
and add --against yolov5env/bin/python."""


def report(
    models: list[registry.Model],
    side: int,
    batch: int,
    against: Path | None,
    seconds: float,
    repeats: int,
) -> str:
    """Measure and return a table.

    Args:
      models: detectors, given random weights; side: pixels of the pictures; batch: at once.
      against: Python of an environment with the package yolov5, None for ours alone.
      seconds: of one measurement.

    Raises:
      BenchmarkError: a model is no detector, or `side` does not suit one; or what
        `other_yolov5.started` and `detect_ways.theirs` raise.
    """
    _check(models, side)
    said = made(grid.grid(side, side, ANCHORS), side, CLASSES)
    task = Task(side, batch, CLASSES, said, seconds)
    kept = {OURS: len(task.suppressed().boxes)}
    rows = []
    beside = yolov5_package.started(against) if against else contextlib.nullcontext()
    with beside as other, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "said.float32"
        said.tofile(file)
        for model in models:
            network = model.build((None, None, 1), CLASSES, registry.Options())
            ways = detector_runtimes.ours(network, task)
            if other:
                size = model.name.removeprefix("yolov5")
                more, kept[THEIRS] = detector_runtimes.theirs(other, size, network, task, file)
                ways += more
            rows += _rows(model.name, interleaved_timing.measure(ways, repeats, model.name))
        versions = ", ".join(f"{name} {v}" for name, v in other.versions.items()) if other else ""
    labels = int((said[:, 5:] * said[:, 4:5] >= SUPPRESSION["least"]).sum())
    measured = MEASURED.format(
        forward=FORWARD.capitalize(),
        labels=labels,
        kept=", ".join(f"{name} {count}" for name, count in kept.items()),
        **SUPPRESSION,
    )
    compared = BOTH.format(versions=versions) if versions else ALONE
    header = ["model", "what", "ours, img/s"]
    header += ["yolov5, img/s", "ours is times as fast", "quartiles"] if versions else ["quartiles"]
    return (
        f"Inference, {side}x{side} pixels, 1 channel, {CLASSES} classes, batches of {batch}, "
        f"float32, random weights, {processors_available()} threads:\n"
        f"{interleaved_timing.table(rows, header)}\n"
        f"{measured}\n{compared}"
    )


def _rows(name: str, rates: dict[str, list[float]]) -> list[list[str]]:
    rows = []
    for what in (FORWARD, WHOLE):
        found = rates[f"{OURS}, {what}"]
        row = [name, what, f"{statistics.median(found):,.4g}"]
        if others := rates.get(f"{THEIRS}, {what}"):
            row.append(f"{statistics.median(others):,.4g}")
            median, *quartiles = interleaved_timing.ratios(found, others)
            row.append(f"{median:.2f}")
        else:
            _, *quartiles = interleaved_timing.ratios(found, [1] * len(found))
        rows.append([*row, " - ".join(f"{value:.4g}" for value in quartiles)])
    return rows


def _check(models: list[registry.Model], side: int) -> None:
    for model in models:
        if model.task != registry.DETECTION:
            raise BenchmarkError(
                f"model {model.name!r}: tells the class of patches; expected a detector. Name one, "
                "as yolov5n."
            )
    if side < STEP or side % STEP:
        raise BenchmarkError(f"--side {side}: expected a multiple of {STEP}, as 640.")
