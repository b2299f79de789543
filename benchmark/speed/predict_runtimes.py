"""The same networks, with the same inputs, by ONNX Runtime, OpenCV and TensorFlow.

For TensorFlow the network is built again from its record, with first weights: what weights are
takes no time.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from benchmark.detection.yolo.fold_batchnorm import folded
from benchmark.errors import BenchmarkError
from benchmark.network_files import rebuild
from benchmark.speed.interleaved_timing import Variant
from leaderboard.results import store as records
from leaderboard.tasks import DETECTION
from tem_virus_dataset.networks import metadata

RECORDS = Path(__file__).resolve().parents[2] / "leaderboard" / "records"
ONNX_RUNTIME, OPENCV, TENSORFLOW = "ONNX Runtime", "OpenCV", "TensorFlow"
Images = NDArray[np.float32]


class RecordedSession:
    """A session of ONNX Runtime that keeps what it is given, and how long it takes.

    Attributes:
      content: bytes of the network; seconds: of all calls; given: the images of each, in order.
    """

    def __init__(self, kind: Callable[..., Any], content: bytes, *args: Any, **more: Any) -> None:
        self.content, self.session = content, kind(content, *args, **more)
        self.seconds, self.given = 0.0, list[Images]()

    def run(self, names: Sequence[str] | None, given: dict[str, Images]) -> list[Any]:
        """Run the session."""
        self.given += given.values()
        started = time.perf_counter()
        outputs: list[Any] = self.session.run(names, given)
        self.seconds += time.perf_counter() - started
        return outputs

    def repeat(self) -> None:
        """Run the session on all that it was given, in the same batches."""
        name = self.session.get_inputs()[0].name
        for images in self.given:
            self.session.run(None, {name: images})

    def __getattr__(self, name: str) -> Any:
        return getattr(self.session, name)


def kept_sessions() -> tuple[list[RecordedSession], Callable[..., RecordedSession]]:
    """Return a list, and what replaces `onnxruntime.InferenceSession` and fills it."""
    kept: list[RecordedSession] = []
    kind = onnxruntime.InferenceSession

    def session(content: bytes, *args: Any, **more: Any) -> RecordedSession:
        kept.append(RecordedSession(kind, content, *args, **more))
        return kept[-1]

    return kept, session


def variants(sessions: Iterable[RecordedSession], files: int) -> list[Variant]:
    """Return each runtime, in files a second."""
    used = [session for session in sessions if session.given]
    ways: dict[str, list[Callable[[], None]]] = {
        ONNX_RUNTIME: [session.repeat for session in used],
        OPENCV: [_by_opencv(session) for session in used],
        TENSORFLOW: [_by_tensorflow(session) for session in used],
    }
    return [Variant(name, _rate(networks, files)) for name, networks in ways.items()]


def _rate(networks: Sequence[Callable[[], None]], files: int) -> Callable[[], float]:
    def rate() -> float:
        started = time.perf_counter()
        for network in networks:
            network()
        return files / (time.perf_counter() - started)

    return rate


def _by_opencv(session: RecordedSession) -> Callable[[], None]:
    network = cv2.dnn.readNetFromONNX(np.frombuffer(session.content, np.uint8))

    def run() -> None:
        for images in session.given:
            network.setInput(images)
            network.forward()

    return run


def _by_tensorflow(session: RecordedSession) -> Callable[[], None]:
    stated = metadata.read(session.session.get_modelmeta().custom_metadata_map, "the network")
    file = records.path_of_run(RECORDS, stated.data, stated.run)
    if not file.is_file():
        raise BenchmarkError(
            f"{file}: no such file; expected the record of this network, to build it for "
            "TensorFlow. Measure a released model."
        )
    record = records.read(file)
    network = rebuild.untrained(record)
    network = folded(network) if record.task == DETECTION else network

    def run() -> None:
        for images in session.given:
            network.predict_on_batch(images)

    return run
