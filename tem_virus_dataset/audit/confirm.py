"""Confirm or refuse a proposed similarity by the pixels of the common part.

The second micrograph is resampled onto the first, and the textures of the common part are
correlated. Of pairs that show one field the correlation is above .6 however small the part is; of
wrong proposals it is below .3, since features that match by chance match at single places. Where
there is room, blocks are matched first: they refine the similarity far from its features.
"""

import dataclasses

import numpy as np

from tem_virus_dataset.audit import block_matching, common_part, similarity_vote
from tem_virus_dataset.audit.local_features import Proposal
from tem_virus_dataset.audit.pair import CommonPart, Similarity
from tem_virus_dataset.audit.texture import texture

PIXEL = 2  # nm, where blocks are matched
BAND = 3.0, 24.0  # nm
CORRELATION = 0.45  # of the textures, at least; negative ones count where contrast is inverted
OVERLAP = 15_000  # nm^2, at least
SHORTEST = 40  # nm, a side of the common part's rectangle


@dataclasses.dataclass(frozen=True)
class Confirmation(CommonPart):
    """The common part under a proposal."""

    @property
    def holds(self) -> bool:
        """Whether the two micrographs show one field."""
        return self.overlap >= OVERLAP and abs(self.correlation) >= CORRELATION


def confirm(first: np.ndarray, second: np.ndarray, proposal: Proposal) -> Confirmation | None:
    """Refine a proposal by blocks, where they agree, and measure the common part.

    Args:
      first, second: (height, width) micrographs at 1 nm per pixel.
      proposal: correct to some 10 nm where its features are.

    Returns:
      The similarity and its measures; None where nearly nothing is in common, or the contrast is
      not that of the proposal. The correlation is negative where the contrast is inverted.
    """
    similarity = proposal.similarity
    box = _box(first.shape, second.shape, similarity)
    if min(box[2] - box[0], box[3] - box[1]) < SHORTEST:
        return None
    here, there, inside = _textures(first, second, similarity, box)
    matched = block_matching.match_blocks(here, proposal.sign * there, 0, 0, inside)
    elected = similarity_vote.elect(*(PIXEL * points for points in matched))
    overlap, correlation = _measured(here, there, inside)
    apart = PIXEL * np.abs(matched[1] - matched[0])
    agreeing = int((apart <= similarity_vote.TOLERANCE).sum())
    if elected is not None:
        refined = _after(elected[0], similarity, complex(box[0], box[1]))
        measured = _measured(*_textures(first, second, refined, box))
        if proposal.sign * measured[1] >= proposal.sign * correlation:
            similarity, agreeing, (overlap, correlation) = refined, elected[1], measured
    if proposal.sign * correlation <= 0:
        return None
    return Confirmation(similarity, box, overlap, correlation, agreeing, len(matched[0]))


def _measured(here: np.ndarray, there: np.ndarray, inside: np.ndarray) -> tuple[int, float]:
    """Return the area of the common part in nm^2, and the correlation of its textures."""
    if inside.sum() < 2:
        return 0, 0.0
    correlation = float(np.corrcoef(here[inside], there[inside])[0, 1])
    return int(inside.sum()) * PIXEL**2, correlation


def _box(
    shape: tuple[int, ...], other: tuple[int, ...], similarity: Similarity
) -> tuple[int, int, int, int]:
    """Return the rectangle of the first that holds the common part: x0, y0, x1, y1 in nm."""
    height, width = other
    corners = np.array([0, width, 1j * height, width + 1j * height])
    back = (corners - similarity.offset) / similarity.factor
    x0, y0 = max(0, int(back.real.min())), max(0, int(back.imag.min()))
    x1, y1 = min(shape[1], int(back.real.max())), min(shape[0], int(back.imag.max()))
    return x0, y0, x1 - (x1 - x0) % PIXEL, y1 - (y1 - y0) % PIXEL


def _textures(
    first: np.ndarray,
    second: np.ndarray,
    similarity: Similarity,
    box: tuple[int, int, int, int],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the textures of the rectangle in both, at 2 nm, and where the second has pixels.

    The second is resampled before its texture is taken, so that both have one band in nm.
    """
    x0, y0, x1, y1 = box
    resampled, inside = common_part.resample(second, similarity, box, 1)
    if inside.any():
        resampled[~inside] = resampled[inside].mean()
    small = inside.reshape((y1 - y0) // PIXEL, PIXEL, (x1 - x0) // PIXEL, PIXEL).all(axis=(1, 3))
    cut = first[y0:y1, x0:x1]
    return texture(cut, PIXEL, *BAND), texture(resampled, PIXEL, *BAND), np.asarray(small)


def _after(residual: Similarity, proposed: Similarity, corner: complex) -> Similarity:
    """Return the proposed similarity after the residual one, which counts from the corner."""
    factor = proposed.factor * residual.factor
    offset = residual.offset + corner - residual.factor * corner
    return Similarity(factor, proposed(offset))
