"""Local features of a micrograph, and the similarity transforms that they propose.

The coarse search (`coarse_search`) knows shifts alone. A field that was photographed again after
the grid was taken out is rotated, and a wrong pixel size scales it. Local features (SIFT) are
matched whatever the rotation and the scale, and a robust fit (RANSAC) finds the similarity that
most matches agree with. A proposal says little: `confirm` decides with the pixels.

Inverted contrast turns every gradient by 180 degrees. So a feature keeps its place, and its
descriptor, relative to the feature's own direction, is rotated by 180 degrees as a grid of cells:
the cells change their order, their histograms do not. Matching against reordered descriptors finds
inverted photographs without a second image.
"""

import dataclasses
from typing import Any

import numpy as np

from tem_virus_dataset.audit.pair import Similarity
from tem_virus_dataset.audit.texture import texture
from tem_virus_dataset.errors import DatasetError

PIXEL = 2  # nm, of the image that features are detected in
BAND = 2.5, 40.0  # nm
MOST = 900  # features of a micrograph, those that stand out most
GRAY = 40.0  # counts for a local standard deviation
RATIO = 0.95  # a match is closer than this to any other feature's
TOLERANCE = 4.0  # pixels, of a match from the similarity
ROUNDS = 1000  # of RANSAC, at most
SCALES = 0.45, 2.2
INLIERS = 6  # matches that agree, at least
TURN, OCTAVE = np.deg2rad(20), 0.35  # widths in rotation and in log2 of the scale of one similarity
CELLS, BINS = 16, 8  # of a descriptor: 4 x 4 cells of 8 directions


@dataclasses.dataclass(frozen=True)
class Features:
    """The features of one micrograph.

    Attributes:
      points: (n, 2) float32 x, y in pixels of 2 nm; angles: (n,) float32, radians; octaves: (n,)
        float32, log2 of their sizes; descriptors: (n, 128) float32, of length 1.
    """

    points: np.ndarray
    angles: np.ndarray
    octaves: np.ndarray
    descriptors: np.ndarray


@dataclasses.dataclass(frozen=True)
class Proposal:
    """A similarity from the first micrograph to the second.

    Attributes:
      sign: -1 where the contrast is inverted, otherwise 1; inliers: matches that agree.
    """

    similarity: Similarity
    sign: int
    inliers: int


def detect(image: np.ndarray) -> Features:
    """Detect the features of a micrograph, (height, width) at 1 nm per pixel.

    Raises:
      DatasetError: OpenCV is not installed.
    """
    cv2 = _opencv()
    gray = np.clip(128 + GRAY * texture(image, PIXEL, *BAND), 0, 255).astype(np.uint8)
    found, descriptors = cv2.SIFT_create(MOST, contrastThreshold=0.01).detectAndCompute(gray, None)
    if not found:
        none = np.zeros(0, np.float32)
        return Features(none.reshape(0, 2), none, none, none.reshape(0, CELLS * BINS))
    points = np.array([point.pt for point in found], np.float32)
    angles = np.deg2rad(np.array([point.angle for point in found], np.float32))
    octaves = np.log2(np.array([point.size for point in found], np.float32))
    root = np.sqrt(descriptors / np.maximum(descriptors.sum(axis=1, keepdims=True), 1))
    return Features(points, angles, octaves, root.astype(np.float32))


def propose(first: Features, second: Features) -> list[Proposal]:
    """Return the similarities that enough matches agree with, at most one for each contrast."""
    proposals = []
    for sign, descriptors in ((1, second.descriptors), (-1, inverted(second.descriptors))):
        here, there = _matches(first.descriptors, descriptors)
        turns = second.angles[there] - first.angles[here]
        agree = _densest(turns, second.octaves[there] - first.octaves[here])
        here, there = here[agree], there[agree]
        if len(here) < INLIERS:
            continue
        fit, inliers = _opencv().estimateAffinePartial2D(
            first.points[here], second.points[there], None, 8, TOLERANCE, ROUNDS, 0.999, 10
        )
        # as above: 8 is RANSAC, whose random numbers are the same at every call
        if fit is None or inliers.sum() < INLIERS:
            continue
        factor, shift = complex(fit[0, 0], fit[1, 0]), complex(fit[0, 2], fit[1, 2])
        if not SCALES[0] <= abs(factor) <= SCALES[1]:
            continue
        corner = 0.5 + 0.5j  # OpenCV counts from the middle of the first pixel
        offset = PIXEL * (shift + corner - factor * corner)
        proposals.append(Proposal(Similarity(factor, offset), sign, int(inliers.sum())))
    return proposals


def inverted(descriptors: np.ndarray) -> np.ndarray:
    """Return the descriptors, (n, 128), that the same places have under inverted contrast."""
    return np.ascontiguousarray(
        descriptors.reshape(-1, CELLS, BINS)[:, ::-1].reshape(descriptors.shape)
    )


def _matches(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of features that are closest to each other, and to no third as close."""
    if len(first) < 2 or len(second) < 2:
        return np.zeros(0, int), np.zeros(0, int)
    closeness = first @ second.T
    best = closeness.argmax(axis=1)
    rows = np.arange(len(first))
    mutual = closeness.argmax(axis=0)[best] == rows
    here, there = rows[mutual], best[mutual]
    nearest = closeness[here, there]
    closeness[here, there] = -1
    other = closeness[here].max(axis=1)
    distinct = 1 - nearest < RATIO**2 * (1 - other)
    return here[distinct], there[distinct]


def _densest(turns: np.ndarray, octaves: np.ndarray) -> np.ndarray:
    """Mark the matches around the rotation and the scale that most of them agree on, (n,) bool.

    Every match has a rotation and a scale of its own, from its features. Those of one field agree;
    RANSAC then has few matches to choose from.
    """
    if not len(turns):
        return np.zeros(0, bool)
    apart = np.abs((turns[:, None] - turns + np.pi) % (2 * np.pi) - np.pi)
    close = (apart <= TURN) & (np.abs(octaves[:, None] - octaves) <= OCTAVE)
    return close[close.sum(axis=1).argmax()]


def _opencv() -> Any:
    try:
        import cv2
    except ImportError as error:
        raise DatasetError(
            "OpenCV is not installed, with which the audit compares rotated micrographs. Install "
            "it, in the clone of this project: pip install '.[audit]'"
        ) from error
    return cv2
