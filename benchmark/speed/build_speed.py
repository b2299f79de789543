"""Building the patches from RAW and from published patches, against a floor and common code."""

import collections
import dataclasses
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from tabulate import tabulate

from tem_virus_dataset import Builder
from tem_virus_dataset.building.archive_builder import encoded
from tem_virus_dataset.files import progress
from tem_virus_dataset.files.threads import processors_available
from tem_virus_dataset.formats import image_file
from tem_virus_dataset.micrographs.job import Job
from tem_virus_dataset.micrographs.micrograph import Micrograph
from tem_virus_dataset.micrographs.patch import cut
from tem_virus_dataset.tem_virus import configs

SOURCES = {"published": "patches_14class", "RAW": "recropped_14class"}
WHOLE_BUILD = """
import json, os, resource, sys, time
config, manual_dir, data_dir, processors = sys.argv[1:]
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(processors)])
import tensorflow as tf, tensorflow_datasets as tfds
from tem_virus_dataset import Builder
imports = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.perf_counter()
Builder(config=config, data_dir=data_dir).download_and_prepare(
    download_config=tfds.download.DownloadConfig(manual_dir=manual_dir)
)
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([seconds, (peak - imports) / 1024]))
"""


@dataclasses.dataclass
class Clock:
    """Seconds of each variant, on the same micrographs in turn."""

    floor: float = 0  # reading, decoding and PNG-encoding alone
    ours: float = 0
    common: float = 0  # the whole micrograph through tf.image, crops in a loop

    def ratios(self) -> list[str]:
        """Return the time of each variant over that of the floor."""
        variants = (self.floor, self.ours, self.common)
        return [f"{seconds / self.floor:.2f}" if seconds else "-" for seconds in variants]


def report(manual_dir: Path, limit: int | None = None) -> str:
    """Measure and return two tables: the work on single micrographs, and whole builds."""
    import tensorflow  # noqa: F401 (now, so that it is not timed)

    rows, builds, available = [], [], processors_available()
    for source, name in SOURCES.items():
        config = Builder.builder_configs[name]
        jobs = _some(config.jobs(manual_dir), limit)
        clock = Clock()
        for job in progress.bar(jobs, f"micrographs, {source}", leave=False):
            _measure(job, config, clock)
        patches = sum(job.count for job in jobs)
        rows.append([source, len(jobs), patches, f"{clock.floor:.1f}", *clock.ratios()])
        if limit is None:
            for processors in sorted({1, available}):
                seconds, megabytes = _whole_build(name, manual_dir, processors)
                over = f"{seconds / clock.floor:.2f}"
                builds.append([name, processors, f"{seconds:.1f}", over, f"{megabytes:.0f}"])
    header = ["from", "micrographs", "patches", "floor, s", "floor", "ours", "common code"]
    text = f"One micrograph after the other, one thread:\n{_table(rows, header)}"
    if builds:
        header = ["prepare", "processors", "seconds", "over floor", "MB beyond imports, at most"]
        text += f"\n\nWhole builds, with checking, shuffling and writing:\n{_table(builds, header)}"
    return text


def _measure(job: Job, config: configs.Config, clock: Clock) -> None:
    """Add the seconds of one micrograph to the clock; a first reading fills the system's cache."""
    decoded = job.decode(job.read())
    patches = [patch.image for patch in job.cut(decoded)]
    start = time.perf_counter()
    job.decode(job.read())
    for image in patches:
        image_file.png16(image)
    middle = time.perf_counter()
    encoded(config, job)
    clock.floor += middle - start
    clock.ours += time.perf_counter() - middle
    if isinstance(decoded, Micrograph):
        start = time.perf_counter()
        for image in _common_code(job.decode(job.read())):
            image_file.png16(image)
        clock.common += time.perf_counter() - start


def _common_code(micrograph: Micrograph) -> Iterable[np.ndarray]:
    """Rescale with tf.image and crop in a loop, as one writes it with public functions."""
    import tensorflow as tf

    scale = micrograph.nm_per_pixel
    shape = [max(1, round(side * scale)) for side in micrograph.image.shape]
    pixels = micrograph.image[..., None].astype(np.float32)
    resized = tf.image.resize(pixels, shape, "lanczos3", antialias=True).numpy()[..., 0]
    limits = np.iinfo(micrograph.image.dtype)
    rescaled = np.rint(resized.clip(limits.min, limits.max)).astype(micrograph.image.dtype)
    for x, y in micrograph.particles.centres():
        yield cut(rescaled, x * scale, y * scale)


def _some(jobs: list[Job], limit: int | None) -> list[Job]:
    seen: collections.Counter[str] = collections.Counter()
    chosen = []
    for job in jobs:
        seen[job.class_name] += 1
        if limit is None or seen[job.class_name] <= limit:
            chosen.append(job)
    return chosen


def _whole_build(name: str, manual_dir: Path, processors: int) -> tuple[float, float]:
    """Build in a process and a folder of its own; return seconds, and MB at the peak."""
    with tempfile.TemporaryDirectory() as data_dir:
        arguments = [
            sys.executable,
            "-c",
            WHOLE_BUILD,
            name,
            str(manual_dir),
            data_dir,
            f"{processors}",
        ]
        finished = subprocess.run(arguments, stdout=subprocess.PIPE, text=True, check=True)
    seconds, megabytes = json.loads(finished.stdout.splitlines()[-1])
    return seconds, megabytes


def _table(rows: list[list], header: list[str]) -> str:
    return tabulate(rows, header, disable_numparse=True, stralign="right")
