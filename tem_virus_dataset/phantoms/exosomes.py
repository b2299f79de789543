"""Synthetic micrographs (phantoms) of exosomes with masks, for config `phantom`.

Nothing is downloaded and nothing is copied from a real micrograph. Number, size and pixel sizes are
those of the set of Proenca & Alves de Matos 2021 (doi 10.17352/aaa.000014): 40 of
500x500 pixels at 1.0 to 2.5 nm. A score on phantoms says nothing about exosomes.
"""

import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tem_virus_dataset import facts
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.micrographs import splits
from tem_virus_dataset.micrographs.job import Job, as_single_item
from tem_virus_dataset.micrographs.masked_micrograph import MaskedMicrograph
from tem_virus_dataset.phantoms import exosome_exposure, exosome_specimen
from tem_virus_dataset.phantoms.exosome_style import STYLES

NUMBER, SIDE = 40, 500  # micrographs; pixels of a side
RIM = 24  # pixels of a specimen that are cut off, since Fourier space wraps there
NM_PER_PIXEL = (1.0, 2.5)


def jobs(_: Path) -> list[Job]:
    """List every phantom micrograph, as one item of class `MaskedMicrograph`; no folder is read."""
    return [
        Job(split, group, stem, 1, (), functools.partial(_generate, number), as_single_item)
        for number, (stem, group, split) in enumerate(design())
    ]


def micrograph(number: int, seed: int = 0) -> MaskedMicrograph:
    """Generate one micrograph from its own random generator, independent of the others.

    Args:
      number: 0 to 39.
      seed: not negative.
    """
    _, group, _ = design()[number]
    rng = np.random.default_rng([seed, number])
    size = round(float(rng.uniform(*NM_PER_PIXEL)), 3)
    specimen = exosome_specimen.draw(rng, STYLES[group], SIDE + 2 * RIM, size)
    inner = np.s_[RIM:-RIM, RIM:-RIM]
    image = exosome_exposure.expose(rng, specimen, STYLES[group])[inner]
    return MaskedMicrograph(group, image.copy(), specimen.mask[inner].copy(), size)


def design() -> list[tuple[str, str, str]]:
    """Stem, style and split of the micrographs, by number, for every seed.

    The paper trained on a fifth and validated on a tenth of its 40; here 24 are for training and 8
    each for validation and test, assigned in turn, so that every style is in every split.
    """
    stems = [f"phantom_{number:02d}" for number in range(NUMBER)]
    dealt = splits.representative(dict.fromkeys(stems, 0))
    names = list(STYLES)
    per_style = NUMBER // len(names)
    return [(stem, names[number // per_style], dealt[stem]) for number, stem in enumerate(stems)]


def expected_counts() -> facts.Counts:
    """Micrographs of each style and split."""
    counts = {name: dict.fromkeys(facts.SPLITS, 0) for name in STYLES}
    for _, group, split in design():
        counts[group][split] += 1
    return counts


def _generate(number: int, _: Sequence[Blob]) -> MaskedMicrograph:
    return micrograph(number)
