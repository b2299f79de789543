"""What a finished prediction left in its folder: which micrographs, and their boxes."""

import csv
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.annotations import yolo_labels
from tem_virus_dataset.annotations.folders.faults import refuse
from tem_virus_dataset.errors import DatasetError, reason
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.formats import read as formats
from tem_virus_dataset.formats.compressed import kind
from tem_virus_dataset.formats.info_strip import InfoStrip
from tem_virus_dataset.predict.results import CODING
from tem_virus_dataset.predict.writers import kinds


class MadeOf(msgspec.Struct):
    """The file that a prediction read, as it was named and hashed.

    Attributes:
      invert: the networks saw it with bright and dark exchanged, and are trained on it so.
    """

    file: str
    sha256: str
    invert: bool = False


class Predicted(msgspec.Struct):
    """A predicted micrograph, as `predict.outputs.write` keeps it.

    Attributes:
      made_of: its file; path: where it was; nm_per_pixel: of the complete image.
      path_from_results: the same from the folder of the results; "" in those of earlier versions.
      shape: of the complete image, height and width; info_strip: rows at its top and bottom, and
        columns at its left and right, that are none of the micrograph.
      classes: names in the order of its labels; labels_by_stem: these are named without its suffix.
        Both are None in results of earlier versions.
      written: digests of the files of its results as they were written, by their kind;
        particles_shown: that of the table of particles which the others show.
    """

    made_of: MadeOf
    path: str
    nm_per_pixel: float
    shape: tuple[int, int]
    info_strip: tuple[int, ...]
    results: list[str]
    path_from_results: str = ""
    classes: list[str] | None = None
    labels_by_stem: bool | None = None
    written: dict[str, str] = {}
    particles_shown: str = ""

    @property
    def file(self) -> str:
        """Name of the micrograph, as POSIX path below the folder that was predicted."""
        return self.made_of.file

    @property
    def inside(self) -> tuple[slice, slice]:
        """Rows and columns of the complete image that are the micrograph."""
        return InfoStrip(*self.info_strip).inside(self.shape)


def listed(predictions: Path) -> list[Predicted]:
    """Return the micrographs of a finished prediction, by name.

    A file may have been predicted twice, by two names: as `a.tif`, and as `g1/a.tif` beside another
    folder. The later one is taken, so that its boxes are not corrected and trained twice. So is the
    one whose file is there, where it was predicted again under a new name after it was moved.

    Raises:
      DatasetError: the folder holds none, or what it holds of one is damaged.
    """
    found: dict[tuple[str, str], Predicted] = {}
    files = sorted((predictions / "done").rglob("*.json"))
    for file in sorted(files, key=lambda file: file.stat().st_mtime_ns):
        try:
            one = msgspec.json.decode(file.read_bytes(), type=Predicted)
            one.path = _place(predictions, one)
            found[one.path, one.made_of.sha256] = one
        except (OSError, msgspec.MsgspecError) as error:
            raise DatasetError(
                f"{file}: cannot be read ({reason(error)}); expected what a prediction writes. "
                "Predict again."
            ) from error
    if not found:
        what = "found no finished prediction in it" if predictions.is_dir() else "no such folder"
        raise DatasetError(
            f"{predictions}: {what}; expected the folder that "
            "tem-virus predict wrote. Name it: by default it is predictions."
        )
    there = {one.made_of.sha256 for one in found.values() if Path(one.path).exists()}
    kept = [
        one for one in found.values() if Path(one.path).exists() or one.made_of.sha256 not in there
    ]
    for one in kept:
        one.path = _beside(predictions, one)
    return sorted(kept, key=lambda predicted: predicted.file)


def _place(predictions: Path, one: Predicted) -> str:
    """Return where a micrograph is: where it was, or there from the results if both were moved."""
    moved = predictions.resolve() / one.path_from_results
    if one.path_from_results and not Path(one.path).exists() and moved.is_file():
        return str(moved.resolve())
    return one.path


def _beside(predictions: Path, one: Predicted) -> str:
    """Return where a micrograph is, which may lie beside its results if it is nowhere else.

    Results of the window are of copies that are gone. A user unpacks them beside the micrographs.
    """
    beside = predictions.resolve().parent / one.file
    return str(beside) if not Path(one.path).exists() and beside.is_file() else one.path


def notice(predictions: Path, found: Iterable[Predicted]) -> str:
    """Return what a user should know of micrographs that the table of the last call lacks."""
    table = predictions / "micrographs.csv"
    try:
        with table.open(encoding="utf-8-sig", newline="") as lines:
            named = {row["file"] for row in csv.DictReader(lines)}
    except (OSError, KeyError, ValueError, csv.Error):
        return (
            f" (there is no {table}, as where a prediction was interrupted: its micrographs may "
            "not be all, or have boxes of two predictions. Predict again)"
        )
    written = ((one.file, one.file.encode(*CODING).decode()) for one in found)
    earlier = [file for file, name in written if name not in named]
    some = f"{len(earlier)} of them of an earlier call" if earlier else ""
    return f" ({some}, such as {earlier[0]})" if some else ""


