"""Data without a class, and a few micrographs of that class: pure functions."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from benchmark.detection.data import Scene, Scenes, checksum
from benchmark.errors import UsageError
from leaderboard.files.arguments import did_you_mean
from leaderboard.files.names import OWN


def check(data: Scenes, class_name: str, numbers: Sequence[int]) -> None:
    """Refuse a class or numbers of micrographs that the data do not have.

    Raises:
      UsageError: an unknown class, one that shares micrographs with another, or more micrographs
        than train has.
    """
    if class_name not in data.classes:
        raise UsageError(
            f"--class {class_name}: unknown{did_you_mean(class_name, data.classes)}; expected one "
            f"of {', '.join(data.classes)}."
        )
    label = data.classes.index(class_name)
    for split, scenes in data.splits.items():
        shown = [scene for scene in scenes if label in scene.labels]
        mixed = [scene for scene in shown if (scene.labels != label).any()]
        if mixed or not shown:
            raise UsageError(
                f"--class {class_name}: {len(shown)} micrographs of {split} show it, {len(mixed)} "
                "of them beside another class; expected some, without others. Name another class."
            )
    most = sum(label in scene.labels for scene in data.splits["train"])
    if max(numbers) > most:
        raise UsageError(
            f"--micrographs {max(numbers)}: train has {most} of {class_name}; expected at most as "
            "many. Name fewer."
        )


def without(data: Scenes, class_name: str) -> Scenes:
    """Return data without the micrographs of a class, and without the class."""
    left_out = data.classes.index(class_name)
    classes = tuple(name for name in data.classes if name != class_name)

    def renumbered(scene: Scene) -> Scene:
        labels = np.where(scene.labels > left_out, scene.labels - 1, scene.labels)
        return dataclasses.replace(scene, labels=labels)

    splits = {
        split: [renumbered(scene) for scene in scenes if left_out not in scene.labels]
        for split, scenes in data.splits.items()
    }
    return _named(data, f"without-{_name(class_name)}", classes, splits)


def drawn(data: Scenes, class_name: str, number: int, draw: int) -> Scenes:
    """Return data of one class with some of its training micrographs.

    Those of a larger number hold those of a smaller one of the same draw. Validation and test are
    all micrographs of the class.

    Args:
      number: of training micrographs; draw: which of the random orders they are taken from.
    """
    label = data.classes.index(class_name)
    splits = {
        split: [
            dataclasses.replace(scene, labels=np.zeros_like(scene.labels))
            for scene in scenes
            if label in scene.labels
        ]
        for split, scenes in data.splits.items()
    }
    order = np.random.default_rng(draw).permutation(len(splits["train"]))[:number]
    splits["train"] = [splits["train"][place] for place in sorted(order.tolist())]
    return _named(data, f"{_name(class_name)}-n{number}-d{draw}", (class_name,), splits)


def _name(class_name: str) -> str:
    return class_name.replace(" ", "_")


def _named(
    data: Scenes, name: str, classes: tuple[str, ...], splits: Mapping[str, list[Scene]]
) -> Scenes:
    """Return data as a user's own, so that their records go to no leaderboard."""
    return Scenes(f"{OWN}/{name}", data.version, classes, checksum(splits), dict(splits))
