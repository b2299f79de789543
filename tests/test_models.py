"""The registered models, to the parameter (paper, Table 2)."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from benchmark import registry, run
from benchmark.errors import BenchmarkError
from benchmark.models.applications import FrozenStatistics
from benchmark.registry import Options
from leaderboard.names import BadNameError

# model: (trainable, total) at 14 classes and 256 pixels; the first two are Table 2's.
PARAMETERS = {
    "custom": (14_649_867, 14_651_401),
    "mobilenet_v2": (87_174_926, 87_209_038),
    "plain_cnn": (1_080_438, 1_082_246),
}


def test_list_prints_every_model_with_its_parameters(capsys: pytest.CaptureFixture) -> None:
    assert run.main(["--list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["model"]: (row["trainable"], row["total"]) for row in rows} == PARAMETERS
    starts = [row["start"] for row in rows if row["model"] == "mobilenet_v2"]
    assert starts == ["transfer", "scratch"]
    assert run.main(["--list"]) == 0
    assert "14,649,867" in capsys.readouterr().out


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_model_gives_probabilities_at_any_size(name: str) -> None:
    network = registry.model(name).build((64, 64, 1), 5, Options())
    found = np.asarray(network(np.zeros((2, 64, 64, 1), np.float32)))
    assert found.shape == (2, 5)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)


def test_the_custom_network_normalizes_after_the_relu_and_concatenates_its_input() -> None:
    network = registry.model("custom").build((256, 256, 1), 14, Options())
    kinds = [type(layer).__name__ for layer in network.layers]
    assert kinds.count("Concatenate") == 4
    assert kinds[1:5] == ["Conv2D", "BatchNormalization", "Conv2D", "BatchNormalization"]
    widths = [m.output.shape[-1] for m in network.layers if isinstance(m, keras.layers.Concatenate)]
    assert widths == [64, 128, 256, 384]
    dropouts = [m.rate for m in network.layers if isinstance(m, keras.layers.Dropout)]
    assert dropouts == [0.2, 0.25, 0.3, 0.35, 0.35]


def test_transfer_reads_the_weights_file_and_frozen_statistics_stay(tmp_path) -> None:
    source = keras.applications.MobileNetV2(
        include_top=False, weights=None, input_shape=(64, 64, 3)
    )
    file = tmp_path / "backbone.weights.h5"
    source.save_weights(file)
    options = Options("transfer", file, frozen_statistics=True)
    network = registry.model("mobilenet_v2").build((64, 64, 1), 3, options)
    (backbone,) = (m.backbone for m in network.layers if isinstance(m, FrozenStatistics))
    for mine, theirs in zip(backbone.get_weights(), source.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    before = [np.array(v) for v in backbone.non_trainable_variables]
    trained = [np.array(v) for v in backbone.trainable_variables]
    network.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    network.fit(np.random.default_rng(0).normal(size=(4, 64, 64, 1)), np.zeros(4), verbose=0)
    for old, new in zip(before, backbone.non_trainable_variables, strict=True):
        np.testing.assert_array_equal(old, np.array(new))
    moved = [
        (old != np.array(v)).any()
        for old, v in zip(trained, backbone.trainable_variables, strict=True)
    ]
    assert any(moved)


def test_a_file_of_other_weights_is_refused_by_name(tmp_path) -> None:
    file = tmp_path / "wrong.weights.h5"
    file.write_bytes(b"not weights")
    with pytest.raises(BenchmarkError, match=r"mobilenet_v2: .*wrong\.weights\.h5.*--weights"):
        registry.model("mobilenet_v2").build((64, 64, 1), 3, Options("transfer", file))


def test_without_network_the_weights_are_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("Network is unreachable")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    monkeypatch.setattr("keras.src.utils.file_utils.config.keras_home", lambda: str(tmp_path))
    with pytest.raises(BenchmarkError, match=r"the download of keras\.applications .*--weights"):
        registry.model("mobilenet_v2").build((64, 64, 1), 3, Options("transfer"))


def test_an_unknown_model_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BenchmarkError, match=r"'resnet': unknown; expected one of custom, mobile"):
        registry.model("resnet")


def test_a_name_is_registered_once() -> None:
    def impostor(shape: tuple, classes: int, options: Options) -> None: ...

    with pytest.raises(BenchmarkError, match="custom is registered twice"):
        registry.register("custom")(impostor)
    assert registry.model("custom").build is not impostor


@pytest.mark.parametrize("name", ["a|b", "my model", "../x", "a" * 65, "a\nb"])
def test_a_name_that_cannot_stand_in_a_table_is_refused(name: str) -> None:
    with pytest.raises(BadNameError, match="model: found"):
        registry.register(name)(lambda shape, classes, options: None)
    assert name not in registry.models()
