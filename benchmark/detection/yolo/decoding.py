"""Decoding with the operations of Keras's backend, for the loss; `networks.grid` has NumPy's."""

from typing import Any

from keras import ops

from tem_virus_dataset.networks.grid import Grid


def decode_boxes(logits: Any, grid: Grid) -> Any:
    """Decode logits (..., positions, 4 or more) to boxes x, y, width, height in pixels."""
    share = ops.sigmoid(logits[..., :4])
    centre = (2 * share[..., :2] - 0.5 + grid.cells) * grid.stride[:, None]
    return ops.concatenate([centre, (2 * share[..., 2:]) ** 2 * grid.anchors], axis=-1)
