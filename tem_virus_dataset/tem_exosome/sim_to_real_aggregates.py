"""Config `sim_to_real_aggregates`: as `sim_to_real`, with phantoms drawn after the literature.

Train and validation are phantoms of aggregated, dark and contaminated vesicles (see
`phantoms.aggregates`); test are the same pairs as in `sim_to_real`. That dark vesicles which touch
were most of the misses of detectors trained on `sim_to_real` was known when these phantoms were
drawn; the pairs themselves were not looked at, and no number was measured in them.
"""

import functools
from collections.abc import Sequence
from pathlib import Path

from tem_virus_dataset import facts
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.micrographs.job import Job, as_single_item
from tem_virus_dataset.micrographs.masked_micrograph import MaskedMicrograph
from tem_virus_dataset.phantoms.aggregates import micrographs, specimen
from tem_virus_dataset.phantoms.aggregates.styles import STYLES
from tem_virus_dataset.tem_exosome import sim_to_real

SEEDS = {"train": 1, "validation": 2}
PER_STYLE = {"train": 100, "validation": 10}
DIAMETERS = f"{specimen.SMALLEST:.0f}-{specimen.LARGEST:.0f} nm"


def jobs(manual_dir: Path) -> list[Job]:
    """List the phantoms, and the pairs of the folder; duplicate images are taken once.

    Raises:
      DatasetError: no pair there, or an image or mask alone.
    """
    return [*phantoms(), *sim_to_real.real(manual_dir)]


def phantoms() -> list[Job]:
    """List the phantoms of train and validation."""
    return [
        Job(
            split,
            style,
            f"{style}_{number:03d}",
            1,
            (),
            functools.partial(_generate, style, number, seed),
            as_single_item,
        )
        for split, seed in SEEDS.items()
        for style in STYLES
        for number in range(PER_STYLE[split])
    ]


def expected_counts() -> facts.Counts:
    """Micrographs of each style of phantoms, and of the pairs, by split."""
    counts = {style: {**PER_STYLE, "test": 0} for style in STYLES}
    return {**counts, sim_to_real.PAIRS: sim_to_real.expected_counts()[sim_to_real.PAIRS]}


def _generate(style: str, number: int, seed: int, _: Sequence[Blob]) -> MaskedMicrograph:
    return micrographs.micrograph(style, number, seed)
