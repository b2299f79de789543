"""Writing a package: a zip that programs of bioimage.io take, with everything it needs inside."""

import importlib.util
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.atomic import write_bytes
from tem_virus_dataset.micrographs import drawing
from tem_virus_dataset.networks import onnx_network, ready
from tem_virus_dataset.networks.classifier import patches_around
from tem_virus_dataset.networks.metadata import Metadata
from tem_virus_dataset.phantoms import viruses
from tem_virus_dataset.predict import models

NEEDED = ("bioimageio.spec", "onnx", "onnxruntime", "tifffile")
SAMPLE = "Adenovirus"  # the phantom of the sample and the cover; any classifier takes its patch
COVER = 512, 256  # pixels: bioimage.io shows covers twice as wide as high
VALIDATION = "## Validation"  # a section that bioimage.io expects in the documentation


def write(file: Path, target: Path) -> None:
    """Write the package of a classifier, validated by bioimage.io's own validator.

    Args:
      file: a classifier's network (.onnx), its model card (.md) beside it where it has one.
      target: of the zip; replaced whole, or left as it is.

    Raises:
      DatasetError: a package is not installed, or the file is no classifier. OSError: a file cannot
        be read or written.
    """
    require()
    _check_target(target)
    stated = onnx_network.load(file).metadata
    if stated.task != "classification":
        raise DatasetError(
            f"{file}: a network of the task {stated.task!r}; expected a classifier: bioimage.io "
            "has no form for boxes. Name a classifier, such as virus-classifier."
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        outputs = _write_files(file, stated, folder)
        write_bytes(target, _zipped(file, stated, outputs, folder))


def require() -> None:
    """Raise `DatasetError` where a package is not installed."""
    for name in NEEDED:
        try:
            is_there = importlib.util.find_spec(name)
        except ModuleNotFoundError:  # of its parent
            is_there = None
        if not is_there:
            raise DatasetError(
                f"{name} is not installed; expected it, to write packages of bioimage.io. Install "
                'it with pip install -e ".[bioimageio]" in a clone of the repository.'
            )


def _check_target(target: Path) -> None:
    """Raise `DatasetError` where a file of this name cannot be written."""
    found = ""
    if target.suffix.lower() != ".zip" or target.is_dir():
        found = "a folder" if target.is_dir() else "no name of a zip"
    elif not target.parent.is_dir():
        found = "a file in a folder that does not exist"
    elif not os.access(target.parent, os.W_OK):
        found = "a file in a folder that cannot be written to"
    if found:
        raise DatasetError(
            f"{target}: {found}; expected a name that ends in .zip, in a folder that can be "
            "written to. Give another as --out."
        )


def _write_files(file: Path, stated: Metadata, folder: Path) -> dict[str, Any]:
    """Write all files of a package but its description; return the outputs for the sample."""
    import onnx
    import tifffile

    from tem_virus_dataset.bioimageio import graph

    weights = graph.complete(onnx.load(file), stated, str(file)).SerializeToString()
    (folder / "weights.onnx").write_bytes(weights)
    onnxruntime = onnx_network.without_telemetry()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors alone: without transforms some constants are not used
    session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    phantom = viruses.micrograph(SAMPLE, 0)
    patch = patches_around(
        phantom.image, 1.0, phantom.centres[:1], ready.used_patch_size(stated)
    ).astype(np.float32)
    names = [output.name for output in session.get_outputs()]
    outputs = dict(zip(names, session.run(None, {graph.INPUT: patch}), strict=True))
    for name, values in {graph.INPUT: patch, **outputs}.items():
        np.save(folder / f"{name}.npy", values)
        tifffile.imwrite(folder / f"{name}.tif", values.squeeze())  # for people to look at
    (folder / "README.md").write_text(_documentation(file, stated), encoding="utf-8")
    cover = drawing.gray(phantom.image[: COVER[1], : COVER[0]], factor=1.0)
    (folder / "cover.png").write_bytes(drawing.png(cover))
    return outputs


def _documentation(file: Path, stated: Metadata) -> str:
    """Return the model card, with how to use the package."""
    has_card, scale = file.with_suffix(".md").is_file(), ready.used_patch_size(stated)
    scores = "\n".join(
        f"* {name}: {value:.3f}" for name, value in stated.scores.get("test", {}).items()
    )
    text = models.card(file).rstrip() if has_card else f"# {stated.run}"
    unknown = "" if stated.nm_per_pixel else f" {ready.OWN_IMAGES.format(stated.run)}"
    mean = f", and averages the probabilities over {stated.tta} orientations"
    return (
        f"{text}\n\n"
        f"{VALIDATION}\n\n"
        f"Scores on the test split of `{stated.data}` {stated.data_version}, of which no image "
        f"was trained on:\n\n{scores or 'The file states none.'}\n\n"
        "## Input and output\n\n"
        f"The input is a patch of {facts.PATCH}x{facts.PATCH} pixels at {scale:g} nm per pixel, a "
        f"particle in its middle, as raw counts.{unknown} The graph standardizes "
        f"it{mean if stated.tta > 1 else ''}. The classes, in order: "
        f"{', '.join(stated.classes)}.\n\n"
        "The sample and the cover are synthetic (phantoms).\n\n"
        f"Training data: {stated.training_data}. Their licence: {stated.licence}.\n"
    )


def _zipped(file: Path, stated: Metadata, outputs: dict[str, Any], folder: Path) -> bytes:
    from bioimageio.spec import save_bioimageio_package
    from loguru import logger

    from tem_virus_dataset.bioimageio import description

    logger.disable("bioimageio")  # its progress is no message of this command
    try:
        described = description.described(stated, file.stem, outputs, folder)
        return Path(
            save_bioimageio_package(described, output_path=folder / "package.zip")
        ).read_bytes()
    except ValueError as error:
        found = " ".join(str(error).split())
        raise DatasetError(
            f"{file}: bioimage.io's validator refuses its package ({found[:500]}); expected a "
            "valid one. Report this as a fault of tem-virus, with the version of bioimageio.spec."
        ) from error
