"""Runtimes of detectors: our network, and the same network of the package yolov5."""

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from benchmark.detection.yolo.fold_batchnorm import folded
from benchmark.errors import BenchmarkError
from benchmark.machine import devices
from benchmark.models import registry
from benchmark.models.layers import yolov5_network
from benchmark.speed.interleaved_timing import Variant
from benchmark.speed.yolov5_package import Yolov5Process
from tem_virus_dataset.files.threads import processors_available
from tem_virus_dataset.networks import grid, nms

ANCHORS = np.full((3, 3, 2), 32.0)  # any
SUPPRESSION: dict[str, Any] = {
    "min_confidence": nms.MIN_CONFIDENCE,
    "iou_threshold": nms.IOU_THRESHOLD,
    "max_detections": nms.MAX_DETECTIONS,
}
FORWARD, FORWARD_AND_NMS = "forward", "forward + NMS"
OURS, THEIRS = "ours", "yolov5"


@dataclasses.dataclass(frozen=True)
class Task:
    """What every runtime does.

    Attributes:
      image_size: pixels; batch_size: images at once; classes: of the networks.
      outputs: (positions, 5 + classes) float32, input of the suppression; see `synthetic_outputs`.
      seconds: of one measurement.
    """

    image_size: int
    batch_size: int
    classes: int
    outputs: NDArray[np.float32]
    seconds: float

    def suppressed(self) -> nms.DetectedBoxes:
        """Return the detections that we keep of the outputs for one image."""
        return nms.detections(self.outputs[:, :4], self.outputs[:, 4:], **SUPPRESSION)


def ours(network: keras.Model, task: Task) -> list[Variant]:
    """Return our variants, of a network that is folded as `benchmark.predict` does it."""
    in_use = folded(network)
    positions = grid.grid(task.image_size, task.image_size, ANCHORS)
    all_rows = np.arange(len(positions))

    def forward(images: NDArray[np.float32]) -> None:
        for logits in in_use.predict_on_batch(images):
            grid.boxes(logits, positions, all_rows)
            grid.sigmoid(logits[:, 4:])

    shape = (task.batch_size, task.image_size, task.image_size, 1)
    images = np.random.default_rng(0).random(shape, np.float32)

    def with_suppression() -> None:
        forward(images)
        for _ in images:
            task.suppressed()

    return [
        Variant(f"{OURS}, {FORWARD}", lambda: _rate(lambda: forward(images), task)),
        Variant(f"{OURS}, {FORWARD_AND_NMS}", lambda: _rate(with_suppression, task)),
    ]


def _rate(run: Callable[[], Any], task: Task) -> float:
    """Return images a second; a first call, in which caches fill again, is not counted."""
    run()
    started, calls = time.perf_counter(), 0
    while (spent := time.perf_counter() - started) < task.seconds or not calls:
        run()
        calls += 1
    return calls * task.batch_size / spent


def theirs(
    process: Yolov5Process, size: str, network: keras.Model, task: Task, file: Path
) -> tuple[list[Variant], int]:
    """Build the same network in the process of the package yolov5.

    Args:
      size: one of `yolov5_network.SIZES`; network: ours; file: the bytes of `task.outputs`.

    Returns:
      Its variants, and how many boxes of `task.outputs` its suppression keeps.

    Raises:
      BenchmarkError: it cannot be built there, or has another number of parameters.
    """
    built = process.ask(
        build={
            **dataclasses.asdict(yolov5_network.SIZES[size]),
            **SUPPRESSION,
            "classes": task.classes,
            "image_size": task.image_size,
            "batch_size": task.batch_size,
            "threads": processors_available(),
            "device": "cpu" if devices.on_cpu() else "cuda",
            "outputs": str(file),
        }
    )
    parameters = registry.trainable_parameters(network)
    if built["parameters"] != parameters:
        raise BenchmarkError(
            f"yolov5{size}: found {built['parameters']:,} parameters in the package; expected "
            f"{parameters:,}, as ours has. Install the version named in README.md."
        )

    def variant(name: str, suppressed: bool) -> Variant:
        request = {"seconds": task.seconds, "suppressed": suppressed}
        return Variant(f"{THEIRS}, {name}", lambda: float(process.ask(rate=request)["rate"]))

    return [variant(FORWARD, False), variant(FORWARD_AND_NMS, True)], int(built["kept"])
