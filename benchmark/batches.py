"""The small arrays that each step is told: patches, their views, how to mix and label them."""

from typing import Any

import keras
import numpy as np

from benchmark.recipes import Recipe
from benchmark.sampling import Epoch


class Training(keras.utils.PyDataset):
    """Batches of one epoch: ({index, view, share}, soft labels (batch, classes))."""

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
        self.batch = recipe.batch
        self.index, self.view = epoch.index[:, None], epoch.view[:, None]
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
    """Every patch of a split once, in order and in one view."""

    def __init__(self, count: int, view: int, batch: int) -> None:
        super().__init__()
        self.count, self.view, self.batch = count, view, batch

    def __len__(self) -> int:
        return -(-self.count // self.batch)

    def __getitem__(self, number: int) -> tuple[dict[str, Any]]:
        first = number * self.batch
        index = np.arange(first, min(first + self.batch, self.count), dtype=np.int32)[:, None]
        view = np.full_like(index, self.view)
        return ({"index": index, "view": view, "share": np.ones(index.shape, np.float32)},)
