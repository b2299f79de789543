"""How well the ready-made patches agree with those cut anew from the RAW micrographs."""

import collections
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tqdm

from tem_virus_dataset.files.threads import in_threads
from tem_virus_dataset.micrographs.job import Job
from tem_virus_dataset.sources import published_patches, raw

CONFIG = "patches_14class"  # whose patches are compared
REACH = 2  # pixels


@dataclasses.dataclass(frozen=True)
class Agreement:
    """One ready-made patch and its counterpart from RAW.

    Attributes:
      patch: id of the ready-made patch.
      micrograph: `split/Class/stem`.
      correlation: Pearson's, of the pixels; it does not mind another depth.
      largest: largest difference of two pixels in counts; None where the depths differ.
      shift: how many pixels further right and down RAW's patch shows the same, at most `REACH`: the
        best correlation, of a micrograph's first patch; None for the others. If most are not
        (0, 0), positions are counted from another origin.
    """

    patch: str
    micrograph: str
    correlation: float
    largest: int | None
    shift: tuple[int, int] | None


def compare(manual_dir: Path) -> Iterator[Agreement | str]:
    """Compare all patches of the 14 classes, micrograph by micrograph, with a progress bar.

    Yields:
      An agreement for each patch; in place of those of a micrograph that has another number of
      patches, a line of text that says so.

    Raises:
      DatasetError: the archive lacks one of the two parts, or a file is not as it must be.
    """
    made = published_patches.jobs(manual_dir)
    cut = {job.micrograph: job for job in raw.recropped(manual_dir)}
    pairs = [(job, cut[job.micrograph]) for job in made]
    compared = in_threads(_compare, pairs)
    for found in tqdm.tqdm(compared, "micrographs", len(pairs), leave=False, disable=None):
        yield from found


def _compare(pair: tuple[Job, Job]) -> list[Agreement | str]:
    made, cut = pair
    if made.count != cut.count:
        text = f"{made.micrograph}: {made.count} ready-made patches, {cut.count} from RAW"
        return [text]
    return [
        _agreement(made, one.name, one.image, other.image, first=number == 0)
        for number, (one, other) in enumerate(zip(made.items(), cut.items(), strict=True))
    ]


def _agreement(job: Job, name: str, made: np.ndarray, cut: np.ndarray, first: bool) -> Agreement:
    same = made.dtype == cut.dtype
    largest = int(np.abs(made.astype(np.int64) - cut).max()) if same else None
    correlation = float(np.corrcoef(made.ravel(), cut.ravel())[0, 1])
    shift = _best_shift(made.astype(np.float64), cut.astype(np.float64)) if first else None
    return Agreement(f"{job.folder}/{name}", job.micrograph, correlation, largest, shift)


def _best_shift(made: np.ndarray, cut: np.ndarray) -> tuple[int, int]:
    inner = _standardized(made[REACH:-REACH, REACH:-REACH])
    height, width = inner.shape
    steps = sorted(range(-REACH, REACH + 1), key=abs)  # no shift first, so that it wins a tie
    correlations = {
        (dx, dy): float(
            np.vdot(inner, _standardized(cut[REACH + dy :, REACH + dx :][:height, :width]))
        )
        for dx in steps
        for dy in steps
    }
    return max(correlations, key=lambda shift: correlations[shift])


def _standardized(pixels: np.ndarray) -> np.ndarray:
    centred = pixels - pixels.mean()
    return centred / (np.linalg.norm(centred) or 1)


def report(found: list[Agreement | str], worst: int = 20) -> str:
    """Sum up a comparison: how many agree, and the worst patches."""
    patches = sorted(
        (a for a in found if isinstance(a, Agreement)), key=lambda a: (a.correlation, a.patch)
    )
    lines = [text for text in found if isinstance(text, str)]
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
