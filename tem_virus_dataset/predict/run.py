"""Predicting many micrographs, in their order: a faulty file stops none of the others."""

import collections
import contextlib
import dataclasses
import errno
import functools
import itertools
import sys
import threading
import traceback
import types
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import tqdm

from tem_virus_dataset import formats
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import alike, progress
from tem_virus_dataset.formats.info_strip import InfoStrip
from tem_virus_dataset.predict import inputs, micrograph, others, outputs, stages
from tem_virus_dataset.predict.inputs import InputImage, Listing
from tem_virus_dataset.predict.kept.writable import TABLES, OutputError
from tem_virus_dataset.predict.micrograph import CROP, Examined, Opened, Outcome, Settings
from tem_virus_dataset.predict.pipeline import Pipeline
from tem_virus_dataset.predict.points import Point
from tem_virus_dataset.predict.writers import json_lines, tables
from tem_virus_dataset.predict.writers.result import MicrographResult

PACKAGES = "benchmark", "tem_virus_dataset", "leaderboard"
ROOT = Path(__file__).resolve().parents[2]
READERS = Path(formats.__file__).parent
HINT = (
    "no particle in any micrograph: try a lower --confidence, such as 0.2; look whether the pixel "
    "sizes are right (--nm-per-pixel), and whether particles are brighter than the stain (if not: "
    "--invert)"
)
MOST_SIZES = 6  # that the closing lines name
LONGEST_NAME = 250  # bytes of a file's name: file systems have 255, and results add ".json"


@dataclasses.dataclass(frozen=True)
class Prediction:
    """How an image ended.

    Attributes:
      outcome: None where it failed; failure: why, in a line, else "".
      trace: traceback of a fault of the program, else "".
    """

    image: InputImage
    outcome: Outcome | None
    failure: str = ""
    trace: str = ""


def predict_each(
    images: Sequence[InputImage],
    points: Mapping[str, Sequence[Point]],
    pipeline: Pipeline,
    settings: Settings,
    out: Path,
    own_settings: Mapping[str, Settings] = types.MappingProxyType({}),
) -> Generator[Prediction, None, None]:
    """Write the results of images; yield how each ended, in their order, as soon as it has.

    Several are worked on at once, see `stages`. What a caller does with a prediction is beside
    that: it may show progress, or stop.

    Args:
      points: in the images, by their `file`; own_settings: of single images, by their `file`.

    Raises:
      OutputError: the results cannot be written, nor could those of any other image.
    """

    def read(image: InputImage) -> Opened | Outcome:
        chosen = own_settings.get(image.file, settings)
        return micrograph.read(image, points.get(image.file, ()), pipeline, chosen, out)

    def is_large(image: InputImage) -> bool:
        given = own_settings.get(image.file, settings).nm_per_pixel
        known = detector.nm_per_pixel if detector else None
        if found := inputs.is_large(image.path, given, known):
            large.add(image.file)
        return found

    def examine(opened: Opened | Outcome) -> Examined | Outcome:
        with entering:
            is_last = next(entered) == len(images)
            if isinstance(opened, Outcome):
                return opened
            chosen = whole if is_last or opened.image.file in large else half()
        return micrograph.examine(opened, chosen)

    detector = pipeline.detector
    stopping = threading.Event()
    whole = pipeline.stoppable(stopping.is_set)
    half = functools.cache(lambda: pipeline.on_half().stoppable(stopping.is_set))
    # Two images are in the networks at once; the last soon has none beside it.
    large: set[str] = set()
    entering, entered = threading.Lock(), itertools.count(1)
    ended = stages.overlapped(
        images,
        read,
        examine,
        lambda examined: micrograph.write(examined, pipeline, out),
        is_large,
        stopping,
        OutputError,
    )
    with contextlib.closing(ended):
        for one in ended:
            if isinstance(one.error, OutputError):
                raise one.error
            yield _prediction(one.item, one.result, one.error)


