"""Rounds: a classifier is trained without some classes, or sessions, and then meets them.

Nothing of a collection of eleven viruses is unknown to a classifier of eleven viruses. So it is
trained on some of them, and the others take the part of the unknown. Every class is left out once.
A score that only detects another imaging session would look as good, so in the second kind of round
whole sessions are left out: their patches are of known classes, and should not look new. Rounds of
the third kind leave out a single class; they are those of the board `novelty_mirror`.
"""

import dataclasses
import hashlib

import numpy as np
from numpy.typing import NDArray

from benchmark.classification.data import Data, Patches
from benchmark.search import fold_data, folds

CLASSES, SESSIONS, SINGLE = "classes", "sessions", "single"
KINDS = (CLASSES, SESSIONS, SINGLE)
DEFAULT = (CLASSES, SESSIONS)  # what the choice of a score needs
COUNT = 3  # rounds of classes and of sessions


@dataclasses.dataclass(frozen=True)
class Round:
    """What one training does not see: some classes, or some sessions.

    Attributes:
      kind: `classes`, `sessions` or `single`; number: from 0, of a single class its label.
    """

    kind: str
    number: int

    @property
    def name(self) -> str:
        """Name in messages, in the log, and of the round's folder."""
        return f"{self.kind}-{self.number}"


@dataclasses.dataclass(frozen=True)
class Parts:
    """The patches of a round.

    Attributes:
      data: to train on; its classes are those that are known, its validation split takes no part in
        the training and has known classes and known sessions alone.
      left_out: of validation, and of train where sessions are left out; its labels are an index
        into `classes`.
      test: the whole test split, which neither trains nor chooses; labels as of `left_out`.
      classes: all of them, in the order of the config.
    """

    data: Data
    left_out: Patches
    test: Patches
    classes: tuple[str, ...]


def all_rounds(classes: tuple[str, ...], kinds: tuple[str, ...] = DEFAULT) -> list[Round]:
    """Return the rounds of these kinds, in their order."""
    return [
        Round(kind, number)
        for kind in kinds
        for number in range(len(classes) if kind == SINGLE else COUNT)
    ]


def left_out_classes(classes: tuple[str, ...], one: Round) -> tuple[str, ...]:
    """Return the classes that a round leaves out.

    Of several these are every third by name, so that none is chosen.
    """
    if one.kind == SINGLE:
        return (classes[one.number],)
    return tuple(sorted(classes)[one.number :: COUNT]) if one.kind == CLASSES else ()


def known_classes(classes: tuple[str, ...], one: Round) -> tuple[str, ...]:
    """Return the classes that a round trains on, in the order of the config."""
    left_out = left_out_classes(classes, one)
    return tuple(name for name in classes if name not in left_out)


def parts(data: Data, one: Round) -> Parts:
    """Return the patches of a round; raises what `folds.assigned` raises.

    Args:
      data: with all classes and sessions; its test split is passed on.
    """
    if one.kind == SESSIONS:
        return _without_sessions(data, one)
    known = known_classes(data.classes, one)
    labels = np.array([known.index(c) if c in known else -1 for c in data.classes], np.int32)
    splits = {}
    for split in fold_data.LEARNED:
        patches = data.splits[split]
        chosen = _only(patches, labels[patches.labels] >= 0)
        splits[split] = dataclasses.replace(chosen, labels=labels[chosen.labels])
    validation = data.splits["validation"]
    left_out = _only(validation, labels[validation.labels] < 0)
    named = _named(data, one, known, splits)
    return Parts(named, left_out, data.splits["test"], data.classes)


def _without_sessions(data: Data, one: Round) -> Parts:
    joined = fold_data.joined(data)
    fold = fold_data.assigned(joined, data, folds.SESSION, COUNT)
    fold_of = dict(zip(map(str, joined.ids), fold.tolist(), strict=True))
    splits = {}
    for split in fold_data.LEARNED:
        patches = data.splits[split]
        splits[split] = _only(
            patches, np.array([fold_of[str(name)] != one.number for name in patches.ids])
        )
    left_out = _only(joined, fold == one.number)
    named = _named(data, one, data.classes, splits)
    return Parts(named, left_out, data.splits["test"], data.classes)


def _named(data: Data, one: Round, classes: tuple[str, ...], splits: dict[str, Patches]) -> Data:
    """Return data with a hash of their own: a training of another round is never continued."""
    own_hash = hashlib.sha256(f"{data.content_hash}\t{one.name}".encode()).hexdigest()
    return dataclasses.replace(data, classes=classes, content_hash=own_hash, splits=splits)


def _only(patches: Patches, chosen: NDArray[np.bool_]) -> Patches:
    return Patches(
        **{
            field.name: getattr(patches, field.name)[chosen]
            for field in dataclasses.fields(Patches)
        }
    )
