"""Agreement of the published patches with patches re-cropped from the RAW micrographs."""

import collections
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tem_virus_dataset.files import progress
from tem_virus_dataset.files.threads import in_threads
from tem_virus_dataset.micrographs.job import Job
from tem_virus_dataset.sources import published_patches, raw

CONFIG = "patches_14class"  # its patches are compared
REACH = 2  # pixels


@dataclasses.dataclass(frozen=True)
class Agreement:
    """The agreement of one published patch with its re-cropped counterpart.

    Attributes:
      patch: id of the published patch.
      micrograph: `split/Class/stem`.
      correlation: Pearson's, of the pixels; it is independent of the bit depth.
      largest: largest difference of two pixels in counts; None where the depths differ.
      shift: (right, down) in pixels of the re-cropped patch at its best correlation, at most
        `REACH`; for a micrograph's first patch, None for the others. If most are not (0, 0), the
        positions have another origin.
    """

    patch: str
    micrograph: str
    correlation: float
    largest: int | None
    shift: tuple[int, int] | None


def compare(manual_dir: Path) -> Iterator[Agreement | str]:
    """Compare all patches of the 14 classes, micrograph by micrograph, with a progress bar.

    Yields:
      An agreement for each patch. A micrograph with different numbers of patches yields one line
      of text instead.

    Raises:
      DatasetError: the archive lacks one of the two parts, or a file is faulty.
    """
    published = published_patches.jobs(manual_dir)
    recropped = {job.micrograph: job for job in raw.recropped(manual_dir)}
    pairs = [(job, recropped[job.micrograph]) for job in published]
    compared = in_threads(_compare, pairs)
    for agreements in progress.bar(compared, "micrographs", len(pairs), leave=False):
        yield from agreements


def _compare(pair: tuple[Job, Job]) -> list[Agreement | str]:
    published, recropped = pair
    if published.count != recropped.count:
        return [
            f"{published.micrograph}: {published.count} published patches, {recropped.count} "
            "from RAW"
        ]
    patches = zip(published.items(), recropped.items(), strict=True)
    return [
        _agreement(published, patch.name, patch.image, counterpart.image, first=number == 0)
        for number, (patch, counterpart) in enumerate(patches)
    ]


def _agreement(
    job: Job, name: str, published: np.ndarray, recropped: np.ndarray, first: bool
) -> Agreement:
    same_depth = published.dtype == recropped.dtype
    largest = int(np.abs(published.astype(np.int64) - recropped).max()) if same_depth else None
    correlation = float(np.corrcoef(published.ravel(), recropped.ravel())[0, 1])
    shift = _best_shift(published.astype(float), recropped.astype(float)) if first else None
    return Agreement(f"{job.folder}/{name}", job.micrograph, correlation, largest, shift)


def _best_shift(published: np.ndarray, recropped: np.ndarray) -> tuple[int, int]:
    inner = _standardized(published[REACH:-REACH, REACH:-REACH])
    height, width = inner.shape
    steps = sorted(range(-REACH, REACH + 1), key=abs)  # 0 first: no shift wins a tie
    correlations = {
        (dx, dy): float(
            np.vdot(inner, _standardized(recropped[REACH + dy :, REACH + dx :][:height, :width]))
        )
        for dx in steps
        for dy in steps
    }
    return max(correlations, key=lambda shift: correlations[shift])


def _standardized(pixels: np.ndarray) -> np.ndarray:
    centred = pixels - pixels.mean()
    return centred / (np.linalg.norm(centred) or 1)


def report(compared: list[Agreement | str], worst: int = 20) -> str:
    """Return the summary of a comparison: how many patches agree, and the worst ones."""
    patches = sorted(
        (a for a in compared if isinstance(a, Agreement)), key=lambda a: (a.correlation, a.patch)
    )
    lines = [text for text in compared if isinstance(text, str)]
    if patches:
        values = np.array([a.correlation for a in patches])
        shifts = collections.Counter(a.shift for a in patches if a.shift)
        exact = [a for a in patches if a.largest is not None and a.largest <= 1]
        lines += [
            f"{len(patches)} patches compared: correlation {values.mean():.4f} on average, "
            f"{np.median(values):.4f} in the median, {values[0]:.4f} at worst",
            f"{(values > 0.99).sum()} correlate by more than .99; "
            f"{len(exact)} of the same depth agree within 1 count",
            "the first of each micrograph correlates best when shifted by (x, y) pixels: "
            + ", ".join(f"{number} by {shift}" for shift, number in shifts.most_common(3)),
            f"the {min(worst, len(patches))} worst:",
        ]
        lines += [f"  {a.correlation:7.4f}  {a.patch}  ({a.micrograph})" for a in patches[:worst]]
    return "\n".join(lines)
