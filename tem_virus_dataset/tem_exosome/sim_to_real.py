"""Config `sim_to_real`: train on phantoms, test on real micrographs of exosomes.

Train and validation are phantoms with other seeds than config `phantom`; test are pairs of an
image and a mask from a folder (see `image_mask_pairs`), used for nothing else. A score measures how
well synthetic training data transfer, not how well exosomes can be detected.
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

SEEDS = {"train": range(1, 7), "validation": range(7, 8)}  # each of `exosomes.NUMBER` micrographs
PAIRS, NUMBER = "pairs", 25  # the set of real images; how many we have
UNKNOWN = float("nan")  # nm per pixel


def jobs(manual_dir: Path) -> list[Job]:
    """List the phantoms, and the pairs of the folder; duplicate images are taken once.

    Raises:
      DatasetError: no pair there, or an image or mask alone.
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
    listed = []
    for name, paths in image_mask_pairs.list_pairs(manual_dir).items():
        content = paths[0].read_bytes()
        if content not in seen:
            files = tuple(File(path.parent, path.name, path.name) for path in paths)
            listed.append(Job("test", PAIRS, name, 1, files, _decode, as_single_item))
        seen.add(content)
    return listed


def expected_counts() -> facts.Counts:
    """Micrographs of each style of phantoms, and of the pairs, by split."""
    per_style = exosomes.NUMBER // len(STYLES)
    phantom_counts = {split: per_style * len(seeds) for split, seeds in SEEDS.items()}
    counts = {name: {**phantom_counts, "test": 0} for name in STYLES}
    return {**counts, PAIRS: {"train": 0, "validation": 0, "test": NUMBER}}


def _generate(number: int, seed: int, _: Sequence[Blob]) -> MaskedMicrograph:
    return exosomes.micrograph(number, seed)


def _decode(blobs: Sequence[Blob]) -> MaskedMicrograph:
    image, mask = image_mask_pairs.decode_pair(*blobs)
    return MaskedMicrograph(PAIRS, image, mask, UNKNOWN)


SOURCE = Source(
    name="pairs",
    how_to_get=(
        f"Supply images of exosomes, <name>{image_mask_pairs.PICTURE}, each with its mask beside "
        f"it, <name>{image_mask_pairs.MASKS[0]}, in the folder given as --manual-dir."
    ),
    addresses={},
    micrographs=real,
)
