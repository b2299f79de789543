"""One micrograph: read, examined by the networks, and its results written."""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats import info_strip, sidecar
from tem_virus_dataset.formats import read as formats
from tem_virus_dataset.formats.info_strip import InfoStrip
from tem_virus_dataset.formats.pixel_size import OPTION, PixelSize, chosen
from tem_virus_dataset.formats.read import Micrograph
from tem_virus_dataset.predict import outputs, remarks, results
from tem_virus_dataset.predict import points as given_points
from tem_virus_dataset.predict.inputs import InputImage
from tem_virus_dataset.predict.particles import Particles
from tem_virus_dataset.predict.pipeline import Pipeline
from tem_virus_dataset.predict.points import Point
from tem_virus_dataset.predict.writers import kinds
from tem_virus_dataset.predict.writers.result import categories

VERSION = 11  # of the results: raised when the same input gives others
CROP = "--crop-bottom"
MOST_ENLARGED = 8  # times each way, to the scale of a detector
MOST_PIXELS = 2**28  # of an enlarged image


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a user gives for all micrographs.

    Attributes:
      nm_per_pixel: None for the files' own; size_source: what states it, see `pixel_size.chosen`.
      crop_bottom: rows, None to look for info strips.
      formats: kinds of files that are written, some of `kinds.FORMATS`.
      invert: the networks see the image with bright and dark exchanged.
    """

    nm_per_pixel: float | None = None
    crop_bottom: int | None = None
    formats: tuple[str, ...] = kinds.DEFAULT
    invert: bool = False
    size_source: str = OPTION


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a micrograph ended.

    Attributes:
      done: what is kept of its results; is_new: False where they were there.
      is_renewed: they replace those of an earlier version.
    """

    done: dict[str, Any]
    is_new: bool
    is_renewed: bool = False


@dataclasses.dataclass(frozen=True)
class Opened:
    """A micrograph that was read and checked.

    Attributes:
      points: in its pixels; size: of its pixels; strip: what is none of the micrograph.
      wanted: kinds of its results; made_of: all that these depend on; warnings: on its pixel size.
    """

    image: InputImage
    points: Sequence[Point]
    content: Micrograph
    size: PixelSize
    strip: InfoStrip
    wanted: Sequence[str]
    made_of: Mapping[str, Any]
    warnings: Sequence[str]


@dataclasses.dataclass(frozen=True)
class Examined:
    """A micrograph with its particles, in pixels of the complete image.

    Attributes:
      if_inverted: detections in the image of inverted contrast, where that was looked at.
    """

    opened: Opened
    particles: Particles
    if_inverted: int = 0


def predict(
    image: InputImage, points: Sequence[Point], pipeline: Pipeline, settings: Settings, out: Path
) -> Outcome:
    """Write the results of a micrograph, unless they are there: `read`, `examine` and `write`.

    Raises:
      DatasetError, OSError: the file cannot be read, or the results not be written.
    """
    opened = read(image, points, pipeline, settings, out)
    return write(examine(opened, pipeline), pipeline, out)


def read(
    image: InputImage, points: Sequence[Point], pipeline: Pipeline, settings: Settings, out: Path
) -> Opened | Outcome:
    """Read a micrograph and check what can be without its particles.

    Returns:
      The micrograph, or its outcome where the results are there.

    Raises:
      DatasetError, OSError: the file cannot be read, or does not fit the options.
    """
    with image.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    made_of = {
        "version": VERSION,
        "file": image.file,
        "sha256": digest,
        "nm_per_pixel": settings.nm_per_pixel,
        "crop_bottom": settings.crop_bottom,
        "invert": settings.invert,
        "points": [list(point) for point in points],
        **pipeline.about(),
        **_beside(image.path),
    }
    wanted = kinds.of_micrographs(settings.formats, bool(points))
    done = outputs.finished(out, image)
    if done and done["made_of"] == made_of:
        done = outputs.moved(out, image, done)
        return Outcome(_with_kinds(image, done, wanted, pipeline, out), is_new=False)
    outputs.check_own(out, image, digest)
    content = formats.read(image.path)
    size, warnings = chosen(
        str(image.path),
        content.pixel_size,
        content.size_remarks,
        settings.nm_per_pixel,
        settings.size_source,
    )
    given_points.check(points, content.image.shape, str(image.path))
    strip = _strip(image.path, content, settings.crop_bottom)
    opened = Opened(image, points, content, size, strip, wanted, made_of, warnings)
    _check(opened, pipeline)
    return opened


def examine(opened: Opened | Outcome, pipeline: Pipeline) -> Examined | Outcome:
    """Detect and classify the particles of a micrograph that was read, beside its info strip."""
    if isinstance(opened, Outcome):
        return opened
    strip = opened.strip
    image = opened.content.image[strip.inside(opened.content.image.shape)]
    points = [(x - strip.left, y - strip.top) for x, y in opened.points]
    if opened.made_of["invert"]:
        image = np.invert(image)
    particles = pipeline.particles(image, opened.size.nm, points)
    boxes = particles.boxes + np.array([strip.left, strip.top, 0, 0], np.float32)
    if_inverted = 0 if len(particles) else pipeline.count_if_inverted(image, opened.size.nm)
    return Examined(opened, dataclasses.replace(particles, boxes=boxes), if_inverted)


