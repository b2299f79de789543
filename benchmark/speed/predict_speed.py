"""Speed of `tem-virus predict`: its stages, its floor, other runtimes, and its memory.

The floor is the networks' own time: the same images through the same networks by ONNX Runtime, two
at once on half of the processors each, as in the prediction, and nothing else. No order of the
other work can be faster.
"""

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import numpy as np
import onnxruntime
import psutil  # type: ignore[import-untyped]
import tifffile
from numpy.typing import NDArray

from benchmark.errors import BenchmarkError
from benchmark.speed import interleaved_timing, predict_runtimes
from benchmark.speed.interleaved_timing import Variant
from benchmark.speed.predict_runtimes import RecordedSession
from tem_virus_dataset import facts
from tem_virus_dataset.files import memory
from tem_virus_dataset.files.threads import processors_available
from tem_virus_dataset.phantoms import large_micrograph
from tem_virus_dataset.predict import inputs, micrograph, models, pipeline, run, stages
from tem_virus_dataset.predict.inputs import InputImage
from tem_virus_dataset.predict.micrograph import Settings
from tem_virus_dataset.predict.pipeline import Pipeline

FLOOR, ONE_BY_ONE = "networks alone, two at once: the floor", "networks alone, one by one"
IN_TURN, OVERLAPPED = "stages in turn", "stages overlap"
POLL = 0.02  # seconds between two looks at the memory of a process
SETTINGS = Settings()
MEASURED = """Of the time of the stages in turn: read {read:.0%} (checksum, pixels, info strip),
examine {examine:.0%} (networks {networks:.0%}; the rest: resizing, tiles, patches, suppression),
draw and write {write:.0%}.
The command as a process: {start:.2g} s to the end of one file, {total:.3g} s for all; at most
{megabytes:,.0f} MB of memory."""


def report(
    model: str,
    detector: str | None,
    count: int,
    image_size: int,
    nm_per_pixel: float,
    repeats: int,
    classes: Sequence[str] = facts.CLASSES_14,
) -> str:
    """Measure and return tables.

    Args:
      model, detector: as those of `tem-virus predict`; count: of micrographs.
      image_size: pixels of their sides; repeats: rounds.
      classes: that the micrographs show.

    Raises:
      DatasetError: there is no such model. BenchmarkError: a prediction failed.
    """
    memory.keep_freed()  # as the command does
    sessions, session = predict_runtimes.kept_sessions()
    with mock.patch.object(onnxruntime, "InferenceSession", session):
        loaded = models.load(detector) if detector else None
        chosen = pipeline.assembled(models.load(model), loaded, False, None)
        on_all = list(sessions)
        chosen.on_half()
    on_half = sessions[len(on_all) :] or on_all  # one processor has no half
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder / "micrographs", count, image_size, nm_per_pixel, classes)
        images = inputs.list_images([folder / "micrographs"], folder / "out").images
        particles = sum(_overlapped(images, chosen, folder / "first"))
        _in_turn(images, chosen, folder / "recorded", on_all)
        recorded = [list(session.given) for session in on_all]
        shares: list[dict[str, float]] = []
        of_processors: dict[str, list[float]] = {
            FLOOR: [], ONE_BY_ONE: [], IN_TURN: [], OVERLAPPED: []
        }  # fmt: skip

        def rate(way: str, number: int) -> float:
            started, used = time.perf_counter(), time.process_time()
            if way == IN_TURN:
                shares.append(_in_turn(images, chosen, folder / str(number), on_all))
            elif way == OVERLAPPED:
                _overlapped(images, chosen, folder / str(number))
            elif way == FLOOR:
                _two_at_once(on_half, recorded)
            else:
                for session in on_all:
                    session.repeat()
            seconds = time.perf_counter() - started
            of_processors[way].append((time.process_time() - used) / count)
            for session, given in zip(on_all, recorded, strict=True):
                session.given[:] = given
            return count / seconds

        numbers = iter(range(10**9))
        ways = [
            Variant(way, lambda way=way: rate(way, next(numbers)))  # type: ignore[misc]
            for way in of_processors
        ]
        rates = interleaved_timing.measure(ways, repeats, "stages")
        command = ["--model", model, *(["--detector", detector] if detector else [])]
        start, _ = _process([images[0].path], command, folder / "start")
        total, megabytes = _process([folder / "micrographs"], command, folder / "process")
    by_runtime = interleaved_timing.measure(
        predict_runtimes.variants(on_all, count), repeats, "runtimes"
    )
    middle = {name: statistics.median(share[name] for share in shares[1:]) for name in shares[0]}
    measured = MEASURED.format(**middle, start=start, total=total, megabytes=megabytes)
    return (
        f"tem-virus predict {' '.join(command)}, {count} files of {image_size}x{image_size} pixels "
        f"of 16 bits, {nm_per_pixel:g} nm per pixel,\n{particles / count:.3g} particles a file, "
        f"{processors_available()} threads:\n{_table(rates, FLOOR, of_processors)}\n{measured}\n\n"
        f"The networks alone:\n{_table(by_runtime, predict_runtimes.ONNX_RUNTIME)}"
    )


