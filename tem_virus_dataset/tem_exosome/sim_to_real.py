"""Config `sim_to_real`: learn from phantoms, be tested on pictures of real exosomes.

Train and validation are phantoms of other seeds than config `phantom` shows; test are pairs of a
picture and a mask from a folder (see `pairs`), which serve for nothing else. What is scored so says
how far generated pictures carry, not how well exosomes can be found.
"""

import functools
from collections.abc import Sequence
from pathlib import Path

from tem_virus_dataset import facts
from tem_virus_dataset.files.tree import Blob, File
from tem_virus_dataset.micrographs.job import Job, as_single_item
from tem_virus_dataset.micrographs.masked_micrograph import MaskedMicrograph
from tem_virus_dataset.phantoms import exosomes
from tem_virus_dataset.phantoms.exosome_style import STYLES
from tem_virus_dataset.sources import image_mask_pairs
from tem_virus_dataset.sources.source import Source

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
            as_single_item,
        )
        for split, seeds in SEEDS.items()
        for seed in seeds
        for number, (stem, group, _) in enumerate(exosomes.design())
    ]


def real(manual_dir: Path) -> list[Job]:
    """List the pairs."""
    seen: set[bytes] = set()
    found = []
    for name, paths in image_mask_pairs.listed(manual_dir).items():
        content = paths[0].read_bytes()
        if content not in seen:
            files = tuple(File(path.parent, path.name, path.name) for path in paths)
            found.append(Job("test", PAIRS, name, 1, files, _decode, as_single_item))
        seen.add(content)
    return found


def expected_counts() -> facts.Counts:
    """Micrographs of each style of phantoms, and of the pairs, by split."""
    each = exosomes.NUMBER // len(STYLES)
    learned = {split: each * len(seeds) for split, seeds in SEEDS.items()}
    counts = {name: {**learned, "test": 0} for name in STYLES}
    return {**counts, PAIRS: {"train": 0, "validation": 0, "test": NUMBER}}


def _generate(number: int, seed: int, _: Sequence[Blob]) -> MaskedMicrograph:
    return exosomes.micrograph(number, seed)


def _decode(blobs: Sequence[Blob]) -> MaskedMicrograph:
    image, mask = image_mask_pairs.decoded(*blobs)
    return MaskedMicrograph(PAIRS, image, mask, UNKNOWN)


SOURCE = Source(
    name="pairs",
    how_to_get=(
        f"Bring pictures of exosomes, <name>{image_mask_pairs.PICTURE}, each with its mask beside "
        f"it, <name>{image_mask_pairs.MASKS[0]}, in the folder given as --manual-dir."
    ),
    addresses={},
    micrographs=real,
)