def _prediction(image: InputImage, outcome: Outcome | None, error: Exception | None) -> Prediction:
    if error is None:
        return Prediction(image, outcome)
    if isinstance(error, DatasetError):
        return Prediction(image, None, str(error))
    trace = "".join(traceback.format_exception(error)) if _is_ours(error) else ""
    return Prediction(image, None, _reason(image.path, error), trace)


def predict_all(
    listing: Listing,
    points: Mapping[str, Sequence[Point]],
    pipeline: Pipeline,
    settings: Settings,
    out: Path,
    as_json: bool = False,
    own_settings: Mapping[str, Settings] = types.MappingProxyType({}),
) -> int:
    """Write the results of all images; report at the end which failed, and what was left out.

    Args:
      points: in the images, by their `file`.
      as_json: print a line of JSON for each micrograph, and all else to stderr.
      own_settings: of single images, by their `file`.

    Returns:
      0, or 1 where an image failed.

    Raises:
      OutputError: the results cannot be written.
    """
    failures: dict[str, str] = {}
    like: dict[str, list[str]] = {}  # files by what they are warned of
    outcomes: dict[InputImage, Outcome] = {}
    predictions = predict_each(listing.images, points, pipeline, settings, out, own_settings)
    with (
        contextlib.closing(predictions),
        progress.bar(total=len(listing.images), desc="micrographs", unit="micrograph") as bar,
    ):
        for prediction in predictions:
            image, outcome = prediction.image, prediction.outcome
            if outcome is None:
                failures[image.file] = prediction.failure
                if prediction.trace:
                    tqdm.tqdm.write(prediction.trace, file=sys.stderr)
                if as_json:
                    print(json_lines.fault(image.file, prediction.failure), flush=True)
            else:
                outcomes[image] = outcome
                for remark in outcome.done["remarks"]:
                    warned = like.setdefault(remark, [])
                    warned.append(str(image.path))
                    if len(warned) <= alike.FEW:  # at once: the sizes of all may be wrong
                        line = f"warning: {image.path}: {remark}"
                        tqdm.tqdm.write(line, file=sys.stderr)
                if as_json:
                    result = outputs.result(out, image, outcome.done, pipeline.classes)
                    print(json_lines.micrograph(result, outcome.done, outcome.is_new), flush=True)
            bar.set_postfix(failed=len(failures), refresh=False)
            bar.update()
    for remark, files in like.items():
        if more := files[alike.FEW :]:
            print(f"warning: {alike.counted(more)}: {remark}", file=sys.stderr)
    done = [outcome.done for outcome in outcomes.values()]
    stays = not outcomes and (out / TABLES[0]).is_file()
    results: list[MicrographResult] = []
    edited: list[str] = []
    if not stays:
        results, edited = outputs.write_summary(
            out, list(outcomes), done, pipeline.classes, settings.formats, pipeline.measures_novelty
        )
    for name in edited:
        print(f"warning: {table_kept(name)}", file=sys.stderr)
    closing = [*closing_lines(results, outcomes.values(), out), *_others(out, outcomes, stays)]
    for line in (*closing, *listing.remarks):
        print(line, file=sys.stderr if as_json else sys.stdout)
    if as_json:
        for fault in listing.faults:
            print(json_lines.fault(fault.partition(": ")[0], fault), flush=True)
    if failures:
        total = len(listing.images)
        print(f"failed: {len(failures)} of {total} micrographs", file=sys.stderr)
    for reason in alike.grouped((*failures.values(), *listing.faults)):
        print(f"error: {reason}", file=sys.stderr)
    return 1 if failures or listing.faults else 0


