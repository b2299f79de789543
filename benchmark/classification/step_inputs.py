"""The small arrays that each step is told: patches, their views, how to mix and label them."""

from typing import Any

import keras
import numpy as np

from benchmark.machine import devices
from benchmark.training.recipe import Recipe
from benchmark.training.sampling import Epoch


class Training(keras.utils.PyDataset):
    """Batches of one epoch: ({index, view, share}, soft labels (batch, classes)).

    Each can be divided among the devices: of the last one a few patches are left out for it.
    """

    def __init__(
        self,
        epoch: Epoch,
        labels: np.ndarray,
        classes: int,
        recipe: Recipe,
        seed: tuple[int, int],
    ) -> None:
        super().__init__()
        rng = np.random.default_rng([*seed, 1])
        self.batch = recipe.batch_size
        whole = len(epoch.index) // devices.used() * devices.used()
        self.index, self.view = epoch.index[:whole, None], epoch.view[:whole, None]
        self.share = np.ones(self.index.shape, np.float32)
        if recipe.mixup:
            order = rng.permutation(len(self.index))
            kept = rng.beta(recipe.mixup, recipe.mixup, len(order)).astype(np.float32)[:, None]
            self.index = np.hstack([self.index, self.index[order]])
            self.view = np.hstack([self.view, self.view[order]])
            self.share = np.hstack([kept, 1 - kept])
        hot = np.eye(classes, dtype=np.float32)[labels[self.index]]
        self.labels = (hot * self.share[..., None]).sum(axis=1)

    def __len__(self) -> int:
        return -(-len(self.index) // self.batch)

    def __getitem__(self, number: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
        part = slice(number * self.batch, (number + 1) * self.batch)
        inputs = {"index": self.index[part], "view": self.view[part], "share": self.share[part]}
        return inputs, self.labels[part]


class Evaluation(keras.utils.PyDataset):
    """Every patch of a split once, in order and in one view.

    The last one is repeated until the batch can be divided among the devices: the caller drops
    what comes after the first `count` predictions.
    """

    def __init__(self, count: int, view: int, batch: int) -> None:
        super().__init__()
        self.count, self.view, self.batch = count, view, batch

    def __len__(self) -> int:
        return -(-self.count // self.batch)

    def __getitem__(self, number: int) -> tuple[dict[str, Any]]:
        first = number * self.batch
        last = min(first + self.batch, self.count)
        padded = last + (first - last) % devices.used()
        index = np.minimum(np.arange(first, padded, dtype=np.int32), self.count - 1)[:, None]
        view = np.full_like(index, self.view)
        return ({"index": index, "view": view, "share": np.ones(index.shape, np.float32)},)
