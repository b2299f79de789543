"""EMD: HDF5 files of Thermo Fisher's Velox, and of the National Center for Electron Microscopy.

Both are read with h5py. The readers of ncempy name one unit only, take a stack for its first image,
and need fields of the microscope that a copied or exported file may lack.
"""

import contextlib
import dataclasses
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.instruments import hdf5_check
from tem_virus_dataset.formats.pictures.axes import Axis, fault, statement
from tem_virus_dataset.formats.pictures.picture import Picture
from tem_virus_dataset.formats.pictures.unreadable import SAVE, unreadable

if TYPE_CHECKING:
    import h5py

SIGNATURE = b"\x89HDF\r\n\x1a\n"
VELOX = "Data/Image"
SPECTRA = ("Data/Spectrum", "Data/SpectrumStream", "Data/SpectrumImage")
MOST_BYTES = 1 << 34  # of one image
MOST_NAMES = 8  # that a message lists


@contextlib.contextmanager
def open_pictures(path: Path) -> Iterator[list[Picture]]:
    """Open an EMD file and list its images.

    Raises:
      DatasetError: the file is damaged, or holds no image. OSError: it cannot be opened.
    """
    with path.open("rb") as start:
        if start.read(len(SIGNATURE)) != SIGNATURE:
            raise DatasetError(
                f"{path}: starts with no header of HDF5; expected an EMD file of Velox or of "
                "NCEM. Leave the file out, or give it the suffix of its kind."
            )
    import h5py

    hdf5_check.check(path)
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(h5py.File(path, "r", locking=False))
            pictures = [*_velox(file, path), *_ncem(file, path)]
            names = [_text(name) for name in file] + [name for name in SPECTRA if name in file]
        except Exception as error:
            raise unreadable(path, "EMD", error) from error
        if not pictures:
            raise _no_image(path, names)
        yield pictures


def _no_image(path: Path, names: list[str]) -> DatasetError:
    if any(name in SPECTRA for name in names):
        return DatasetError(
            f"{path}: holds spectra only; expected a micrograph. Leave the file out."
        )
    found = ", ".join(names[:MOST_NAMES]) or "nothing"
    return DatasetError(
        f"{path}: holds {found}; expected the images of Velox (Data/Image) or of NCEM. {SAVE}"
    )


def _velox(file: "h5py.File", path: Path) -> Iterator[Picture]:
    """Yield the images of Velox: (height, width, images), their metadata as JSON in bytes."""
    for index, group in enumerate(file[VELOX].values() if VELOX in file else (), start=1):
        data = group.get("Data") if group is not None else None
        if data is None:
            yield _dead_link(index)
            continue
        about = _json(group["Metadata"]) if "Metadata" in group else {}
        result = _dictionary(about, "BinaryResult")
        sides, detector = _dictionary(result, "PixelSize"), str(result.get("Detector", ""))
        axes = [
            Axis(_number(sides.get(side)), str(result.get(f"PixelUnit{letter}", "")))
            for letter, side in (("Y", "height"), ("X", "width"))
        ]
        *shape, count = data.shape
        lengths = (count, *shape) if len(shape) == 2 else data.shape
        name = f"image {index}" + (f" ({detector})" if detector else "")
        picture = _picture(path, name, data, lengths, axes, "Velox's metadata")
        if not picture.not_a_micrograph and _is_diffraction(_dictionary(about, "Optics")):
            why = "a diffraction pattern, as Velox's metadata say"
            picture = dataclasses.replace(picture, not_a_micrograph=why)
        yield picture


def _dead_link(index: int) -> Picture:
    """Return an image that is a link, and its target no longer in place."""
    none = np.zeros((0, 0), np.uint8)
    return Picture(
        name=f"image {index}",
        shape=none.shape,
        dtype=none.dtype,
        pixels=lambda: none,
        not_a_micrograph="a link to what is missing",
    )


def _is_diffraction(optics: dict[str, Any]) -> bool:
    """Say whether a pattern was taken; a scanning microscope is in a diffraction mode always."""
    return (str(optics.get("OperatingMode")), str(optics.get("ProjectorMode"))) == ("1", "1")


def _json(metadata: "h5py.Dataset") -> dict[str, Any]:
    """Return the metadata of the first image; {} where they are damaged."""
    text = metadata[:, 0].tobytes().split(b"\0")[0].decode("utf-8", "replace")
    try:
        about = json.loads(text)
    except ValueError:
        return {}
    return about if isinstance(about, dict) else {}


