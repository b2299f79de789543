"""A baseline without a network: numbers of texture, and a linear classifier of them.

What any score must beat: grey values, the power spectrum, local binary patterns and gradients, at
2 nm per pixel. They know nothing of shape, and much of a session's stain and focus.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from benchmark.classification.data import Patches
from benchmark.novelty.features import Features, Round
from leaderboard.open_set import boards, truth
from tem_virus_dataset.networks.classifier import standardized

NAME, SIDE = "texture_features", 128
BANDS, SCALES = 16, (1, 2, 4)
NUMBERS = 9 + BANDS + len(SCALES) * (10 + 2)
_AROUND = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))


def numbers(patches: Patches) -> NDArray[np.float64]:
    """Return the numbers of each patch, (n, NUMBERS); they do not depend on its D4 transform."""
    return np.stack([_of_one(image[..., 0]) for image in standardized(patches.images, SIDE)])


def _of_one(image: NDArray[np.floating]) -> NDArray[np.float64]:
    values = image.astype(np.float64)
    grey = np.quantile(values, np.linspace(0.02, 0.98, 9))
    parts: list[NDArray[np.float64]] = [grey, _spectrum(values)]
    for scale in SCALES:
        blocks = values.reshape(SIDE // scale, scale, SIDE // scale, scale).mean(axis=(1, 3))
        steps = np.hypot(*np.gradient(blocks))
        parts += [_patterns(blocks), np.array([steps.mean(), steps.std() / (steps.mean() + 1e-9)])]
    return np.concatenate(parts)


def _spectrum(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logarithm of the power in rings of frequency."""
    power = np.abs(np.fft.fft2(values - values.mean())) ** 2
    frequency = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.fftfreq(SIDE)[None])
    ring = np.minimum((frequency / 0.5 * BANDS).astype(int), BANDS - 1)
    total = np.bincount(ring.ravel(), power.ravel(), BANDS) / np.bincount(ring.ravel())
    return np.asarray(np.log(total + 1e-9))


def _patterns(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the shares of rotation-invariant uniform local binary patterns (Ojala et al. 2002)."""
    inner = values[1:-1, 1:-1]
    rows, columns = inner.shape
    bits = np.stack(
        [values[1 + y : 1 + y + rows, 1 + x : 1 + x + columns] >= inner for y, x in _AROUND]
    )
    changes = (bits != np.roll(bits, 1, axis=0)).sum(axis=0)
    kind = np.where(changes <= 2, bits.sum(axis=0), 9)
    return np.asarray(np.bincount(kind.ravel(), minlength=10) / kind.size)


def fitted(classes: tuple[str, ...], train: Features, known: Features, test: Features) -> Round:
    """Return a round as that of a network: features scaled by those of train, and a last layer."""
    from sklearn.linear_model import LogisticRegression

    centre = train.values[0].mean(axis=0)
    spread = np.maximum(train.values[0].std(axis=0), 1e-9)

    def scaled(part: Features) -> Features:
        values = ((part.values - centre) / spread).astype(np.float32)
        return Features(values, part.labels, part.ids, part.micrographs)

    own = scaled(train)
    model = LogisticRegression(max_iter=2000, class_weight="balanced")
    model.fit(own.values[0], own.labels)
    kernel, bias = model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32)
    none = Features(train.values[:, :0], train.labels[:0], train.ids[:0], train.micrographs[:0])
    return Round(classes, kernel, bias, own, scaled(known), none, scaled(test))


def of_patches(patches: Patches) -> Features:
    """Return the numbers of patches as features of one transform, (1, n, NUMBERS)."""
    return Features(
        numbers(patches)[None].astype(np.float32),
        patches.labels.astype(np.int64),
        patches.ids,
        patches.micrographs,
    )


def learned(parts: Mapping[str, Features], name: str) -> tuple[Features, Features, tuple[str, ...]]:
    """Return what a round learns of train and of validation, and its classes.

    Args:
      parts: features by split; name: of the round, as `boards.rounds_of` gives it.
    """
    classes = boards.known_classes(name)
    number = name.partition("sessions-")[2]
    rounds_of = {(r["class"], r["stem"]): r["unseen_in"].split() for r in truth.session_rows()}
    found = []
    for split in ("train", "validation"):
        part = parts[split]
        keys = [(m.split("/")[1], m.split("/")[2]) for m in map(str, part.micrographs)]
        chosen = np.array([k[0] in classes and number not in rounds_of[k] for k in keys])
        labels = np.array([classes.index(k[0]) for k, c in zip(keys, chosen, strict=True) if c])
        found.append(
            Features(part.values[:, chosen], labels, part.ids[chosen], part.micrographs[chosen])
        )
    return found[0], found[1], classes
