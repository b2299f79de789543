"""Inference of our detectors in images a second, and of the package yolov5 where there is one."""

import contextlib
import statistics
import tempfile
from pathlib import Path

from benchmark.errors import BenchmarkError
from benchmark.models import registry
from benchmark.speed import detector_runtimes, interleaved_timing, yolov5_package
from benchmark.speed.detector_runtimes import (
    ANCHORS,
    FORWARD,
    FORWARD_AND_NMS,
    OURS,
    SUPPRESSION,
    THEIRS,
    Task,
)
from benchmark.speed.synthetic_outputs import synthetic_outputs
from tem_virus_dataset.files.threads import processors_available
from tem_virus_dataset.networks import grid
from tem_virus_dataset.networks.detect import STEP

CLASSES = 80  # of the published networks
MEASURED = """{forward}: images in memory to boxes and probabilities of every position, in memory.
NMS: of {labels:,} labels of synthetic boxes in an image, since random weights predict none;
confidence {min_confidence} or more, IoU {iou_threshold}, several labels a box, at most
{max_detections} detections. Kept: {kept}."""
COMPARED = """Both fold batch normalization into the convolutions and suppress the same synthetic
boxes; one process waits while the other is measured. Compared with: {versions}."""
ALONE = f"""To compare with the package yolov5, create an environment of its own,
  {yolov5_package.INSTALL}
and add --against yolov5env/bin/python."""


def report(
    models: list[registry.Model],
    image_size: int,
    batch_size: int,
    against: Path | None,
    seconds: float,
    repeats: int,
) -> str:
    """Measure and return a table.

    Args:
      models: detectors, with random weights; image_size: pixels; batch_size: images at once.
      against: Python of an environment with the package yolov5, None for ours alone.
      seconds: of one measurement.

    Raises:
      BenchmarkError: a model is no detector, or `image_size` does not suit one; or what
        `yolov5_package.started` and `detector_runtimes.theirs` raise.
    """
    _check(models, image_size)
    outputs = synthetic_outputs(grid.grid(image_size, image_size, ANCHORS), image_size, CLASSES)
    task = Task(image_size, batch_size, CLASSES, outputs, seconds)
    kept = {OURS: len(task.suppressed().boxes)}
    rows = []
    running = yolov5_package.started(against) if against else contextlib.nullcontext()
    with running as process, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "outputs.float32"
        outputs.tofile(file)
        for model in models:
            network = model.build((None, None, 1), CLASSES, registry.Options())
            variants = detector_runtimes.ours(network, task)
            if process:
                size = model.name.removeprefix("yolov5")
                more, kept[THEIRS] = detector_runtimes.theirs(process, size, network, task, file)
                variants += more
            rows += _rows(model.name, interleaved_timing.measure(variants, repeats, model.name))
        versions = (
            ", ".join(f"{name} {v}" for name, v in process.versions.items()) if process else ""
        )
    scores = outputs[:, 5:] * outputs[:, 4:5]
    labels = int((scores >= SUPPRESSION["min_confidence"]).sum())
    measured = MEASURED.format(
        forward=FORWARD.capitalize(),
        labels=labels,
        kept=", ".join(f"{name} {count}" for name, count in kept.items()),
        **SUPPRESSION,
    )
    compared = COMPARED.format(versions=versions) if versions else ALONE
    header = ["model", "measured", "ours, img/s"]
    header += ["yolov5, img/s", "ours is times as fast", "quartiles"] if versions else ["quartiles"]
    return (
        f"Inference, {image_size}x{image_size} pixels, 1 channel, {CLASSES} classes, batches of "
        f"{batch_size}, float32, random weights, {processors_available()} threads:\n"
        f"{interleaved_timing.table(rows, header)}\n"
        f"{measured}\n{compared}"
    )


def _rows(name: str, rates: dict[str, list[float]]) -> list[list[str]]:
    rows = []
    for scope in (FORWARD, FORWARD_AND_NMS):
        ours = rates[f"{OURS}, {scope}"]
        row = [name, scope, f"{statistics.median(ours):,.4g}"]
        if others := rates.get(f"{THEIRS}, {scope}"):
            row.append(f"{statistics.median(others):,.4g}")
            median, *quartiles = interleaved_timing.ratios(ours, others)
            row.append(f"{median:.2f}")
        else:
            _, *quartiles = interleaved_timing.ratios(ours, [1] * len(ours))
        rows.append([*row, " - ".join(f"{value:.4g}" for value in quartiles)])
    return rows


def _check(models: list[registry.Model], image_size: int) -> None:
    for model in models:
        if model.task != registry.DETECTION:
            raise BenchmarkError(
                f"model {model.name!r}: classifies patches; expected a detector. Name one, such as "
                "yolov5n."
            )
    if image_size < STEP or image_size % STEP:
        raise BenchmarkError(
            f"--image-size {image_size}: expected a multiple of {STEP}, such as 640."
        )
