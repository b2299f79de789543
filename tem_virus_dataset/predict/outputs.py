"""The folder of the results: tables, labels, overlays, and which micrographs are finished.

`particles.csv` of all micrographs; of each one `particles/NAME.csv`, `labels/NAME.txt` (with
`labels/classes.txt`), `overlays/NAME.png`, and `done/NAME.json`, which is written last: an
interrupted prediction does again what has no such file, or one that names other inputs.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tem_virus_dataset.files.atomic import write_bytes
from tem_virus_dataset.networks.nms import DetectedBoxes

SUFFIXES = {"particles": ".csv", "labels": ".txt", "overlays": ".png", "done": ".json"}
COLUMNS = ("file", "class", "confidence", "x", "y", "x_nm", "y_nm", "diameter_nm")


def path(out: Path, kind: str, name: str) -> Path:
    """Return the path of a kind of result, such as "particles", of a micrograph."""
    return out / kind / f"{name}{SUFFIXES[kind]}"


def is_finished(out: Path, name: str, made_of: Mapping[str, Any]) -> bool:
    """Return whether all results of a micrograph are there, from the same inputs."""
    try:
        done = json.loads(path(out, "done", name).read_bytes())
        return bool(done["made_of"] == made_of) and all(
            path(out, kind, name).is_file() for kind in done["results"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def remove(out: Path, name: str) -> None:
    """Remove the results of a micrograph that an earlier call wrote from other inputs."""
    for kind in ("done", *SUFFIXES):
        path(out, kind, name).unlink(missing_ok=True)


def write(
    out: Path, name: str, results: Mapping[str, bytes], made_of: Mapping[str, Any], about: Any
) -> None:
    """Write the results of a micrograph, by kind, then that it is finished.

    Args:
      made_of: whatever they depend on, as JSON has it; about: more to be kept.

    Raises:
      OSError: the folder cannot be written to, or the disk is full.
    """
    for kind, data in results.items():
        write_bytes(path(out, kind, name), data)
    done = {"made_of": made_of, "results": list(results), **about}
    write_bytes(path(out, "done", name), f"{json.dumps(done, indent=1)}\n".encode())


def write_summary(out: Path, names: Sequence[str], classes: Sequence[str]) -> int:
    """Join the tables of micrographs into one, write the class names; return how many particles.

    Raises:
      OSError: the folder cannot be written to, or the disk is full.
    """
    head = ",".join(COLUMNS) + "\n"
    tables = [path(out, "particles", name).read_text("utf-8") for name in names]
    joined = head + "".join(table.removeprefix(head) for table in tables)
    _write_changed(out / "particles.csv", joined.encode())
    _write_changed(out / "labels" / "classes.txt", "".join(f"{c}\n" for c in classes).encode())
    return joined.count("\n") - 1


def _write_changed(file: Path, data: bytes) -> None:
    """Write a file, unless it holds this already."""
    if not file.exists() or file.read_bytes() != data:
        write_bytes(file, data)


def csv_table(
    file: str, particles: DetectedBoxes, classes: Sequence[str], nm_per_pixel: float
) -> str:
    """Return a table with a line for each particle.

    x and y are of the centre, from the top left corner of the image, in its pixels and in nm. The
    diameter is the mean of width and height, empty where a particle is only a point.

    Args:
      particles: boxes in pixels of the image; width and height nan for points.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for (x, y, width, height), label, confidence in zip(
        particles.boxes.tolist(),
        particles.labels.tolist(),
        particles.confidence.tolist(),
        strict=True,
    ):
        diameter = (width + height) / 2 * nm_per_pixel
        centre = (f"{x:.2f}", f"{y:.2f}", f"{x * nm_per_pixel:.2f}", f"{y * nm_per_pixel:.2f}")
        size = "" if np.isnan(diameter) else f"{diameter:.2f}"
        writer.writerow((file, classes[label], f"{confidence:.4f}", *centre, size))
    return out.getvalue()


def yolo_labels(particles: DetectedBoxes, shape: tuple[int, ...]) -> str:
    """Return a line `class x y width height` for each box, in fractions of an image.

    Args:
      shape: of the image, height and width.
    """
    scaled = particles.boxes / np.array([shape[1], shape[0], shape[1], shape[0]], np.float64)
    return "".join(
        f"{label} " + " ".join(f"{value:.8f}" for value in box) + "\n"
        for label, box in zip(particles.labels.tolist(), scaled.tolist(), strict=True)
    )