def _write(
    folder: Path, count: int, image_size: int, nm_per_pixel: float, classes: Sequence[str]
) -> None:
    folder.mkdir()
    resolution = (1 / nm_per_pixel, 1 / nm_per_pixel)
    for number in range(count):
        image = large_micrograph.micrograph(number, image_size, nm_per_pixel, classes)
        file = folder / f"phantom_{number:03d}.tif"
        tifffile.imwrite(file, image, imagej=True, resolution=resolution, metadata={"unit": "nm"})


def _overlapped(images: Sequence[InputImage], chosen: Pipeline, out: Path) -> list[int]:
    """Predict as the command does; return the number of particles of each image."""
    counts = []
    for prediction in run.predict_each(images, {}, chosen, SETTINGS, out):
        if prediction.outcome is None:
            raise BenchmarkError(prediction.failure)
        counts.append(int(prediction.outcome.done["particles"]))
    return counts


def _in_turn(
    images: Sequence[InputImage], chosen: Pipeline, out: Path, sessions: Sequence[RecordedSession]
) -> dict[str, float]:
    """Predict with nothing beside anything else; return each stage's share of the time."""
    spent = dict.fromkeys(("read", "examine", "write"), 0.0)
    networks = sum(session.seconds for session in sessions)
    for image in images:
        times = [time.perf_counter()]
        opened = micrograph.read(image, (), chosen, SETTINGS, out)
        times.append(time.perf_counter())
        examined = micrograph.examine(opened, chosen)
        times.append(time.perf_counter())
        micrograph.write(examined, chosen, out)
        times.append(time.perf_counter())
        for stage, name in enumerate(spent):
            spent[name] += times[stage + 1] - times[stage]
    total = sum(spent.values())
    spent["networks"] = sum(session.seconds for session in sessions) - networks
    return {name: seconds / total for name, seconds in spent.items()}


def _two_at_once(
    sessions: Sequence[RecordedSession], recorded: Sequence[Sequence[NDArray[np.float32]]]
) -> None:
    """Run networks on what others of the same kind were given, in two threads."""

    def run(first: int) -> None:
        for session, given in zip(sessions, recorded, strict=True):
            name = session.get_inputs()[0].name
            for images in given[first :: stages.EXAMINERS]:
                session.session.run(None, {name: images})

    with ThreadPoolExecutor(stages.EXAMINERS) as pool:
        list(pool.map(run, range(stages.EXAMINERS)))


def _process(paths: Sequence[Path], options: Sequence[str], out: Path) -> tuple[float, float]:
    """Run the command; return its seconds, and its memory in MB at most."""
    program = [sys.executable, "-m", "tem_virus_dataset", "predict", *map(str, paths)]
    started = time.perf_counter()
    process = subprocess.Popen(
        [*program, *options, "--out", str(out)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    most = [0]
    watcher = threading.Thread(target=_watch, args=(process.pid, most), daemon=True)
    watcher.start()
    _, said = process.communicate()
    seconds = time.perf_counter() - started
    if process.returncode:
        raise BenchmarkError(f"tem-virus predict: ended with {process.returncode}: {said[-300:]}")
    watcher.join()
    return seconds, most[0] / 1e6


def _watch(pid: int, most: list[int]) -> None:
    try:
        process = psutil.Process(pid)
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            most[0] = max(most[0], process.memory_info().rss)
            time.sleep(POLL)
    except psutil.Error:  # it has ended
        pass


def _table(
    rates: dict[str, list[float]],
    reference: str,
    of_processors: dict[str, list[float]] | None = None,
) -> str:
    rows = []
    for name, measured in rates.items():
        ratio, lower, upper = interleaved_timing.ratios(rates[reference], measured)
        seconds = 1 / statistics.median(measured)
        rows.append([name, f"{seconds:.3f}", f"{ratio:.2f}", f"{lower:.2f} - {upper:.2f}"])
        if of_processors:
            rows[-1].append(f"{statistics.median(of_processors[name][1:]):.3f}")
    header = ["", "s/file", "times as long", "quartiles"]
    header += ["CPU s/file"] if of_processors else []
    return interleaved_timing.table(rows, header)
