"""What is done about one micrograph, from its file to its results."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmark.predict import outputs as results
from benchmark.predict import overlay, points
from benchmark.predict import tables as table
from benchmark.predict.engine import Engine
from benchmark.predict.inputs import Picture
from benchmark.predict.points import Point
from tem_virus_dataset.formats import read as micrograph
from tem_virus_dataset.formats.pixel_size import chosen

VERSION = 1  # of the results: raised when the same input gives others


def predict(
    picture: Picture, places: Sequence[Point], engine: Engine, given: float | None, out: Path
) -> tuple[bool, str]:
    """Write the results of a micrograph, unless they are there.

    Args:
      places: points in it; given: nm per pixel, from the user.

    Returns:
      Whether anything was to be done, and a warning or "".

    Raises:
      BenchmarkError, DatasetError, OSError: it cannot be read, or its results not be written.
    """
    with picture.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    made_of = {
        "version": VERSION,
        "file": picture.file,
        "sha256": digest,
        "nm_per_pixel": given,
        "points": [list(place) for place in places],
        **engine.about(),
    }
    if results.is_finished(out, picture.name, made_of):
        return False, ""
    results.remove(out, picture.name)
    found = micrograph.read(picture.path)
    size, warning = chosen(str(picture.path), found.pixel_size, given)
    points.check(places, found.image.shape, str(picture.path))
    particles = engine.particles(found.image, size.nm, places)
    made = {
        "particles": table.csv_text(picture.file, particles, engine.classes, size.nm).encode(),
        "overlays": overlay.png(found.image, particles, engine.classes, size.nm),
    }
    if not np.isnan(particles.boxes).any():  # points have no boxes
        made["labels"] = table.yolo_text(particles, found.image.shape).encode()
    about = {"nm_per_pixel": size.nm, "from": size.source, "particles": len(particles.boxes)}
    results.write(out, picture.name, made, made_of, about)
    return True, warning
