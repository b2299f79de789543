"""Synthetic micrographs (phantoms) of the 14 classes, for config `phantom_14class`.

Nothing is downloaded and nothing is copied from a real micrograph. A phantom is a layer of stain
of uneven depth that pools around particles and is excluded by them, imaged through a weak-phase
contrast transfer function with shot noise. It tests the pipeline and shows that a model can
learn; a score on phantoms says nothing about real viruses.

Sizes are those of Matuszewski & Sintorn 2021, Table 1.
"""

import dataclasses
import functools
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from tem_virus_dataset import facts
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.micrographs import splits
from tem_virus_dataset.micrographs.job import Job
from tem_virus_dataset.micrographs.patch import Patch, cut
from tem_virus_dataset.phantoms import virus_exposure, virus_specimen

RIM = 12  # pixels of a specimen that are cut off, since Fourier space wraps there
SIZE = virus_specimen.FIELD - 2 * RIM  # side of a micrograph, the same for every class
PER_CLASS = 10  # micrographs of a class


@dataclasses.dataclass(frozen=True)
class PhantomMicrograph:
    """One generated micrograph.

    Attributes:
      split: train, validation or test, assigned by the representative rule within the class.
      class_name: the virus, spelled as in `facts.CLASSES_14`.
      stem: `phantom_00` to `phantom_09`.
      image: (552, 552) uint16 raw counts, 0 to 4095, 1 nm per pixel.
      centres: x, y in pixels from the top left; one patch is cut around each.

    """

    split: str
    class_name: str
    stem: str
    image: np.ndarray
    centres: tuple[tuple[int, int], ...]


def jobs(_: Path) -> list[Job]:
    """List the patches of every phantom micrograph; generated from a seed, no folder is read."""
    return [
        Job(split, name, stem, count, (), functools.partial(_generate, name, number), _patches)
        for name in facts.CLASSES_14
        for number, (stem, split, count) in enumerate(design(name))
    ]


def micrograph(class_name: str, number: int, seed: int = 0) -> PhantomMicrograph:
    """Generate one micrograph from its own random generator, independent of the others.

    Args:
      class_name: one of `facts.CLASSES_14`.
      number: 0 to 9.
      seed: not negative.

    """
    stem, split, count = design(class_name)[number]
    rng = np.random.default_rng([seed, facts.CLASSES_14.index(class_name), number])
    protein, exact_centres = virus_specimen.draw(rng, class_name, count)
    centres = np.rint(exact_centres).astype(int) - RIM
    image = virus_exposure.expose(rng, protein)[RIM:-RIM, RIM:-RIM].copy()
    return PhantomMicrograph(
        split, class_name, stem, image, tuple((int(x), int(y)) for x, y in centres)
    )


def design(class_name: str) -> list[tuple[str, str, int]]:
    """Stem, split and number of centres of a class's micrographs, by number, for every seed."""
    counts = {f"phantom_{number:02d}": _count(class_name, number) for number in range(PER_CLASS)}
    dealt = splits.representative(counts)
    return [(stem, dealt[stem], count) for stem, count in counts.items()]


def expected_counts() -> facts.Counts:
    """Patches of each class and split, without generating an image; the same for every seed."""
    counts = {name: dict.fromkeys(facts.SPLITS, 0) for name in facts.CLASSES_14}
    for name in facts.CLASSES_14:
        for _, split, count in design(name):
            counts[name][split] += count
    return counts


def _count(class_name: str, number: int) -> int:
    """Return the number of centres, 2 to 5: fixed by design, not by chance."""
    return 2 + (facts.CLASSES_14.index(class_name) + 3 * number) % 4


def _generate(class_name: str, number: int, _: Sequence[Blob]) -> PhantomMicrograph:
    return micrograph(class_name, number)


def _patches(phantom: PhantomMicrograph) -> Iterator[Patch]:
    for index, (x, y) in enumerate(phantom.centres, start=1):
        name = f"{phantom.stem}_{index}"
        yield Patch(name, cut(phantom.image, x, y), f"phantom {phantom.class_name}/{name}")
