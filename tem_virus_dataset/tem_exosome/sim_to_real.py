"""Config `sim_to_real`: learn from phantoms, be tested on pictures of real exosomes.

Train and validation are phantoms of other seeds than config `phantom` shows; test are pairs of a
picture and a mask from a folder (see `pairs`), which serve for nothing else. What is scored so says
how far generated pictures carry, not how well exosomes can be found.
"""

import functools
from collections.abc import Sequence
from pathlib import Path

from tem_virus_dataset import facts
from tem_virus_dataset.exosome import pairs, phantom
from tem_virus_dataset.exosome.micrograph import Masked
from tem_virus_dataset.exosome.style import STYLES
from tem_virus_dataset.job import Blob, Job, itself
from tem_virus_dataset.source import Source
from tem_virus_dataset.tree import File

SEEDS = {"train": range(1, 7), "validation": range(7, 8)}  # each of `phantom.NUMBER` micrographs
PAIRS, NUMBER = "pairs", 25  # the set of the real pictures; how many we have
UNKNOWN = float("nan")  # nm per pixel


def jobs(manual_dir: Path) -> list[Job]:
    """List the phantoms, and the pairs of the folder; a picture that is there twice is taken once.

    Raises:
      DatasetError: no pair there, or half of one.
    """
    return [*phantoms(), *real(manual_dir)]


def phantoms() -> list[Job]:
    """List the phantoms of train and validation."""
    return [
        Job(
            split,
            group,
            f"{stem}_{seed}",
            1,
            (),
            functools.partial(_generate, number, seed),
            itself,
        )
        for split, seeds in SEEDS.items()
        for seed in seeds
        for number, (stem, group, _) in enumerate(phantom.design())
    ]


def real(manual_dir: Path) -> list[Job]:
    """List the pairs."""
    seen: set[bytes] = set()
    found = []
    for name, paths in pairs.listed(manual_dir).items():
        content = paths[0].read_bytes()
        if content not in seen:
            files = tuple(File(path.parent, path.name, path.name) for path in paths)
            found.append(Job("test", PAIRS, name, 1, files, _decode, itself))
        seen.add(content)
    return found


def expected_counts() -> facts.Counts:
    """Micrographs of each style of phantoms, and of the pairs, by split."""
    each = phantom.NUMBER // len(STYLES)
    learned = {split: each * len(seeds) for split, seeds in SEEDS.items()}
    counts = {name: {**learned, "test": 0} for name in STYLES}
    return {**counts, PAIRS: {"train": 0, "validation": 0, "test": NUMBER}}


def _generate(number: int, seed: int, _: Sequence[Blob]) -> Masked:
    return phantom.micrograph(number, seed)


def _decode(blobs: Sequence[Blob]) -> Masked:
    image, mask = pairs.decoded(*blobs)
    return Masked(PAIRS, image, mask, UNKNOWN)


SOURCE = Source(
    name="pairs",
    how_to_get=(
        f"Bring pictures of exosomes, <name>{pairs.PICTURE}, each with its mask beside it, "
        f"<name>{pairs.MASKS[0]}, in the folder given as --manual-dir."
    ),
    addresses={},
    whole=real,
)
