"""Micrographs with bright discs in files of every kind, and a detector of such discs."""

import struct
from pathlib import Path

import cv2
import mrcfile
import numpy as np
import tifffile

from tem_virus_dataset.networks.detector import Detector
from tem_virus_dataset.networks.nms import DetectedBoxes


def discs(shape, places, radius, dtype=np.uint16):
    """Noise with bright discs; places: x, y of the centres, in pixels of edges."""
    rng = np.random.default_rng(0)
    top = np.iinfo(dtype).max
    image = rng.normal(0.3 * top, 0.01 * top, shape)
    for x, y in places:
        j, i = np.ogrid[: shape[0], : shape[1]]
        image[(j + 0.5 - y) ** 2 + (i + 0.5 - x) ** 2 < radius**2] += 0.4 * top
    return image.clip(0, top).astype(dtype)


def detect_discs(images):
    """Detect bright spots by a threshold; the second class is of those wider than 30 pixels.

    In noise alone, of standard deviation 1, there are none.
    """
    found = []
    for image in images:
        smooth = cv2.GaussianBlur(image[..., 0], None, 1)
        bright = (smooth > max(2, smooth.max() / 2)).astype(np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(bright)
        x, y, width, height, area = stats[1:count].T.astype(np.float32)
        boxes = np.stack([x + width / 2, y + height / 2, width, height], axis=1)
        confidence = np.minimum(area / (width * height), 1)  # of a whole disc: pi / 4
        order = np.argsort(-confidence)
        labels = (np.maximum(width, height) > 30).astype(np.int64)
        found.append(DetectedBoxes(boxes[order], labels[order], confidence[order]))
    return found


def detector(tile_size=128, nm_per_pixel=1.0, largest_box=40.0):
    """A detector that takes the place of a trained network."""
    return Detector(
        detect_discs,
        ("small", "large"),
        tile_size,
        nm_per_pixel,
        largest_box,
        0.5,
        "discs-s0",
        "0" * 64,
    )


def write_mrc(path: Path, image, angstrom=0.0):
    with mrcfile.new(path) as file:
        file.set_data(image)
        file.voxel_size = angstrom
    return path


def write_dm(path: Path, image, nm=0.5, unit="nm"):
    from nion.data import Calibration, DataAndMetadata
    from nionswift_plugin.DM_IO import dm3_image_utils

    scales = [Calibration.Calibration(0, nm, unit) for _ in image.shape]
    data = DataAndMetadata.new_data_and_metadata(image, dimensional_calibrations=scales)
    with path.open("wb") as file:
        dm3_image_utils.save_image(data, file, int(path.suffix[-1]))
    return path


def write_sis(path: Path, image, x, y):
    """A TIFF of an Olympus camera: pixels of x and y, in nm."""
    general = struct.pack("<10xhdd8xd2x34s32s", -9, x, y, 1000, b"Veleta", b"TEM").ljust(220, b"\0")
    head = struct.pack("<4s6xhhhhh6x32sH", b"SIS0", 1, 2, 3, 4, 120, b"a", 1)
    block = head + struct.pack("<hhI", 1, 1, 0) + general
    tifffile.imwrite(
        path, image, photometric="minisblack", extratags=[(33560, 1, len(block), block)]
    )
    data = bytearray(path.read_bytes())
    at = data.index(head)
    struct.pack_into("<I", data, at + len(head) + 4, at + len(head) + 8)
    path.write_bytes(data)
    return path


def write_tvips(path: Path, image, x, y):
    """A TIFF of a TVIPS camera: pixels of x and y, in nm."""
    first = np.zeros((), np.dtype(tifffile.TIFF.TVIPS_HEADER_V1).newbyteorder("<"))
    second = np.zeros((), np.dtype(tifffile.TIFF.TVIPS_HEADER_V2).newbyteorder("<"))
    first["Version"], second["Magic"] = 2, 0xAAAAAAAA
    second["PixelSizeX"], second["PixelSizeY"] = x, y
    block = first.tobytes() + second.tobytes()
    tifffile.imwrite(
        path, image, photometric="minisblack", extratags=[(37706, 1, len(block), block)]
    )
    return path
