"""Image files that are annotated: which files they are, and their size as viewers show them."""

from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from tem_virus_dataset.annotations.folders.faults import counted
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats import read
from tem_virus_dataset.formats.image_file import UNREADABLE
from tem_virus_dataset.formats.pictures import pillow

SUFFIXES = tuple(read.READERS)
PLAIN = (".png", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp")  # size is known from the header
ORIENTATION, WIDTH, HEIGHT = 274, 256, 257  # TIFF 6.0, section 8; EXIF 2.3
SUBFILE_TYPE, REDUCED = 254, 1  # a bit of that tag: a reduced copy of another image
OLD_SUBFILE_TYPE, OLD_REDUCED = 255, 2
SIDEWAYS = (5, 6, 7, 8)  # orientations whose rows are columns when the image is shown
REMEDY = "Restore the file, or remove its annotation."


def suffix(path: Path) -> str:
    """Return the suffix of an image, with its dot and in small letters; "" for other files."""
    name = path.name.lower()
    return max((ending for ending in SUFFIXES if name.endswith(ending)), key=len, default="")


def is_image(path: Path) -> bool:
    """Return whether a file is an image, by its name."""
    return bool(suffix(path))


def stem(path: Path) -> str:
    """Return the name of an image without its suffix.

    >>> stem(Path("day_1.5.TIF"))
    'day_1.5'
    """
    return path.name[: len(path.name) - len(suffix(path))]


def source(name: str) -> str:
    """Return what versions of an image share: Roboflow writes rotated and noisy ones beside it.

    >>> source("a_png.rf.0a1b2c3d.jpg"), source("a.png")
    ('a_png', 'a.png')
    """
    return name.rpartition(".rf.")[0] or name


def size_of(path: Path) -> tuple[int, int]:
    """Return width and height of an image in upright position, as viewers show it.

    Annotation programs honour the orientation that cameras write, so boxes are drawn on the upright
    image. The pixels are read only where the header alone does not tell the size.

    Raises:
      DatasetError: the file is missing, or no image.
    """
    fault = ""
    if suffix(path) in PLAIN:
        try:
            with pillow.opened(path) as image:
                if getattr(image, "n_frames", 1) == 1 and not _is_preview(image):
                    return _upright(image)  # else the reader chooses among them
        except UNREADABLE as error:
            fault = str(error)
    try:
        height, width = read.shape(path)
    except DatasetError as error:
        if not fault:
            raise
        raise DatasetError(
            f"{path}: cannot be read as an image ({fault}); expected PNG, TIFF or JPEG. {REMEDY}"
        ) from error
    except OSError as error:
        raise DatasetError(
            f"{path}: cannot be read as an image ({error}); expected an intact file. {REMEDY}"
        ) from error
    return width, height


def sizes_of(paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Return width and height of images by their path.

    Raises:
      DatasetError: the first that cannot be read, and how many more.
    """
    sizes, errors = {}, []
    for path in paths:
        try:
            sizes[path] = size_of(path)
        except DatasetError as error:
            errors.append(error)
    if len(errors) > 1:
        more = counted(len(errors) - 1, "more image")
        raise DatasetError(f"{errors[0]} So it is with {more}.") from errors[0]
    if errors:
        raise errors[0]
    return sizes


def orientation(path: Path) -> int:
    """Return the orientation that a file states, 1 for upright, as EXIF numbers them."""
    try:
        with pillow.opened(path) as image:
            return _orientation(image)
    except (*UNREADABLE, DatasetError):
        return 1


def _is_preview(image: Image.Image) -> bool:
    """Return whether a page of a TIFF is a preview of one below it, as of TIFF/EP."""
    tags = getattr(image, "tag_v2", None) or {}
    return (
        bool(int(tags.get(SUBFILE_TYPE, 0)) & REDUCED) or tags.get(OLD_SUBFILE_TYPE) == OLD_REDUCED
    )


def _upright(image: Image.Image) -> tuple[int, int]:
    # Pillow swaps the size of a TIFF by itself in some versions, so it is taken from the tags
    tags = getattr(image, "tag_v2", None) or {}
    width, height = (int(tags.get(WIDTH, image.width)), int(tags.get(HEIGHT, image.height)))
    return (height, width) if _orientation(image) in SIDEWAYS else (width, height)


def _orientation(image: Image.Image) -> int:
    if tags := getattr(image, "tag_v2", None):
        return int(tags.get(ORIENTATION, 1))
    if image.format == "PNG" and "exif" not in image.info:
        return 1  # Pillow would decode the image to search for EXIF behind it
    return int(image.getexif().get(ORIENTATION, 1))
