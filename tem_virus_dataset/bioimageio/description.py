"""What a package states of a classifier, in the form of bioimage.io (model description 0.5).

Source of the form: https://bioimage-io.github.io/spec-bioimage-io
"""

import itertools
import keyword
import re
from collections.abc import Sequence
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
OF_OUR_DATA = ("negative-stain", "virus")
LONGEST = 128  # characters of the name of a model
_OF_US = " of tem-virus"
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
    own = is_own(stated)
    what = "classes" if own else "viruses in negative-stain"
    with ValidationContext(root=folder, perform_io_checks=False):
        return v0_5.ModelDescr(
            name=_plain(name) + _OF_US,
            description=f"Classifies patches of {len(stated.classes)} {what}"
            f"{' in' if own else ''} transmission electron micrographs. Not for diagnosis.",
            documentation=_file("README.md"),
            covers=[_file("cover.png")],
            authors=[v0_5.Author(name="The tem-virus authors")],
            cite=[]
            if own
            else [v0_5.CiteEntry(text=text, doi=v0_5.Doi(doi)) for text, doi in CITE],
            license=None if own else v0_5.LicenseId(LICENSE),
            tags=[tag for tag in TAGS if not own or tag not in OF_OUR_DATA],
            version=v0_5.Version(__version__),
            inputs=[_input(stated)],
            outputs=[
                _output(output, values, stated, number == 0)
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


def _output(name: str, values: Any, stated: Metadata, is_first: bool) -> v0_5.OutputTensorDescr:
    axes: list[Any] = [v0_5.BatchAxis()]
    if values.ndim == 2:
        names = stated.classes if values.shape[1] == len(stated.classes) else [name]
        axes.append(_channel(names))
    return v0_5.OutputTensorDescr(
        id=v0_5.TensorId(name),
        description=_probabilities(stated)
        if is_first
        else "Distance of the features from those of the training classes.",
        axes=axes,
        test_tensor=_file(f"{name}.npy"),
        sample_tensor=_file(f"{name}.tif"),
        data=v0_5.IntervalOrRatioDataDescr(type="float32", range=(0.0, 1.0 if is_first else None)),
    )


def _probabilities(stated: Metadata) -> str:
    """Return what the first output is, as it is computed."""
    mean = f", mean of {stated.tta} orientations" if stated.tta > 1 else ""
    scaled = (
        "" if stated.temperature is None else f", calibrated (temperature {stated.temperature})"
    )
    return f"Probability of each class{mean}{scaled}."


def is_own(stated: Metadata) -> bool:
    """Return whether a network was trained on images of a user, who alone can say their terms."""
    return stated.data.startswith("folder/")


def _channel(names: list[str]) -> v0_5.ChannelAxis:
    return v0_5.ChannelAxis(channel_names=list(map(v0_5.Identifier, identifiers(names))))


def identifiers(names: Sequence[str]) -> list[str]:
    """Return a distinct Python identifier for each name of a class, as channels have them.

    >>> identifiers(["Rift Valley", "Rift-Valley", "2nd (full)"])
    ['Rift_Valley', 'Rift_Valley_2', '_2nd__full_']
    """
    found: list[str] = []
    for name in names:
        plain = "".join(sign if f"a{sign}".isidentifier() else "_" for sign in name)
        if not plain.isidentifier() or keyword.iskeyword(plain):
            plain = f"_{plain}"
        others = (f"{plain}_{number}" for number in itertools.count(2))
        found.append(next(one for one in itertools.chain([plain], others) if one not in found))
    return found


def _plain(name: str) -> str:
    """Return a name of the signs that names of models may have, and of their length."""
    return re.sub(r"[^\w+\- ()]", "_", name, flags=re.ASCII)[: LONGEST - len(_OF_US)]
