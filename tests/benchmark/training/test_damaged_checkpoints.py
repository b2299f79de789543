"""A training whose checkpoint was damaged is that of an undamaged start; nothing is deleted."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from benchmark.errors import BenchmarkError
from benchmark.models import checkpoint
from benchmark.training import loop
from benchmark.training.recipe import Recipe

MADE_WITH = {"learning_rate": 0.1}


class Batches(keras.utils.PyDataset):
    def __len__(self) -> int:
        return 2

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        return np.full((2, 1), number + 1, np.float32), np.zeros((2, 1), np.float32)


def train(folder: Path, epochs: int, units: int = 1, made_with: dict = MADE_WITH) -> list:
    """Return the weights of a training that runs until it has had this many epochs."""
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(units)])
    model.compile(keras.optimizers.Adam(0.1), "mse", run_eagerly=True)  # tracing takes longer
    model.optimizer.build(model.trainable_variables)
    training = loop.Training(
        model, model.variables, 2, lambda _: (Batches(), 4), lambda: {"validation_f1": 0.5},
        made_with,
    )  # fmt: skip
    history = loop.train(training, Recipe(epochs=epochs, patience=9, learning_rate=0.1), folder)
    assert len(history) == epochs
    return [v.numpy().tolist() for v in model.variables]


@pytest.fixture(scope="module")
def undamaged(tmp_path_factory: pytest.TempPathFactory) -> list:
    """The weights of a training of two epochs that nothing befell."""
    return train(tmp_path_factory.mktemp("undamaged"), 2)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:700])


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[content.index(b"\x93NUMPY") + 40] ^= 1
    file.write_bytes(content)


def lose_an_array(file: Path) -> None:
    with np.load(file) as held:
        arrays = {name: held[name] for name in held.files if name != "about"}
    np.savez(file, **arrays)


def hold_a_list(file: Path) -> None:
    with np.load(file) as held:
        arrays = {name: held[name] for name in held.files if name != "about"}
    np.savez(file, about=np.array(json.dumps([1])), **arrays)


DAMAGES = [
    cut, flip_a_bit, lose_an_array, lambda f: f.write_bytes(b""), lambda f: f.write_bytes(b"text"),
    lambda f: f.write_bytes(bytes(5000)), hold_a_list,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("which", ["last.npz", "best-1.npz"])
def test_a_damaged_checkpoint_is_set_aside_and_the_training_begins_anew(
    which: str, damage, undamaged: list, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    if which != "last.npz" and damage is hold_a_list:
        pytest.skip("nothing reads the note of that file")
    train(tmp_path / "run", 1)
    damage(tmp_path / "run" / which)
    content = (tmp_path / "run" / which).read_bytes()
    capsys.readouterr()
    assert train(tmp_path / "run", 2) == undamaged
    warning = [line for line in capsys.readouterr().err.splitlines() if "warning" in line]
    assert len(warning) == 1
    assert str(tmp_path / "run" / which) in warning[0]
    assert "The training begins anew" in warning[0]
    assert (tmp_path / "run" / f"damaged-{which}").read_bytes() == content
    assert train(tmp_path / "run", 2) == undamaged  # and the next time it goes on as ever


def test_a_kept_epoch_that_is_gone_begins_the_training_anew(
    undamaged: list, tmp_path: Path
) -> None:
    train(tmp_path / "run", 1)
    (tmp_path / "run" / "best-1.npz").unlink()
    assert train(tmp_path / "run", 2) == undamaged


def test_a_checkpoint_of_another_network_is_refused_and_kept(tmp_path: Path) -> None:
    train(tmp_path, 1, units=2)
    content = (tmp_path / "last.npz").read_bytes()
    with pytest.raises(BenchmarkError, match=r"of shape \(1, 2\); expected .* of shape \(1, 1\)"):
        train(tmp_path, 2)
    assert (tmp_path / "last.npz").read_bytes() == content


def test_a_checkpoint_of_other_settings_is_refused_and_kept(tmp_path: Path) -> None:
    settings = {"seed": 0, "recipe": {"learning_rate": 0.2, "epochs": 2}, "data": "ab" * 32}
    train(tmp_path, 1, made_with=settings)
    changed = settings | {"recipe": {"learning_rate": 0.1, "epochs": 2}, "data": "cd" * 32}
    with pytest.raises(BenchmarkError) as caught:
        train(tmp_path, 2, made_with=changed)
    assert str(caught.value) == (
        f"{tmp_path / 'last.npz'}: was started with recipe.learning_rate=0.2, content hash of the "
        "data=abababababababababab; expected recipe.learning_rate=0.1, content hash of the "
        "data=cdcdcdcdcdcdcdcdcdcd. Delete it: the run then starts from the beginning."
    )
    assert (tmp_path / "last.npz").exists()


def test_a_training_goes_on_though_the_file_of_its_weights_was_renamed(tmp_path: Path) -> None:
    def origin(name: str, digest: str) -> dict[str, object]:
        return {"origin": {"code": "1", "weights": {"file": name, "sha256": digest}}}

    undamaged = train(tmp_path / "undamaged", 2)
    train(tmp_path / "run", 1, made_with=origin("ours.onnx", "ab"))
    with pytest.raises(BenchmarkError, match=r"with sha256 of the weights=ab; expected .*=cd"):
        train(tmp_path / "run", 2, made_with=origin("ours.onnx", "cd"))
    assert train(tmp_path / "run", 2, made_with=origin("theirs.onnx", "ab")) == undamaged


def test_a_training_of_another_backend_is_refused_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(tmp_path, 1)
    content = (tmp_path / "last.npz").read_bytes()
    monkeypatch.setattr(loop, "_backend", lambda: "other")
    said = rf"with Keras on {keras.backend.backend()}; expected other.* Set KERAS_BACKEND="
    with pytest.raises(BenchmarkError, match=said):
        train(tmp_path, 2)
    assert (tmp_path / "last.npz").read_bytes() == content


def test_a_checkpoint_of_an_earlier_version_goes_on(
    undamaged: list, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = checkpoint.save

    def as_before(path: Path, variables: list, about: dict | None = None) -> None:
        save(path, variables, {k: v for k, v in (about or {}).items() if k != "backend"})

    monkeypatch.setattr(checkpoint, "save", as_before)
    train(tmp_path / "two", 1)
    assert train(tmp_path / "two", 2) == undamaged


def test_a_file_that_may_not_be_read_is_not_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "last.npz").mkdir()  # as a file without permission, also for root
    with pytest.raises(BenchmarkError, match="cannot be read") as caught:
        train(tmp_path, 1)
    assert not isinstance(caught.value, checkpoint.DamagedError)
    assert (tmp_path / "last.npz").is_dir()