def write(examined: Examined | Outcome, pipeline: Pipeline, out: Path) -> Outcome:
    """Write the results of a micrograph; those of other inputs stay until then.

    Raises:
      OutputError: the folder cannot be written to, or the disk is full.
    """
    if isinstance(examined, Outcome):
        return examined
    opened, particles = examined.opened, examined.particles
    content, size, strip = opened.content, opened.size, opened.strip
    result = results.of_particles(
        opened.image.file, content.image.shape, particles, pipeline.classes, size
    )
    files = results.files(result, opened.wanted, content.image, strip)
    is_renewed, edited = outputs.remove(out, opened.image, VERSION)
    odd = [
        *remarks.of_result(content.image, size.nm, particles, edited),
        *remarks.of_contrast(examined.if_inverted, bool(opened.made_of["invert"])),
    ]
    about = {
        "nm_per_pixel": size.nm,
        "from": size.source,
        "remarks": [*content.remarks, *opened.warnings, *odd],
        "shape": list(content.image.shape),
        "info_strip": list(dataclasses.astuple(strip)),
        "particles": len(particles),
        "classes": categories([result], pipeline.classes, pipeline.measures_novelty),
    }
    done = outputs.write(out, opened.image, files, opened.made_of, about)
    return Outcome(done, True, is_renewed)


def _with_kinds(
    image: InputImage, done: dict[str, Any], wanted: Sequence[str], pipeline: Pipeline, out: Path
) -> dict[str, Any]:
    """Write the kinds of files that a finished micrograph lacks, from its table.

    Where somebody edited the table, all others are written again.

    Raises:
      DatasetError: the table was changed, and cannot be read.
    """
    result = outputs.result(out, image, done, pipeline.classes)
    missing = [kind for kind in wanted if kind not in done["results"]]
    is_edited = outputs.is_table_edited(out, image, done)
    if is_edited:
        missing = [
            kind
            for kind in {**dict.fromkeys(done["results"]), **dict.fromkeys(missing)}
            if kind != outputs.PARTICLES
        ]
    elif not missing:
        return done
    needs_pixels = not set(missing).isdisjoint(kinds.OF_PIXELS)
    pixels = formats.read(image.path).image if needs_pixels else None
    files = results.files(result, missing, pixels, InfoStrip(*done["info_strip"]))
    return outputs.add(out, image, files, done, len(result.particles))


def _strip(path: Path, content: Micrograph, crop_bottom: int | None) -> InfoStrip:
    """Return the rows that are no part of the micrograph: those given, or those that are found."""
    if crop_bottom is None:
        return info_strip.find(content.image)
    height = len(content.image)
    if crop_bottom >= height:
        raise DatasetError(
            f"{path}: {CROP} {crop_bottom} leaves nothing of {height} rows; expected fewer. "
            "Give the height of the info strip in pixels, 0 where there is none."
        )
    return InfoStrip(0, crop_bottom)


def _check(opened: Opened, pipeline: Pipeline) -> None:
    """Refuse a micrograph without contrast, or that does not fit the detector or its points.

    Raises:
      DatasetError: it is one of these.
    """
    path, strip = opened.image.path, opened.strip
    rows, columns = strip.inside(opened.content.image.shape)
    image = opened.content.image[rows, columns]
    _check_enlargement(path, image.shape, pipeline, opened.size)
    if image.min() == image.max():
        raise DatasetError(
            f"{path}: all pixels beside the info strip ({strip}) are {image.min()}; expected an "
            f"image. Leave the file out, or give the strip's height with {CROP}, 0 if none."
        )
    for x, y in opened.points:
        if not (rows.start <= y <= rows.stop and columns.start <= x <= columns.stop):
            raise DatasetError(
                f"{path}: a point at {x:g}, {y:g} is in the info strip ({strip}); expected points "
                f"in the micrograph. Correct it, or give the strip's height with {CROP}, 0 if none."
            )


def _beside(path: Path) -> dict[str, list[str]]:
    """Return the digests of the texts beside an image: its pixel size may be from one of them."""
    texts = sidecar.files(path)
    return {"beside": [_digest(text) for text in texts]} if texts else {}


def _digest(text: Path) -> str:
    """Return that of a text; "" for one that cannot be read, and so states nothing."""
    try:
        return hashlib.sha256(text.read_bytes()).hexdigest()
    except OSError:
        return ""


def _check_enlargement(
    path: Path, shape: tuple[int, ...], pipeline: Pipeline, size: PixelSize
) -> None:
    """Refuse an image whose particles have too few pixels for the detector, or that is too large.

    Raises:
      DatasetError: its pixels are so much larger than those that the detector knows.
    """
    known = pipeline.detector.nm_per_pixel if pipeline.detector else None
    factor = size.nm / known if known else 1.0
    pixels = shape[0] * shape[1] * factor**2
    if factor > MOST_ENLARGED or (factor > 1 and pixels > MOST_PIXELS):
        raise DatasetError(
            f"{path}: pixels of {size.nm:g} nm ({size.source}), {factor:.3g} times those of the "
            f"detector; expected at most {MOST_ENLARGED} times, and {MOST_PIXELS / 1e6:.0f} "
            "megapixels at its scale. Take an image of a higher magnification, or correct the "
            "size with --nm-per-pixel."
        )
