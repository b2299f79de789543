"""Measures the package yolov5 as lines of JSON on stdin request it.

`yolov5_package` starts this file with the Python of another environment, in which nothing of this
project is installed: the licence of yolov5 does not apply to this project.
"""

import importlib.metadata
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any


def main() -> int:
    """Answer each line with one line, until stdin is closed."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what the packages print goes to stderr
    try:
        versions = {name: importlib.metadata.version(name) for name in ("yolov5", "torch")}
        import yolov5.models.yolo  # noqa: F401 (now, so that the first answer names what is missing)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=answers)
        return 1
    print(json.dumps({**versions, "python": platform.python_version()}), file=answers)
    measured: Measured | None = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "build" in request:
                measured = Measured(**request["build"])
                answer = {"parameters": measured.parameters, "kept": measured.kept()}
            else:
                assert measured
                answer = {"rate": measured.rate(**request["rate"])}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers)
    return 0


class Measured:
    """A network with random weights, images of noise, and outputs for its suppression.

    Args:
      depth, width: multiples of the size; image_size: pixels; batch_size: images at once.
      outputs: file of (positions, 5 + classes) float32, boxes in pixels and probabilities.
      min_confidence, iou_threshold, max_detections: settings of the suppression.
    """

    def __init__(
        self, depth: float, width: float, classes: int, image_size: int, batch_size: int,
        threads: int, device: str, outputs: str, min_confidence: float, iou_threshold: float,
        max_detections: int,
    ) -> None:  # fmt: skip
        import torch
        import yaml
        import yolov5
        from yolov5.models.yolo import Model

        torch.set_num_threads(threads)
        file = Path(yolov5.__file__).parent / "models" / "yolov5s.yaml"
        plan = yaml.safe_load(file.read_text(encoding="utf-8"))
        model = Model({**plan, "depth_multiple": depth, "width_multiple": width}, 1, classes)
        self.parameters = sum(parameter.numel() for parameter in model.parameters())
        self.device = torch.device(device)
        with torch.no_grad():  # as the package prepares a trained network
            self.network = model.fuse().eval().to(self.device)
        self.images = torch.rand(batch_size, 1, image_size, image_size)
        values = torch.frombuffer(bytearray(Path(outputs).read_bytes()), dtype=torch.float32)
        outputs_of_batch = values.reshape(1, -1, 5 + classes).repeat(batch_size, 1, 1)
        self.outputs = outputs_of_batch.to(self.device)
        self.settings = {
            "conf_thres": min_confidence, "iou_thres": iou_threshold, "max_det": max_detections,
        }  # fmt: skip

    def rate(self, seconds: float, suppressed: bool) -> float:
        """Return images a second; a first call, in which caches fill again, is not counted."""
        import torch

        with torch.no_grad():
            self._run(suppressed)
            started, calls = time.perf_counter(), 0
            while (spent := time.perf_counter() - started) < seconds or not calls:
                self._run(suppressed)
                calls += 1
        return calls * len(self.images) / spent

    def kept(self) -> int:
        """Return how many boxes of one image are kept."""
        return len(self._suppressed()[0])

    def _run(self, suppressed: bool) -> None:
        self.network(self.images.to(self.device))[0].cpu()
        if suppressed:
            self._suppressed()

    def _suppressed(self) -> list[Any]:
        from yolov5.utils.general import non_max_suppression

        kept = non_max_suppression(self.outputs, multi_label=True, **self.settings)
        return [detections.cpu() for detections in kept]


if __name__ == "__main__":
    sys.exit(main())
