"""The audit: which micrographs of a class show one field.

Two searches propose how two micrographs may overlap. Whole micrographs are correlated at 8 nm per
pixel, which proposes shifts. Local features are matched, which proposes shifts with any rotation, a
scale from .45 to 2.2, and inverted contrast. Each proposal is then confirmed or refused by blocks,
matched independently at 2 nm per pixel.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import tqdm

from tem_virus_dataset.audit import (
    block_matching,
    coarse_search,
    common_part,
    local_features,
    similarity_vote,
)
from tem_virus_dataset.audit.audited_micrograph import AuditedMicrograph
from tem_virus_dataset.audit.confirm import Confirmation
from tem_virus_dataset.audit.confirm import confirm as confirm_proposal
from tem_virus_dataset.audit.local_features import Features
from tem_virus_dataset.audit.pair import Pair, Similarity
from tem_virus_dataset.audit.texture import texture
from tem_virus_dataset.files import progress

COARSE_BAND = 8.0, 20.0  # nm
PIXEL = 2  # nm, where blocks are matched
BAND = 3.0, 24.0  # nm
PEAKS = 2  # shifts tried for each two micrographs
HEIGHT = 4.6  # of a peak, at least; one pair in six has such a peak by chance
AGREEING = 6  # blocks, at least
SHARE = 0.55  # of the blocks, at least


def search(micrographs: Iterable[AuditedMicrograph]) -> list[Pair]:
    """Compare every two micrographs of a class, in whatever splits.

    Args:
      micrographs: at 1 nm per pixel; each is read once.

    Returns:
      The pairs of one field, sorted by class and stems. A function of the pixels alone.
    """
    ordered = sorted(micrographs, key=lambda m: (m.class_name, m.stem.lower(), m.stem))
    classes = [list(group) for _, group in itertools.groupby(ordered, lambda m: m.class_name)]
    total = sum(len(group) * (len(group) - 1) // 2 for group in classes)
    with progress.bar(total=total, unit="pair", smoothing=0) as bar:
        return [pair for group in classes for pair in _of_class(group, bar)]


def control(micrographs: Sequence[AuditedMicrograph], count: int, seed: int = 0) -> tuple[int, int]:
    """Compare micrographs of different classes, which cannot show one field, by local features.

    Args:
      count: of micrographs, at most; every two of them that differ in class are compared.

    Returns:
      The number of pairs that the audit takes for one field, and of all that were compared.
    """
    order = np.random.default_rng(seed).permutation(len(micrographs))[:count]
    read = [(micrographs[i].class_name, micrographs[i].read()) for i in sorted(order.tolist())]
    features = [local_features.detect(image) for _, image in read]
    pairs = [
        (i, j) for i, j in itertools.combinations(range(len(read)), 2) if read[i][0] != read[j][0]
    ]
    taken = sum(
        by_features(read[i][1], read[j][1], features[i], features[j]) is not None
        for i, j in progress.bar(pairs, "pairs of different classes")
    )
    return taken, len(pairs)


def by_features(
    first: np.ndarray, second: np.ndarray, of_first: Features, of_second: Features
) -> Confirmation | None:
    """Return the best confirmed proposal of local features, None where there is none.

    Args:
      first, second: (height, width) micrographs at 1 nm per pixel; of_first, of_second: their
        features.
    """
    proposals = local_features.propose(of_first, of_second)
    found = (confirm_proposal(first, second, proposal) for proposal in proposals)
    return max(
        (one for one in found if one and one.holds),
        key=lambda one: abs(one.correlation),
        default=None,
    )


def _of_class(micrographs: Sequence[AuditedMicrograph], bar: tqdm.tqdm) -> Iterator[Pair]:
    bar.set_description(micrographs[0].class_name)
    large, images, coarse, fine, features = [], [], [], [], []
    for micrograph in micrographs:
        image = micrograph.read()
        if min(image.shape) < coarse_search.SIDE * coarse_search.PIXEL:
            continue  # no overlap is long enough
        large.append(micrograph)
        images.append(image)
        coarse.append(texture(image, coarse_search.PIXEL, *COARSE_BAND))
        fine.append(texture(image, PIXEL, *BAND).astype(np.float16))  # saves memory
        features.append(local_features.detect(image))
    spectra = coarse_search.spectra(coarse) if large else []
    for i, j in itertools.combinations(range(len(large)), 2):
        bar.update()
        proposals = coarse_search.peaks(spectra[i], spectra[j], PEAKS)
        confirmations = [
            confirmed
            for peak in proposals
            if peak.height >= HEIGHT and (confirmed := confirm(fine[i], fine[j], peak.dx, peak.dy))
        ]
        if confirmations:
            similarity, agreeing, count = max(confirmations, key=lambda c: c[1:])
            measured = common_part.measure(fine[i], fine[j], similarity, PIXEL)
            yield Pair(similarity, *measured, agreeing, count, large[i], large[j])
        elif found := by_features(images[i], images[j], features[i], features[j]):
            yield Pair(**vars(found), first=large[i], second=large[j])


def confirm(
    first: np.ndarray, second: np.ndarray, dx: int, dy: int
) -> tuple[Similarity, int, int] | None:
    """Confirm by the blocks of the common part that two micrographs show one field.

    Args:
      first, second: (height, width) textures at 2 nm per pixel.
      dx, dy: proposed shift in nm, correct to some 40 nm.

    Returns:
      The similarity, the number of agreeing blocks, and of all blocks; None if too few agree.
    """
    here, there = block_matching.match_blocks(first, second, round(dx / PIXEL), round(dy / PIXEL))
    elected = similarity_vote.elect(here * PIXEL, there * PIXEL)
    if elected is None or elected[1] < max(AGREEING, SHARE * len(here)):
        return None
    return *elected, len(here)
