"""The tables of the results: particles, micrographs, and YOLO labels."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from tem_virus_dataset.formats.pixel_size import PixelSize
from tem_virus_dataset.predict.particles import Particles

PARTICLES = (
    "file", "class", "confidence", "x", "y", "x_nm", "y_nm", "diameter_nm", "nm_per_pixel",
    "nm_per_pixel_from",
)  # fmt: skip
MICROGRAPHS = (
    "file", "particles", "nm_per_pixel", "nm_per_pixel_from", "width", "height", "strip_top",
    "strip_bottom", "remarks",
)  # fmt: skip


def particles_table(
    file: str, particles: Particles, classes: Sequence[str], pixel_size: PixelSize
) -> str:
    """Return a table with a line for each particle.

    x and y are of the centre, from the top left corner of the image, in its pixels and in nm. The
    diameter is the mean of width and height, empty where a particle is only a point.

    Args:
      particles: boxes in pixels of the image; width and height nan for points.
    """
    nm = pixel_size.nm
    rows = []
    for (x, y, width, height), label, confidence in zip(
        particles.boxes.tolist(),
        particles.labels.tolist(),
        particles.confidence.tolist(),
        strict=True,
    ):
        diameter = (width + height) / 2 * nm
        centre = (f"{x:.2f}", f"{y:.2f}", f"{x * nm:.2f}", f"{y * nm:.2f}")
        size = "" if np.isnan(diameter) else f"{diameter:.2f}"
        of_pixels = f"{nm:.6g}", pixel_size.source
        rows.append((file, classes[label], f"{confidence:.4f}", *centre, size, *of_pixels))
    return _csv(PARTICLES, rows)


def micrographs_table(done: Iterable[Mapping[str, Any]]) -> str:
    """Return a table with a line for each micrograph, also for one without particles.

    Args:
      done: what `outputs.write` kept of each.
    """
    return _csv(
        MICROGRAPHS,
        (
            (
                about["made_of"]["file"],
                about["particles"],
                f"{about['nm_per_pixel']:.6g}",
                about["from"],
                *reversed(about["shape"]),
                *about["info_strip"],
                "; ".join(about["remarks"]),
            )
            for about in done
        ),
    )


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def yolo_labels(particles: Particles, shape: tuple[int, ...]) -> str:
    """Return a line `class x y width height` for each box, in fractions of an image.

    Args:
      shape: of the image, height and width.
    """
    scaled = particles.boxes / np.array([shape[1], shape[0], shape[1], shape[0]], np.float64)
    return "".join(
        f"{label} " + " ".join(f"{value:.8f}" for value in box) + "\n"
        for label, box in zip(particles.labels.tolist(), scaled.tolist(), strict=True)
    )
