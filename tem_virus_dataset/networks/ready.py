"""From the file of a network to a detector or a classifier that is ready for use."""

import hashlib
import math
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.networks import classifier, inference, onnx_network
from tem_virus_dataset.networks.classifier import Classifier
from tem_virus_dataset.networks.detect import MOST_OF_TILE
from tem_virus_dataset.networks.detector import Detector
from tem_virus_dataset.networks.fusion import augmented
from tem_virus_dataset.networks.metadata import REMEDY, UNKNOWN, Metadata
from tem_virus_dataset.networks.nms import IOU_THRESHOLD
from tem_virus_dataset.networks.onnx_network import OnnxNetwork

TILE_SIZE = 640  # pixels: a detector that was trained on smaller images takes any
PATCH_NM = 1.0  # nm per pixel of patches, where those of the training are not known
NOVELTY = "novelty"  # name of the second output of a classifier
CONFIDENCE = 0.25  # of a detector without a threshold of its own
OWN_IMAGES = (
    "{}: trained on your own images; it runs on patches of 256x256 pixels at 1 nm per pixel, "
    "whatever the size of those was. Use it only where they were the same."
)
OWN_MICROGRAPHS = (
    "{}: trained on your own micrographs without rescaling; it runs on these without rescaling, "
    "too. Use it only where they have the same pixel size."
)


def load(file: Path) -> Detector | Classifier:
    """Read a network's file.

    Raises:
      DatasetError: ONNX Runtime is not installed, or the file is damaged, or of another kind.
      OSError: it cannot be read.
    """
    content = file.read_bytes()
    network = onnx_network.of_bytes(content, str(file))
    digest = hashlib.sha256(content).hexdigest()
    _check_novelty(network, str(file))
    return _READY[_task(network.metadata, file)](network, digest)


def _task(stated: Metadata, file: Path) -> str:
    if stated.task not in _READY:
        raise DatasetError(
            f"{file}: a network of the task {stated.task!r}; expected {' or '.join(_READY)}. Name "
            "another file, or install a newer version of tem-virus."
        )
    return stated.task


def _check_novelty(network: OnnxNetwork, file: str) -> None:
    """Refuse a file whose second output and threshold of novelty do not go together."""
    threshold, names = network.metadata.novelty_threshold, network.output_names[1:]
    if names != ([NOVELTY] if threshold is not None else []):
        raise DatasetError(
            f"{file}: has the outputs {', '.join(network.output_names)} and novelty_threshold "
            f"{threshold}; expected the output {NOVELTY} and its threshold, or neither. {REMEDY}."
        )
    if threshold is not None and UNKNOWN in network.metadata.classes:
        raise DatasetError(
            f"{file}: has a class named {UNKNOWN}, and measures novelty, by which other particles "
            "get this name; expected classes of other names. Rename the class and train again, or "
            "write the network without novelty."
        )
    if threshold is not None and not 0 < threshold < math.inf:
        raise DatasetError(
            f"{file}: novelty_threshold is {threshold}; expected a number above 0. {REMEDY}."
        )


def _detector(network: OnnxNetwork, digest: str) -> Detector:
    stated = network.metadata
    return augmented(
        _in_one_view(network, digest), stated.tta, certain_confidence=stated.certain_confidence
    )


def _in_one_view(network: OnnxNetwork, digest: str) -> Detector:
    stated = network.metadata
    anchors = np.array(stated.anchors, np.float32)
    return Detector(
        detect_batch=inference.of_network(
            network, anchors, stated.nms_iou or IOU_THRESHOLD, MOST_OF_TILE
        ),
        classes=tuple(stated.classes),
        tile_size=max(stated.image_size, TILE_SIZE),
        nm_per_pixel=stated.nm_per_pixel,
        largest_box=float(anchors.max()),
        confidence=CONFIDENCE if stated.confidence is None else stated.confidence,
        name=stated.run,
        digest=digest,
        warning=OWN_MICROGRAPHS.format(stated.run) if stated.nm_per_pixel is None else "",
        certain_confidence=stated.certain_confidence,
        on_half=lambda: _in_one_view(network.on_half(), digest),
    )


def _classifier(network: OnnxNetwork, digest: str) -> Classifier:
    stated = network.metadata
    return Classifier(
        classify=classifier.of_network(network, stated.image_size, stated.tta, stated.temperature),
        classes=tuple(stated.classes),
        name=stated.run,
        digest=digest,
        warning=OWN_IMAGES.format(stated.run) if stated.nm_per_pixel is None else "",
        nm_per_pixel=used_patch_size(stated),
        with_novelty=None
        if stated.novelty_threshold is None
        else classifier.of_network_with_novelty(
            network, stated.image_size, stated.tta, stated.temperature, stated.novelty_threshold
        ),
        on_half=lambda: _classifier(network.on_half(), digest),
    )


def patch_size(nm_per_pixel: float | None, image_size: int) -> float | None:
    """Return nm per pixel of patches of 256 pixels that are averaged down to a network's input.

    Args:
      nm_per_pixel, image_size: of the input; None where it is not known, as is the result.
    """
    return None if nm_per_pixel is None else nm_per_pixel * image_size / facts.PATCH


def used_patch_size(stated: Metadata) -> float:
    """Return nm per pixel of the patches of 256 pixels that a classifier is given."""
    size = patch_size(stated.nm_per_pixel, stated.image_size)
    return PATCH_NM if size is None else size


_READY: Mapping[str, Callable[[OnnxNetwork, str], Classifier | Detector]] = {
    "classification": _classifier,
    "detection": _detector,
}
