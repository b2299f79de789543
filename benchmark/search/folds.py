"""Folds of train and validation, grouped so that no session or micrograph lies in two folds.

A patch is predicted by a network that saw no patch of its group. Groups are imaging sessions or
micrographs. Micrographs of one field that was photographed twice are always in one group. Folds are
balanced over the classes as well as the groups allow, and are the same at every call.
"""

import hashlib
import warnings
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from benchmark.errors import BenchmarkError, UsageError
from tem_virus_dataset.audit.groups import joined
from tem_virus_dataset.micrographs import sessions

SESSION, MICROGRAPH = "session", "micrograph"
KINDS = (SESSION, MICROGRAPH)
Name = tuple[str, str]  # class, stem


def assigned(
    micrographs: Sequence[str], labels: np.ndarray, classes: Sequence[str], kind: str, count: int
) -> np.ndarray:
    """Return the fold of each patch, (n,) int64 from 0 to `count` - 1.

    Args:
      micrographs: `split/Class/stem` of each patch of train and validation, n of them.
      labels: (n,) int, index into `classes`; kind: `session` or `micrograph`; count: of folds.

    Raises:
      BenchmarkError: a session is not known, or a class has only one group: the network of a fold
        would have no patch of it to learn from.
      UsageError: there are fewer groups than folds.
    """
    group_of = groups({_name(micrograph) for micrograph in micrographs}, kind)
    group = np.array([group_of[_name(micrograph)] for micrograph in micrographs])
    if count < 2 or count > len(set(group.tolist())):
        raise UsageError(
            f"--folds {count}: found {len(set(group.tolist()))} groups of the kind {kind}; "
            "expected from 2 folds to as many as there are groups. Name another number."
        )
    fold = _dealt(labels, group, count)
    for number in range(count):
        learned = set(labels[fold != number].tolist())
        if missing := [name for label, name in enumerate(classes) if label not in learned]:
            raise BenchmarkError(
                f"fold {number}: found no patch of {missing[0]} outside of it; expected every "
                f"class in the training part of every fold. Group by {MICROGRAPH}, or name another "
                "number of folds."
            )
        if not (fold == number).any():
            raise UsageError(
                f"--folds {count}: fold {number} holds no patch, since single groups are so large; "
                "expected patches in every fold. Name fewer folds."
            )
    return fold


def groups(
    micrographs: Iterable[Name],
    kind: str,
    session_of: Mapping[Name, str] | None = None,
    pairs: Iterable[tuple[Name, Name]] | None = None,
) -> dict[Name, str]:
    """Return the group of each micrograph, named by the first of its members.

    Sessions, or micrographs, that show one field are one group. Two micrographs that overlap a
    third show one field, even where that is in no fold.

    Args:
      micrographs: class and stem; kind: `session` or `micrograph`.
      session_of: session by class and stem, by default those that the data set's package lists.
      pairs: micrographs of one field, by default those that it lists.

    Raises:
      BenchmarkError: the session of a micrograph is not known.
    """
    names = sorted(set(micrographs))
    unit = _sessions(names, session_of) if kind == SESSION else dict(zip(names, names, strict=True))
    return joined(unit, pairs)


def digest(ids: Iterable[str], fold: Iterable[int]) -> str:
    """Return the sha256 of an assignment: two trials of one digest have the same folds."""
    lines = sorted(f"{name}\t{number}\n" for name, number in zip(ids, fold, strict=True))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _sessions(names: Sequence[Name], session_of: Mapping[Name, str] | None) -> dict[Name, Name]:
    known = sessions.shipped() if session_of is None else session_of
    if unknown := [name for name in names if name not in known]:
        raise BenchmarkError(
            f"{'/'.join(unknown[0])}: no session of this micrograph is known ({len(unknown)} such "
            f"of {len(names)}); expected micrographs of mirror_11class. Name --groups {MICROGRAPH}."
        )
    return {name: (name[0], known[name]) for name in names}


def _dealt(labels: np.ndarray, group: np.ndarray, count: int) -> np.ndarray:
    """Deal whole groups to the folds, the largest first, each to where its class is short."""
    from sklearn.model_selection import StratifiedGroupKFold  # takes a second

    fold = np.zeros(len(labels), np.int64)
    with warnings.catch_warnings():  # of a class with fewer patches than folds: it is checked above
        warnings.simplefilter("ignore", UserWarning)
        parts = StratifiedGroupKFold(count).split(np.zeros((len(labels), 1)), labels, group)
        for number, (_, held_out) in enumerate(parts):
            fold[held_out] = number
    return fold


def _name(micrograph: str) -> Name:
    _, class_name, stem = micrograph.split("/")
    return class_name, stem
