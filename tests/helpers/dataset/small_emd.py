"""EMD files as Velox and the programs of NCEM write them."""

import json
from pathlib import Path

import h5py
import numpy as np


def write_velox(
    path: Path, *images: np.ndarray, metres: float = 5e-10, unit: str = "m", optics=None
):
    """Write images (height, width) or (height, width, images), each of its own detector."""
    with h5py.File(path, "w") as file:
        for number, image in enumerate(images):
            result = {
                "PixelSize": {"width": str(metres), "height": str(metres)},
                "PixelUnitX": unit,
                "PixelUnitY": unit,
                "Detector": f"DF{number}",
            }
            group = file.create_group(f"Data/Image/{number:032x}")
            stack = image.reshape(*image.shape[:2], -1)
            group["Data"] = stack
            text = (
                json.dumps({"BinaryResult": result, "Optics": optics or {}})
                .encode()
                .ljust(2000, b"\0")
            )
            column = np.frombuffer(text, np.uint8)[:, None]
            group["Metadata"] = np.repeat(column, stack.shape[2], axis=1)
    return path


def write_ncem(path: Path, image: np.ndarray, step: float = 0.5, unit: object = "n_m"):
    """Write an array with positions of its pixels along each axis; unit: text or other."""
    with h5py.File(path, "w") as file:
        file.attrs["version_major"], file.attrs["version_minor"] = 0, 2
        group = file.create_group("data/image")
        group.attrs["emd_group_type"] = 1
        group["data"] = image
        for number, length in enumerate(image.shape, start=1):
            group[f"dim{number}"] = (100 + step * np.arange(length)).astype(np.float32)
            group[f"dim{number}"].attrs["units"] = unit
    return path
