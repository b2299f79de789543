"""Ways to find particles in pictures: our network, and the same one of the package yolov5."""

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from benchmark.detection.yolo import decoding
from benchmark.detection.yolo.fold_batchnorm import folded
from benchmark.detection.yolo.inference import look
from benchmark.errors import BenchmarkError
from benchmark.machine import environment
from benchmark.models import registry
from benchmark.models.layers import yolov5_network
from benchmark.speed.interleaved_timing import Way
from benchmark.speed.yolov5_package import Other
from tem_virus_dataset.files.threads import processors_available

ANCHORS = np.full((3, 3, 2), 32.0)  # any
SUPPRESSION: dict[str, Any] = {
    "least": decoding.LEAST,
    "overlap": decoding.OVERLAP,
    "most": decoding.MOST,
}
FORWARD, WHOLE = "forward", "forward + NMS"
OURS, THEIRS = "ours", "yolov5"


@dataclasses.dataclass(frozen=True)
class Task:
    """What every way does.

    Attributes:
      side: pixels of a picture; batch: pictures at once; classes: of the networks.
      said: (positions, 5 + classes) float32, what suppression is given; see `made_answers.made`.
      seconds: of one measurement.
    """

    side: int
    batch: int
    classes: int
    said: NDArray[np.float32]
    seconds: float

    def suppressed(self) -> decoding.Found:
        """Return what we make of what was said of one picture."""
        return decoding.particles(self.said[:, :4], self.said[:, 4:], **SUPPRESSION)


def ours(network: keras.Model, task: Task) -> list[Way]:
    """Return our ways, of a network as `benchmark.predict` makes it ready."""
    said = look(folded(network), ANCHORS)
    shape = (task.batch, task.side, task.side, 1)
    pictures = np.random.default_rng(0).random(shape, np.float32)

    def whole() -> None:
        said(pictures)
        for _ in pictures:
            task.suppressed()

    return [
        Way(f"{OURS}, {FORWARD}", lambda: _rate(lambda: said(pictures), task)),
        Way(f"{OURS}, {WHOLE}", lambda: _rate(whole, task)),
    ]


def _rate(once: Callable[[], Any], task: Task) -> float:
    """Return pictures a second; a first call, in which caches fill again, stays outside."""
    once()
    began, calls = time.perf_counter(), 0
    while (spent := time.perf_counter() - began) < task.seconds or not calls:
        once()
        calls += 1
    return calls * task.batch / spent


def theirs(
    other: Other, size: str, network: keras.Model, task: Task, file: Path
) -> tuple[list[Way], int]:
    """Build the same network there.

    Args:
      size: one of `yolov5.SIZES`; network: ours; file: `task.said`, its bytes alone.

    Returns:
      Its ways, and how many boxes of `task.said` its suppression leaves.

    Raises:
      BenchmarkError: it cannot be built there, or is another one.
    """
    built = other.ask(
        build={
            **dataclasses.asdict(yolov5_network.SIZES[size]),
            **SUPPRESSION,
            "classes": task.classes,
            "side": task.side,
            "batch": task.batch,
            "threads": processors_available(),
            "device": "cpu" if environment.on_cpu() else "cuda",
            "said": str(file),
        }
    )
    parameters = registry.trainable_parameters(network)
    if built["parameters"] != parameters:
        raise BenchmarkError(
            f"yolov5{size}: found {built['parameters']:,} parameters in the package; expected "
            f"{parameters:,}, those of ours. Install the version named in README.md."
        )

    def way(name: str, suppressed: bool) -> Way:
        order = {"seconds": task.seconds, "suppressed": suppressed}
        return Way(f"{THEIRS}, {name}", lambda: float(other.ask(rate=order)["rate"]))

    return [way(FORWARD, False), way(WHOLE, True)], int(built["kept"])
