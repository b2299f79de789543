"""What a package states of a classifier, in the form of bioimage.io (model description 0.5).

Source of the form: https://bioimage-io.github.io/spec-bioimage-io
"""

from pathlib import Path
from typing import Any

from bioimageio.spec import ValidationContext
from bioimageio.spec.model import v0_5

from tem_virus_dataset import __version__, facts
from tem_virus_dataset.bioimageio.graph import INPUT, OPSET
from tem_virus_dataset.networks import ready
from tem_virus_dataset.networks.metadata import Metadata

NANOMETRE = "nanometer"
CITE = (
    ("Matuszewski & Sintorn: TEM virus images: Benchmark dataset and deep learning "
     "classification", "10.1016/j.cmpb.2021.106318"),
    ("Matuszewski & Sintorn: TEM virus dataset", "10.17632/x4dwwfwtw3.3"),
)  # fmt: skip
TAGS = (
    "transmission-electron-microscopy", "electron-microscopy", "negative-stain", "virus",
    "classification", "2d", "grayscale", "onnx",
)  # fmt: skip
LICENSE = "Apache-2.0"  # of the package; the card states that of the training data


def described(
    stated: Metadata, name: str, outputs: dict[str, Any], folder: Path
) -> v0_5.ModelDescr:
    """Return the description of a package whose files lie in a folder.

    Args:
      stated: of the classifier; name: of the model.
      outputs: by name, in their order, arrays of the test output.
      folder: holds weights.onnx, README.md, cover.png, and of INPUT and each output NAME.npy
        and NAME.tif.
    """
    with ValidationContext(root=folder, perform_io_checks=False):
        return v0_5.ModelDescr(
            name=f"{name} of tem-virus",
            description=f"Classifies patches of {len(stated.classes)} viruses in negative-stain "
            "transmission electron micrographs. Not for diagnosis.",
            documentation=_file("README.md"),
            covers=[_file("cover.png")],
            authors=[v0_5.Author(name="The tem-virus authors")],
            cite=[v0_5.CiteEntry(text=text, doi=v0_5.Doi(doi)) for text, doi in CITE],
            license=v0_5.LicenseId(LICENSE),
            tags=list(TAGS),
            version=v0_5.Version(__version__),
            inputs=[_input(stated)],
            outputs=[
                _output(output, values, stated.classes, number == 0)
                for number, (output, values) in enumerate(outputs.items())
            ],
            weights=v0_5.WeightsDescr(
                onnx=v0_5.OnnxWeightsDescr(source=Path("weights.onnx"), opset_version=OPSET)
            ),
        )


def _file(name: str) -> v0_5.FileDescr:
    return v0_5.FileDescr(source=Path(name))


def _input(stated: Metadata) -> v0_5.InputTensorDescr:
    scale = ready.used_patch_size(stated)
    spaces = [
        v0_5.SpaceInputAxis(id=v0_5.AxisId(axis), size=facts.PATCH, unit=NANOMETRE, scale=scale)
        for axis in ("y", "x")
    ]
    return v0_5.InputTensorDescr(
        id=v0_5.TensorId(INPUT),
        description="Patch with a particle in its middle: raw counts, stain dark. It is "
        "standardized in the network.",
        axes=[v0_5.BatchAxis(), *spaces, _channel(["intensity"])],
        test_tensor=_file(f"{INPUT}.npy"),
        sample_tensor=_file(f"{INPUT}.tif"),
        data=v0_5.IntervalOrRatioDataDescr(type="float32"),
    )


def _output(name: str, values: Any, classes: list[str], is_first: bool) -> v0_5.OutputTensorDescr:
    axes: list[Any] = [v0_5.BatchAxis()]
    if values.ndim == 2:
        names = classes if values.shape[1] == len(classes) else [name]
        axes.append(_channel(names))
    return v0_5.OutputTensorDescr(
        id=v0_5.TensorId(name),
        description="Probability of each class, mean of eight orientations, calibrated."
        if is_first
        else "Distance of the features from those of the training classes.",
        axes=axes,
        test_tensor=_file(f"{name}.npy"),
        sample_tensor=_file(f"{name}.tif"),
        data=v0_5.IntervalOrRatioDataDescr(type="float32", range=(0.0, 1.0 if is_first else None)),
    )


def _channel(names: list[str]) -> v0_5.ChannelAxis:
    return v0_5.ChannelAxis(channel_names=[v0_5.Identifier(_identifier(name)) for name in names])


def _identifier(name: str) -> str:
    return name.replace(" ", "_").replace("-", "_")
