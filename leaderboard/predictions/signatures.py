"""Signatures of predictions, by which copies are known without comparing every pair.

A copy is seldom exact: a digit is changed, the confidences are sharpened, a few answers flipped.
What stays is which class comes first and which second, example by example. So a signature is a
tuple of bands: each is a hash of the answers on a few neighbouring examples. A change of one answer
changes one band. Before them stands a hash of all first classes, for files that hold nothing else.
Two trainings of one model share hardly a band, because their second choices differ; a table of them
is searched in linear time, through the bands.
"""

import hashlib
import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Signature = tuple[
    str, ...
]  # bands, in the order of the examples; () where there is nothing to tell

BANDS = 64
SAME = 0.9  # share of bands: one training, handed in twice
ALIKE = 0.5  # share of bands: hardly two trainings
ALONE, RANKED = "=", "~"  # before the hash of all first classes: nothing else is known, or more is
GRID = 4.0  # pixels; a copy may move every box a little
MOST = 10  # detections of a micrograph, the most confident
GROUP = 4  # neighbouring examples: the largest numbers of them, and their turns among tables


def of_probabilities(probabilities: NDArray[np.float64]) -> Signature:
    """Return the signature of a classifier's probabilities, (n, classes), in the table's order.

    The second class counts only where its probability is above 0. Predictions that are the same for
    every example have no signature: nothing is gained by copying them.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :2]
    second = np.take_along_axis(probabilities, order, axis=1)[:, -1]
    answers = np.where((np.arange(order.shape[1]) > 0) & (second <= 0)[:, None], -1, order)
    if len(np.unique(answers, axis=0)) < 2:
        return ()
    parts = np.array_split(answers.astype("<i4"), min(BANDS, len(answers)))
    bands = [_hash(part.tobytes()) for part in parts]
    kind = ALONE if (answers[:, 1:] < 0).all() else RANKED
    return (kind + _hash(order[:, 0].astype("<i4").tobytes()), *bands)


def of_order(values: NDArray[np.float64]) -> Signature:
    """Return the signature of one number for each example, (n,), by which they are ordered.

    Which of a few neighbouring examples has the largest number, and which the second, is taken as
    the classes of probabilities are. Another scale, or a changed digit, changes neither.
    """
    groups = values[: len(values) // GROUP * GROUP].reshape(-1, GROUP)
    return of_probabilities(groups - groups.min(axis=1, keepdims=True))


def in_turn(tables: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return one table of several of the same examples, (n, ...): a few neighbours of each in turn.

    Its signature is one of all tables. That of their mean would not do: sharpening each of them
    changes what is second in the mean.
    """
    examples = np.arange(len(tables[0]))
    return np.stack(tables)[examples // GROUP % len(tables), examples]


def as_text(signature: Signature) -> str:
    """Return a signature as one word after another."""
    return " ".join(band or "-" for band in signature)


def of_text(text: str) -> Signature:
    """Return the signature that `as_text` wrote.

    >>> of_text(as_text(("=a", "", "b")))
    ('=a', '', 'b')
    """
    return tuple("" if band == "-" else band for band in text.split())


def of_detections(
    micrographs: NDArray[np.int64],
    labels: NDArray[np.int64],
    confidence: NDArray[np.float64],
    boxes: NDArray[np.float64],
    count: int,
) -> Signature:
    """Return the signature of a detector's boxes: a band for each of `count` micrographs.

    Args:
      micrographs, labels, confidence: (m,), boxes: (m, 4), as `detection.Detections` has them.

    A band holds class and place of the most confident detections, in any order. "" is the band of
    fewer than three: two detectors may well agree on those.
    """
    order = np.lexsort((-confidence, micrographs))
    starts = np.searchsorted(micrographs[order], np.arange(count + 1))
    places = np.column_stack([labels, np.floor(boxes[:, :2] / GRID)]).astype("<i4")
    bands = []
    for first, last in itertools.pairwise(starts):
        chosen = places[order[first : min(last, first + MOST)]]
        rows = chosen[np.lexsort(chosen.T)]
        bands.append(_hash(rows.tobytes()) if len(rows) >= 3 else "")
    return tuple(bands) if any(bands) else ()


def shared(one: Signature, other: Signature) -> float:
    """Return the share of bands that two signatures have in common, 0 to 1.

    >>> shared(("a", "b", ""), ("a", "c", ""))
    0.5
    """
    if one and other and _same_answers_alone(one[0], other[0]):
        return 1.0  # one of them holds first classes alone, and they are those of the other
    known = [(a, b) for a, b in zip(one, other, strict=False) if (a or b) and not _is_whole(a)]
    return sum(a == b for a, b in known) / len(known) if known else 0.0


def nearest(signatures: Sequence[Signature], rows: Sequence[int]) -> dict[int, tuple[int, float]]:
    """Return for each signature the earlier one that shares most bands with it, if half of them.

    Args:
      signatures: in order of time; rows: a number for each: those of one row are not compared.

    Returns:
      By index: index of the earlier one, share of bands. Time is linear: of many that share a band,
      the first ones of three rows are kept.
    """
    places: dict[tuple[int, str], list[int]] = {}
    found: dict[int, tuple[int, float]] = {}
    for index, signature in enumerate(signatures):
        votes: dict[int, int] = {}
        for place, part in enumerate(signature):
            band = place, part[1:] if _is_whole(part) else part
            known = places.setdefault(band, [])
            if not band[1]:
                continue
            for earlier in known:
                if rows[earlier] != rows[index]:
                    votes[earlier] = votes.get(earlier, 0) + 1
            if len(known) < 3 and all(rows[k] != rows[index] for k in known):
                known.append(index)
        if votes:
            likely = sorted(votes, key=lambda earlier: (-votes[earlier], earlier))[:3]
            best = max(
                likely, key=lambda earlier: (shared(signature, signatures[earlier]), -earlier)
            )
            share = shared(signature, signatures[best])
            if share >= ALIKE:
                found[index] = best, share
    return found


def _same_answers_alone(one: str, other: str) -> bool:
    return _is_whole(one) and one[1:] == other[1:] and ALONE in (one[0], other[0])


def _is_whole(part: str) -> bool:
    """Say whether a part of a signature is the hash of all first classes, not of a band."""
    return part[:1] in (ALONE, RANKED)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:8]
