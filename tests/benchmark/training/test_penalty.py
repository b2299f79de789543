"""The loss of an epoch, and the penalty on regularized weights beside it."""

from pathlib import Path

import keras
import numpy as np
import pytest

from benchmark.errors import BenchmarkError
from benchmark.training import loop
from benchmark.training.optimizers import compile_for_training
from benchmark.training.recipe import Recipe

# So small a rate that the weights stay as they are.
RECIPE = Recipe(epochs=1, patience=1, learning_rate=1e-12, label_smoothing=0.1)
IMAGES = np.array([[1.0], [-1.0], [0.5], [2.0]], np.float32)
LABELS = np.array([[1, 0], [0, 1], [0, 1], [1, 0]], np.float32)
KERNEL = np.array([[3.0, -4.0]], np.float32)


class Batches(keras.utils.PyDataset):
    def __len__(self) -> int:
        return 2

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        part = slice(2 * number, 2 * number + 2)
        return IMAGES[part], LABELS[part]


def epoch(decay: float, folder: Path) -> dict[str, float]:
    regularizer = keras.regularizers.L2(decay) if decay else None
    dense = keras.layers.Dense(2, "softmax", kernel_regularizer=regularizer)
    model = keras.Sequential([keras.Input((1,)), dense])
    dense.kernel.assign(KERNEL)
    compile_for_training(model, RECIPE, steps=2)
    model.optimizer.build(model.trainable_variables)
    training = loop.Training(
        model, model.variables, 2, lambda _: (Batches(), 4), lambda: {"validation_f1": 0.5}, {}
    )
    (found,) = loop.train(training, RECIPE, folder)
    return found


def cross_entropy() -> float:
    logits = IMAGES @ KERNEL
    log = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    smoothed = LABELS * 0.9 + 0.05
    return float(-(smoothed * log).sum(axis=1).mean())


def test_the_loss_of_a_history_has_no_penalty(tmp_path: Path) -> None:
    found = epoch(10.0, tmp_path)
    assert found["loss"] == pytest.approx(cross_entropy(), rel=1e-5)
    assert found["penalty"] == pytest.approx(250, rel=1e-5)  # 10 (3² + 4²)


def test_a_network_without_regularized_weights_has_no_penalty(tmp_path: Path) -> None:
    found = epoch(0.0, tmp_path)
    assert found["loss"] == pytest.approx(cross_entropy(), rel=1e-5)
    assert "penalty" not in found


def test_an_endless_penalty_ends_the_training(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"the training loss is (inf|nan).*Lower the learning"):
        epoch(1e38, tmp_path)