def closing_lines(
    found: Sequence[MicrographResult], outcomes: Iterable[Outcome], out: Path
) -> Iterator[str]:
    """Yield what a user reads at the end: counts, pixel sizes, info strips."""
    results = list(outcomes)
    count = sum(len(micrograph.particles) for micrograph in found)
    before = sum(not outcome.is_new for outcome in results)
    renewed = sum(outcome.is_renewed for outcome in results)
    more = f", {before} of them finished before" if before else ""
    more += f", {renewed} of them again, after an earlier version" if renewed else ""
    yield f"particles: {count}, micrographs: {len(results)}{more}; see {out}"
    if results and not count:
        yield HINT
    yield from tables.counts_lines(found)
    done = [outcome.done for outcome in results]
    yield from _pixel_sizes(done)
    if inverted := sum(about["made_of"].get("invert", False) for about in done):
        yield f"bright and dark exchanged for the networks (--invert): {inverted} micrographs"
    strips = [about for about in done if any(about["info_strip"])]
    if strips:
        sizes = collections.Counter(InfoStrip(*about["info_strip"]) for about in strips)
        commonest, _ = sizes.most_common(1)[0]
        option = f"to keep it: {CROP} 0" if strips[0]["made_of"]["crop_bottom"] is None else CROP
        yield (f"info strip left out: {len(strips)} micrographs, most often {commonest} ({option})")


def table_kept(name: str) -> str:
    """Return what a user reads of a file of all micrographs that was edited by hand."""
    return f"{name}: was edited by hand under its old name, which has the new results"


def _others(out: Path, images: Iterable[InputImage], stays: bool) -> Iterator[str]:
    """Yield that the folder has results that its tables leave out, so that nobody misses them.

    Args:
      stays: the tables are those of an earlier call, since no micrograph was predicted.
    """
    if stays:
        yield f"all micrographs failed: the tables in {out} are those of an earlier call"
    elif number := len(others.files(out, images)):
        yield (
            f"{out} also has results of {number} micrographs of earlier calls, which are not in "
            "its tables: name all folders in one command to have one table"
        )


def _pixel_sizes(done: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield how many micrographs have each pixel size, and where that is from."""
    sizes = collections.Counter((f"{about['nm_per_pixel']:.4g}", about["from"]) for about in done)
    for (nm, source), number in sizes.most_common(MOST_SIZES):
        yield f"nm per pixel: {nm} according to {source} in {number} micrographs"
    if len(sizes) > MOST_SIZES:
        yield f"nm per pixel: {len(sizes) - MOST_SIZES} more, see micrographs.csv"


def _is_ours(error: Exception) -> bool:
    """Return whether an exception is a fault of the program, rather than a reader's library's."""
    if isinstance(error, OSError | MemoryError):
        return False
    frames = traceback.extract_tb(error.__traceback__)
    files = [Path(frame.filename) for frame in frames]
    is_reading = any(file.is_relative_to(READERS) for file in files)
    return not is_reading or any(files[-1].is_relative_to(ROOT / name) for name in PACKAGES)


def _reason(path: Path, error: Exception) -> str:
    """Return an exception's line: file, what was found, what was expected, what to do."""
    if isinstance(error, MemoryError):
        return (
            f"{path}: needs more memory than there is; expected an image that fits. Close other "
            "programs, or save the image with fewer pixels."
        )
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return f"{path}: a link that leads to itself; expected a file. Delete the link."
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        return (
            f"{path}: its name is so long that none is left for its results, which add to it; "
            f"expected at most {LONGEST_NAME} bytes. Rename it."
        )
    if isinstance(error, FileNotFoundError):
        return f"{path}: is not there; expected a file, or a link to one. Restore it."
    if isinstance(error, OSError):
        return (
            f"{path}: cannot be read ({error.strerror or error}); expected a readable file. Check "
            "its permissions and its disk, or leave it out."
        )
    what = f"{type(error).__name__}: {error}"
    if _is_ours(error):
        return f"{path}: {what}"
    return (
        f"{path}: cannot be read ({what}); expected an intact micrograph. Save it as TIFF, or "
        "leave it out."
    )
