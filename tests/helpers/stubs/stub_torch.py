"""The few names of PyTorch that the README's example uses, for machines without it."""

import sys
import types
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np


class Tensor(np.ndarray):
    """An array with the methods of a tensor that the example calls."""

    def float(self) -> "Tensor":
        return self.astype(np.float32)

    def permute(self, *axes: int) -> "Tensor":
        return self.transpose(axes)

    def mean(self, dim: Any = None, keepdim: bool = False) -> Any:
        return np.mean(np.asarray(self), axis=dim, keepdims=keepdim)

    def std(self, dim: Any = None, keepdim: bool = False) -> Any:
        return np.std(np.asarray(self), axis=dim, ddof=1, keepdims=keepdim)


class DataLoader:
    """Batches of a map-style data set, collated as PyTorch does; `shuffle` reverses the order."""

    def __init__(self, dataset: Sequence[dict], batch_size: int = 1, shuffle: bool = False) -> None:
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __iter__(self) -> Iterator[dict[str, Any]]:
        order = range(len(self.dataset))[:: -1 if self.shuffle else 1]
        for first in range(0, len(order), self.batch_size):
            examples = [self.dataset[n] for n in order[first : first + self.batch_size]]
            yield {key: _collated([one[key] for one in examples]) for key in examples[0]}


def _collated(values: list) -> Any:
    if isinstance(values[0], (bytes, str)):
        return values
    return np.stack(values).view(Tensor)


def install() -> None:
    """Make `import torch` and `from torch.utils.data import DataLoader` work with these."""
    torch, utils, data = (types.ModuleType(f"torch{n}") for n in ("", ".utils", ".utils.data"))
    data.DataLoader = DataLoader
    torch.utils, utils.data = utils, data
    sys.modules.update({"torch": torch, "torch.utils": utils, "torch.utils.data": data})
