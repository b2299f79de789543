"""A network's file in use, by ONNX Runtime, on the CPU."""

import dataclasses
import importlib.util
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.threads import processors_available
from tem_virus_dataset.networks import metadata
from tem_virus_dataset.networks.metadata import REMEDY, Metadata

# Axes of the first output, and numbers beside the classes in its last one: box and objectness.
SHAPES = {"classification": (2, 0), "detection": (3, 5)}


@dataclasses.dataclass(frozen=True)
class OnnxNetwork:
    """A network that is ready for use.

    Attributes:
      session: of ONNX Runtime; metadata: what the file states; content: bytes of the file.
    """

    session: Any
    metadata: Metadata
    content: bytes = dataclasses.field(default=b"", repr=False)

    def on_half(self) -> "OnnxNetwork":
        """Return the same network on half of the processors, for two images at once.

        Threads that share the work of a layer wait for each other after it. Two images at once, on
        half of the processors each, take a tenth less processor time. The outputs are the same.
        """
        threads = _threads() or processors_available()
        if threads < 2:
            return self
        return dataclasses.replace(self, session=_session(self.content, threads // 2))

    def predict_on_batch(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the outputs of standardized images (n, height, width, 1).

        Returns:
          (n, classes) probabilities, or (n, positions, 5 + classes) logits.
        """
        return self.outputs_on_batch(images)[0]

    def outputs_on_batch(self, images: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return all outputs; after that of `predict_on_batch` the novelty (n,), if it has one."""
        outputs: list[NDArray[np.float32]] = self.session.run(
            None, {self.session.get_inputs()[0].name: images}
        )
        return outputs

    @property
    def output_names(self) -> list[str]:
        """Names of the outputs, in their order."""
        return [output.name for output in self.session.get_outputs()]


def require() -> None:
    """Raise `DatasetError` where ONNX Runtime is not installed."""
    if not importlib.util.find_spec("onnxruntime"):
        raise DatasetError(
            "onnxruntime is not installed; expected it, to run the network of a record. Install "
            'it with pip install -e ".[predict]".'
        )


def load(file: Path) -> OnnxNetwork:
    """Read a network's file.

    Raises:
      DatasetError: ONNX Runtime is not installed, or the file is damaged or states too little.
      OSError: it cannot be read.
    """
    return of_bytes(file.read_bytes(), str(file))


def of_bytes(content: bytes, name: str) -> OnnxNetwork:
    """Return the network of a file's bytes; see `load`. `name`: for messages."""
    require()
    try:
        session = _session(content, _threads())
    except Exception as error:  # its errors have no class of their own
        first_line = str(error).partition("\n")[0]
        raise DatasetError(
            f"{name}: ONNX Runtime cannot read it ({first_line[:200]}); expected the network of a "
            f"record. {REMEDY}."
        ) from error
    stated = metadata.read(session.get_modelmeta().custom_metadata_map, name)
    _check_fits(session, stated, name)
    return OnnxNetwork(session, stated, content)


def _check_fits(session: Any, stated: Metadata, name: str) -> None:
    """Refuse what is stated of another network: particles would get names of other classes."""
    axes, beside = SHAPES.get(stated.task, (0, 0))
    shape, sides = session.get_outputs()[0].shape, session.get_inputs()[0].shape[1:-1]
    problem = ""
    if axes and len(shape) != axes:
        problem = f"states {stated.task}, and its output has {len(shape)} axes; expected {axes}"
    elif isinstance(shape[-1], int) and shape[-1] != len(stated.classes) + beside:
        found = shape[-1] - beside
        problem = f"states {len(stated.classes)} classes, and its network has {found}"
    elif stated.task == "classification" and any(
        isinstance(side, int) and side != stated.image_size for side in sides
    ):
        problem = f"states images of {stated.image_size} pixels, and its network takes {sides[0]}"
    if problem:
        raise DatasetError(f"{name}: {problem}; expected what its training wrote of it. {REMEDY}.")


def _session(content: bytes, threads: int) -> Any:
    onnxruntime = without_telemetry()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3  # errors alone
    # Threads that wait for work would take the processor from those that read and write images.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def without_telemetry() -> Any:
    """Return ONNX Runtime, which is told to send nothing.

    From 1.29 on its official builds report models and runs to Microsoft, unless this variable is
    set before the import (microsoft/onnxruntime#27379). Windows has a switch of its own.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    return onnxruntime


def _threads() -> int:
    """Return the number of threads that this process was given; 0 for one a core."""
    given = os.environ.get("TF_NUM_INTRAOP_THREADS") or os.environ.get("OMP_NUM_THREADS") or ""
    return int(given) if given.isdecimal() else 0
