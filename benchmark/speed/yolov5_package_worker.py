"""The package yolov5 in an environment of its own, measured as lines of JSON on stdin ask for.

Started by `yolov5_package` with that environment's Python, where nothing of this project is
installed; nothing of yolov5's licence gets into this one.
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
    os.dup2(2, 1)  # whatever the packages print is no answer
    try:
        versions = {name: importlib.metadata.version(name) for name in ("yolov5", "torch")}
        import yolov5.models.yolo  # noqa: F401 (now, so that the first answer says what is missing)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=answers)
        return 1
    print(json.dumps({**versions, "python": platform.python_version()}), file=answers)
    measured: Measured | None = None
    for line in sys.stdin:
        order = json.loads(line)
        try:
            if "build" in order:
                measured = Measured(**order["build"])
                answer = {"parameters": measured.parameters, "kept": measured.kept()}
            else:
                assert measured
                answer = {"rate": measured.rate(**order["rate"])}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers)
    return 0


class Measured:
    """A network with random weights, pictures of noise, and answers for its suppression.

    Args:
      depth, width: multiples that make the size; side: pixels; batch: pictures at once.
      said: file of (positions, 5 + classes) float32, boxes in pixels and probabilities.
      least, overlap, most: settings of the suppression.
    """

    def __init__(
        self, depth: float, width: float, classes: int, side: int, batch: int, threads: int,
        device: str, said: str, least: float, overlap: float, most: int,
    ) -> None:  # fmt: skip
        import torch
        import yaml
        import yolov5
        from yolov5.models.yolo import Model

        torch.set_num_threads(threads)
        file = Path(yolov5.__file__).parent / "models" / "yolov5s.yaml"
        plan = yaml.safe_load(file.read_text(encoding="utf-8"))
        model = Model({**plan, "depth_multiple": depth, "width_multiple": width}, 1, classes)
        self.parameters = sum(one.numel() for one in model.parameters())
        self.device = torch.device(device)
        with torch.no_grad():  # as the package makes a trained one ready
            self.network = model.fuse().eval().to(self.device)
        self.pictures = torch.rand(batch, 1, side, side)
        values = torch.frombuffer(bytearray(Path(said).read_bytes()), dtype=torch.float32)
        self.said = values.reshape(1, -1, 5 + classes).repeat(batch, 1, 1).to(self.device)
        self.settings = {"conf_thres": least, "iou_thres": overlap, "max_det": most}

    def rate(self, seconds: float, suppressed: bool) -> float:
        """Return pictures a second; a first call, in which caches fill again, stays outside."""
        import torch

        with torch.no_grad():
            self._once(suppressed)
            began, calls = time.perf_counter(), 0
            while (spent := time.perf_counter() - began) < seconds or not calls:
                self._once(suppressed)
                calls += 1
        return calls * len(self.pictures) / spent

    def kept(self) -> int:
        """Return how many boxes of one picture are left."""
        return len(self._suppressed()[0])

    def _once(self, suppressed: bool) -> None:
        self.network(self.pictures.to(self.device))[0].cpu()
        if suppressed:
            self._suppressed()

    def _suppressed(self) -> list[Any]:
        from yolov5.utils.general import non_max_suppression

        found = non_max_suppression(self.said, multi_label=True, **self.settings)
        return [one.cpu() for one in found]


if __name__ == "__main__":
    sys.exit(main())
