"""Predicting many micrographs, one after the other: a faulty file stops none of the others."""

import hashlib
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import tqdm

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats import read as micrograph
from tem_virus_dataset.formats.pixel_size import chosen
from tem_virus_dataset.networks.nms import DetectedBoxes
from tem_virus_dataset.predict import outputs, overlay
from tem_virus_dataset.predict import points as given_points
from tem_virus_dataset.predict.inputs import InputImage
from tem_virus_dataset.predict.pipeline import Pipeline
from tem_virus_dataset.predict.points import Point

VERSION = 1  # of the results: raised when the same input gives others


def predict_all(
    images: Sequence[InputImage],
    points: Mapping[str, Sequence[Point]],
    pipeline: Pipeline,
    nm_per_pixel: float | None,
    out: Path,
) -> int:
    """Write the results of all images; report at the end which failed.

    Args:
      points: in the images, by their `file`; nm_per_pixel: from the user, None for the files' own.

    Returns:
      0, or 1 where an image failed.
    """
    failures: dict[str, str] = {}
    finished_before = 0
    with tqdm.tqdm(images, "micrographs", unit="micrograph", disable=None) as bar:
        for image in bar:
            try:
                is_new, warning = predict_one(
                    image, points.get(image.file, ()), pipeline, nm_per_pixel, out
                )
                finished_before += not is_new
                if warning:
                    tqdm.tqdm.write(f"warning: {warning}", file=sys.stderr)
            except (DatasetError, OSError, MemoryError) as error:
                failures[image.file] = str(error) or type(error).__name__
            except Exception as error:  # a fault of the program: the traceback is shown
                tqdm.tqdm.write(traceback.format_exc(), file=sys.stderr)
                failures[image.file] = f"{image.path}: {type(error).__name__}: {error}"
            bar.set_postfix(failed=len(failures), refresh=False)
    names = [image.name for image in images if image.file not in failures]
    if names:
        count = outputs.write_summary(out, names, pipeline.classes)
        before = f", {finished_before} of them finished before" if finished_before else ""
        print(f"particles: {count}, micrographs: {len(names)}{before}; see {out}")
    if failures:
        print(f"failed: {len(failures)} of {len(images)} micrographs", file=sys.stderr)
    for reason in failures.values():
        print(f"error: {reason}", file=sys.stderr)
    return 1 if failures else 0


def predict_one(
    image: InputImage,
    points: Sequence[Point],
    pipeline: Pipeline,
    nm_per_pixel: float | None,
    out: Path,
) -> tuple[bool, str]:
    """Write the results of a micrograph, unless they are there.

    Returns:
      Whether anything had to be done, and a warning or "".

    Raises:
      DatasetError, OSError: the file cannot be read, or the results not be written.
    """
    with image.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    made_of = {
        "version": VERSION,
        "file": image.file,
        "sha256": digest,
        "nm_per_pixel": nm_per_pixel,
        "points": [list(point) for point in points],
        **pipeline.about(),
    }
    if outputs.is_finished(out, image.name, made_of):
        return False, ""
    outputs.remove(out, image.name)
    content = micrograph.read(image.path)
    size, warnings = chosen(str(image.path), content.pixel_size, content.size_remarks, nm_per_pixel)
    given_points.check(points, content.image.shape, str(image.path))
    particles = pipeline.particles(content.image, size.nm, points)
    warning = "; ".join([*content.remarks, *warnings, *_cut(particles)])
    results = {
        "particles": outputs.csv_table(image.file, particles, pipeline.classes, size.nm).encode(),
        "overlays": overlay.png(content.image, particles, pipeline.classes, size.nm),
    }
    if not np.isnan(particles.boxes).any():  # points have no boxes
        results["labels"] = outputs.yolo_labels(particles, content.image.shape).encode()
    about = {"nm_per_pixel": size.nm, "from": size.source, "particles": len(particles.boxes)}
    outputs.write(out, image.name, results, made_of, about)
    return True, f"{image.path}: {warning}" if warning else ""


def _cut(particles: DetectedBoxes) -> list[str]:
    """Return a warning where a micrograph has more particles than are kept."""
    if not particles.left_out:
        return []
    return [
        f"{particles.left_out} detections beyond the {len(particles.boxes)} most confident are "
        "left out: that is the most of a micrograph. Raise --confidence, or cut the micrograph "
        "into parts"
    ]
