"""What a training prints: that its first step compiles, and a bar only on a terminal."""

import io
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tqdm

from benchmark.training import loop
from benchmark.training.recipe import Recipe

RECIPE = Recipe(epochs=2, patience=2, learning_rate=0.1)
STEPS = 3


class Batches(keras.utils.PyDataset):
    def __len__(self) -> int:
        return STEPS

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        return np.ones((2, 1), np.float32), np.zeros((2, 1), np.float32)


def train(folder: Path) -> loop.History:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.optimizer.build(model.trainable_variables)
    training = loop.Training(
        model, model.variables, STEPS, lambda _: (Batches(), 6), lambda: {"validation_f1": 0.5}, {}
    )
    return loop.train(training, RECIPE, folder)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_redirected_output_has_one_line_and_no_bar(tmp_path: Path, capsys) -> None:
    assert len(train(tmp_path)) == 2
    printed = capsys.readouterr()
    assert printed.err.count(loop.COMPILING) == 1
    assert "\r" not in printed.err + printed.out


def test_a_terminal_shows_that_the_first_step_compiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    train(tmp_path)
    first, *_, last = (line for line in terminal.getvalue().split("\r") if "step" in line)
    assert "0/6" in first
    assert f"{loop.COMPILING}" in terminal.getvalue()
    assert loop.COMPILING not in last
    assert "6/6" in last


def test_the_time_of_compiling_is_left_out_of_the_rate() -> None:
    bar = tqdm.tqdm(total=100, file=Terminal(), mininterval=1)
    clock = 0.0
    bar._time = lambda: clock
    bar.start_t = bar.last_print_t = clock
    progress = loop._Progress(bar)
    progress.on_train_batch_begin(0)
    clock = 60.0
    progress.on_train_batch_end(0)
    for step in range(1, 5):
        progress.on_train_batch_begin(step)
        clock += 2
        progress.on_train_batch_end(step)
    assert bar.format_dict["elapsed"] == 8
    assert bar.format_dict["rate"] == pytest.approx(0.5, rel=0.3)
    bar.close()


def test_of_epochs_of_one_f1_the_one_with_the_lower_loss_is_kept() -> None:
    history = [
        {"validation_f1": f1, "validation_loss": loss}
        for f1, loss in ((0.5, 0.1), (0.6, 0.4), (0.6, 0.3), (0.6, 0.3))
    ]
    assert loop.best_epoch(history) == 3
    assert loop.best_epoch([{"validation_f1": 0.6}] * 2) == 1