def _dictionary(about: dict[str, Any], name: str) -> dict[str, Any]:
    inner = about.get(name)
    return inner if isinstance(inner, dict) else {}


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan


def _ncem(file: "h5py.File", path: Path) -> Iterator[Picture]:
    """Yield the images of NCEM: groups with `data`, and positions of its pixels as `dim1`, ..."""
    import h5py

    groups: list[h5py.Group] = []
    file.visititems(lambda _, node: groups.append(node) if "emd_group_type" in node.attrs else None)
    for group in groups:
        data = group.get("data") if isinstance(group, h5py.Group) else None
        if not isinstance(data, h5py.Dataset) or not data.shape:
            continue
        first = 0 if "dim0" in group else 1  # of EMD 1.0, and of 0.2
        axes = [_axis(group, f"dim{first + i}", data.shape[i]) for i in range(data.ndim)]
        yield _picture(path, _text(group.name), data, data.shape, axes, "the axes of the EMD file")


def _axis(group: "h5py.Group", name: str, length: int) -> Axis:
    """Return the step between positions; over the whole length, since they may be float32."""
    positions = group.get(name)
    if positions is None or positions.ndim != 1 or positions.dtype.kind not in "iuf":
        return Axis(math.nan, "")
    count = len(positions)
    if count < 2 or count not in (2, length):
        return Axis(math.nan, "")
    step = abs(float(positions[count - 1]) - float(positions[0])) / (count - 1)
    return Axis(step, _text(positions.attrs.get("units", "")))


def _text(value: object) -> str:
    """Return an attribute that may be text or bytes, alone or as the only one of an array.

    h5py hands bytes that are not UTF-8 on as surrogates.
    """
    first = value.flat[0] if isinstance(value, np.ndarray) and value.size else value
    if isinstance(first, str):
        first = first.encode("utf-8", "surrogateescape")
    if not isinstance(first, bytes):
        return ""
    try:
        return first.decode()
    except UnicodeDecodeError:
        return first.decode("latin-1")


def _picture(
    path: Path,
    name: str,
    data: "h5py.Dataset",
    lengths: tuple[int, ...],
    axes: list[Axis],
    source: str,
) -> Picture:
    shape = tuple(length for length in lengths if length != 1)
    if len(axes) == len(lengths):
        axes = [axis for axis, length in zip(axes, lengths, strict=True) if length != 1]
    dtype, why = data.dtype, ""
    if dtype.names:
        is_complex = any(part.lower().startswith("real") for part in dtype.names)
        why = "complex numbers, as of a Fourier transform" if is_complex else "a coloured map"
    if not math.prod(shape) or math.prod(shape) * dtype.itemsize > MOST_BYTES:
        why = f"an array of {'x'.join(map(str, shape))} numbers"
    return Picture(
        name=name,
        shape=shape,
        dtype=dtype,
        pixels=lambda: _pixels(path, name, data),
        statements=statement(axes, source),
        not_a_micrograph=why or fault(shape, dtype, axes),
    )


def _check_written(path: Path, name: str, data: "h5py.Dataset") -> None:
    """Refuse an image of which parts were never written: the HDF5 library gives zeros for them."""
    if data.is_virtual:
        files = (path.parent / source.file_name for source in data.virtual_sources())
        gone = next((file for file in files if file.name != "." and not file.exists()), None)
        if gone:
            raise DatasetError(
                f"{path}: {name} lies in other files, and {gone} is not there; expected all of "
                "them. Copy it to its place."
            )
    if data.external or data.is_virtual:
        return
    if data.chunks:
        sides = zip(data.shape, data.chunks, strict=True)
        number = math.prod(math.ceil(length / side) for length, side in sides)
        missing = number - data.id.get_num_chunks()
    else:
        number, missing = 1, int(data.id.get_storage_size() == 0)
    if missing > 0:
        raise DatasetError(
            f"{path}: {missing} of {number} parts of {name} have no data; expected an intact EMD "
            "file. Its acquisition or its copy may have been interrupted: copy it again, or leave "
            "it out."
        )


def _pixels(path: Path, name: str, data: "h5py.Dataset") -> NDArray:
    try:
        _check_written(path, name, data)
        values = np.squeeze(data[()])
    except DatasetError:
        raise
    except Exception as error:
        raise unreadable(path, "EMD", error) from error
    return values.astype(values.dtype.newbyteorder("="), copy=False)
