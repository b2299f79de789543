"""The particles of a micrograph as CSV and as YOLO labels."""

import csv
import io
from collections.abc import Sequence

import numpy as np

from benchmark.detection.yolo.decoding import Found

COLUMNS = ("file", "class", "confidence", "x", "y", "x_nm", "y_nm", "diameter_nm")


def csv_text(file: str, found: Found, classes: Sequence[str], nm_per_pixel: float) -> str:
    """Return a line for each particle below the names of the columns.

    x and y are of the centre, from the top left corner of the picture, in its pixels and in nm. The
    diameter is the mean of width and height, empty where a particle is only a point.

    Args:
      found: boxes in pixels of the picture; width and height nan for points.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for (x, y, width, height), label, sure in zip(
        found.boxes.tolist(), found.labels.tolist(), found.confidence.tolist(), strict=True
    ):
        diameter = (width + height) / 2 * nm_per_pixel
        place = (f"{x:.2f}", f"{y:.2f}", f"{x * nm_per_pixel:.2f}", f"{y * nm_per_pixel:.2f}")
        size = "" if np.isnan(diameter) else f"{diameter:.2f}"
        writer.writerow((file, classes[label], f"{sure:.4f}", *place, size))
    return out.getvalue()


def yolo_text(found: Found, shape: tuple[int, ...]) -> str:
    """Return a line `class x y width height` for each box, in fractions of a picture.

    Args:
      shape: of the picture, height and width.
    """
    parts = found.boxes / np.array([shape[1], shape[0], shape[1], shape[0]], np.float64)
    return "".join(
        f"{label} " + " ".join(f"{value:.8f}" for value in box) + "\n"
        for label, box in zip(found.labels.tolist(), parts.tolist(), strict=True)
    )


def joined(texts: Sequence[str]) -> str:
    """Join tables that `csv_text` wrote into one."""
    head = ",".join(COLUMNS) + "\n"
    return head + "".join(text.removeprefix(head) for text in texts)