def class_names(predictions: Path) -> list[str]:
    """Return the classes of the last prediction, in label order; raises `DatasetError`."""
    file = predictions / "labels" / "classes.txt"
    try:
        return file.read_text("utf-8").split("\n")[:-1]
    except OSError as error:
        raise DatasetError(
            f"{file}: cannot be read ({error.strerror}); expected the classes of the prediction. "
            "Predict again."
        ) from error


def all_classes(predictions: Path, found: Iterable[Predicted]) -> list[str]:
    """Return the classes of all micrographs: those of the last prediction come first.

    An earlier one may have been by a model of other classes.

    Raises:
      DatasetError: the list of the classes is missing, or is another program's.
    """
    names, found = class_names(predictions), list(found)
    lists = [one.classes for one in found if one.classes is not None]
    if len(lists) == len(found) > 0 and not any(names[: len(own)] == own for own in lists):
        raise DatasetError(
            f"{predictions / 'labels' / 'classes.txt'}: is not the list that was written (found "
            f"{', '.join(names[:3])}; expected {', '.join(lists[0])}): LabelImg replaces it where "
            "it is started without it. Restore it, and look at the classes of all boxes that were "
            "saved since: they have other numbers."
        )
    for one in found:
        names += [name for name in one.classes or () if name not in names]
    return names


def boxes(
    predictions: Path, predicted: Predicted, classes: Sequence[str]
) -> tuple[list[int], NDArray[np.float64]]:
    """Return classes (n,) and boxes (n, 4), x0, y0, x1, y1 in pixels of the micrograph.

    The micrograph is the image without its info strip.

    Args:
      classes: of `all_classes`, by whose places the classes are numbered.

    Raises:
      DatasetError: the prediction has no boxes, or the labels are damaged.
    """
    known = files_of(predictions, predicted, "labels")
    file = next((file for file in known if file.is_file()), None)
    if file is None:
        raise DatasetError(
            f"{known[-1]}: no such file; expected the boxes of {predicted.file}. Predict with a "
            "detector: places of --points have no boxes."
        )
    height, width = predicted.shape
    drawing = yolo_labels.draw(Blob(file.read_bytes(), str(file)), width, height)
    refuse(drawing.faults)
    corners = np.array([box.corners for box in drawing.boxes], np.float64).reshape(-1, 4)
    for axis, along in enumerate(reversed(predicted.inside)):  # x, y
        corners[:, axis::2] = corners[:, axis::2].clip(along.start, along.stop) - along.start
    own = predicted.classes or []
    numbers = list(range(len(classes)))  # somebody may have added classes to the list of the labels
    if classes[: len(own)] != own:
        numbers = [classes.index(name) for name in own]
    labels = [int(box.label) for box in drawing.boxes]
    if wrong := [label for label in labels if not 0 <= label < len(numbers)]:
        raise DatasetError(
            f"{file}: has a box of the class {wrong[0]}; expected 0 to {len(numbers) - 1}, the "
            f"lines of {file.parent / 'classes.txt'}. Add the class there, as the last line, or "
            "correct the box."
        )
    return [numbers[label] for label in labels], corners


def files_of(predictions: Path, predicted: Predicted, kind_of: str) -> tuple[Path, ...]:
    """Return where the file of a kind of results of a micrograph is, or may be."""
    name, suffix = predicted.file, kinds.SUFFIXES[kind_of]
    stem = name[: len(name) - len(kind(Path(name)))]
    whole, short = (predictions / kind_of / f"{one}{suffix}" for one in (name, stem))
    if kind_of not in kinds.NAMED_BY_STEM:
        return (whole,)
    return {None: (whole, short), True: (short,), False: (whole,)}[predicted.labels_by_stem]


def image(predicted: Predicted) -> NDArray[np.uint8]:
    """Return the micrograph without its info strip, in 8 bits, as annotation programs show it.

    It is inverted where the prediction's was.

    Raises:
      DatasetError: the file is gone, was changed, or cannot be read.
    """
    path = Path(predicted.path)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DatasetError(
            f"{path}: cannot be read ({error.strerror}); expected the micrograph that was "
            "predicted. Put it back. If its folder was moved, predict that with the same options "
            "and results, which only notes the new place; or move the results into it. Or predict "
            "the others with another --out."
        ) from error
    if digest != predicted.made_of.sha256:
        raise DatasetError(
            f"{path}: was changed after the prediction, or is another file of that name; expected "
            "the same file. Put it back, or predict again."
        )
    counts = formats.read(path).image[predicted.inside]
    return in_8_bits(np.invert(counts) if predicted.made_of.invert else counts)


def in_8_bits(counts: NDArray[np.integer], ends: Sequence[float] = (0.05, 99.95)) -> NDArray:
    """Return counts of 8 bits as they are, others stretched between two percentiles."""
    if counts.dtype == np.uint8:
        return counts
    low, high = np.percentile(counts, ends)
    if low == high:
        low, high = counts.min(), counts.max()
    scaled = (counts.astype(np.float32) - low) * (255 / max(high - low, 1))
    return scaled.clip(0, 255).round().astype(np.uint8)
