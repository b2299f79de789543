"""The small arrays of each step: index, D4 transform and mixing share of patches; soft labels."""

from typing import Any

import keras
import numpy as np

from benchmark.classification import tone
from benchmark.machine import devices
from benchmark.training.recipe import Recipe
from benchmark.training.sampling import Epoch


class Training(keras.utils.PyDataset):
    """Batches of one epoch: ({index, transform, share, ...}, soft labels (batch, classes)).

    Where the recipe changes tones, the arrays of `tone.draw` are among the inputs.

    Every batch can be divided among the devices: a few patches of the last one are dropped.

    Args:
      labels: (n,) int32 of all patches of the split; classes: number of them.
      seed: of the run, and number of the epoch; it determines which patches are mixed.
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
        count = len(epoch.index) // devices.used() * devices.used()
        self.index, self.transform = epoch.index[:count, None], epoch.transform[:count, None]
        self.share = np.ones(self.index.shape, np.float32)
        if recipe.mixup:
            order = rng.permutation(len(self.index))
            kept = rng.beta(recipe.mixup, recipe.mixup, len(order)).astype(np.float32)[:, None]
            self.index = np.hstack([self.index, self.index[order]])
            self.transform = np.hstack([self.transform, self.transform[order]])
            self.share = np.hstack([kept, 1 - kept])
        self.tone: dict[str, np.ndarray] = {}
        if tone.is_changed(recipe):
            self.tone = tone.draw(self.index.shape, recipe, np.random.default_rng([*seed, 2]))
        one_hot = np.eye(classes, dtype=np.float32)[labels[self.index]]
        self.labels = (one_hot * self.share[..., None]).sum(axis=1)

    def __len__(self) -> int:
        return -(-len(self.index) // self.batch)

    def __getitem__(self, number: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
        part = slice(number * self.batch, (number + 1) * self.batch)
        inputs = {
            "index": self.index[part],
            "transform": self.transform[part],
            "share": self.share[part],
            **{name: values[part] for name, values in self.tone.items()},
        }
        return inputs, self.labels[part]


class Evaluation(keras.utils.PyDataset):
    """Every patch of a split once, in order, under one D4 transform.

    All batches have one size, for which the step is compiled once; it can be divided among the
    devices. The last patch is repeated where patches are missing: the caller drops what comes after
    the first `count` predictions.

    Args:
      count: of patches; batch: the largest size of a batch.
    """

    def __init__(self, count: int, transform: int, batch: int) -> None:
        super().__init__()
        self.count, self.transform = count, transform
        self.batches = -(-count // batch)
        each = -(-count // max(self.batches, 1))
        self.size = -(-each // devices.used()) * devices.used()

    def __len__(self) -> int:
        return self.batches

    def __getitem__(self, number: int) -> tuple[dict[str, Any]]:
        first = number * self.size
        index = np.arange(first, first + self.size, dtype=np.int32)[:, None]
        index = np.minimum(index, self.count - 1)
        transform = np.full_like(index, self.transform)
        share = np.ones(index.shape, np.float32)
        return ({"index": index, "transform": transform, "share": share},)
