"""The audit: which micrographs of a class show one field.

Two steps, coarse to fine: whole micrographs are correlated at 8 nm per pixel, which proposes a few
shifts at low cost; each proposal is then confirmed or refused by blocks, matched independently at
2 nm per pixel.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import tqdm

from tem_virus_dataset.audit import block_matching, coarse_search, common_part, similarity_vote
from tem_virus_dataset.audit.audited_micrograph import AuditedMicrograph
from tem_virus_dataset.audit.pair import Pair, Similarity
from tem_virus_dataset.audit.texture import texture

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
    with tqdm.tqdm(total=total, unit="pair", disable=None) as bar:
        return [pair for group in classes for pair in _of_class(group, bar)]


def _of_class(micrographs: Sequence[AuditedMicrograph], bar: tqdm.tqdm) -> Iterator[Pair]:
    bar.set_description(micrographs[0].class_name)
    large, coarse, fine = [], [], []
    for micrograph in micrographs:
        image = micrograph.read()
        if min(image.shape) < coarse_search.SIDE * coarse_search.PIXEL:
            continue  # no overlap is long enough
        large.append(micrograph)
        coarse.append(texture(image, coarse_search.PIXEL, *COARSE_BAND))
        fine.append(texture(image, PIXEL, *BAND).astype(np.float16))  # saves memory
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
            yield Pair(large[i], large[j], similarity, *measured, agreeing, count)


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
