"""The registered models, to the parameter (paper, Table 2)."""

import dataclasses
import json
from pathlib import Path

import keras
import numpy as np
import pytest
from project_paths import ROOT
from published_facts import TABLE_2

from benchmark import run, tasks
from benchmark.classification import recipes
from benchmark.classification.task import TASK
from benchmark.detection.recipes import DetectionRecipe
from benchmark.errors import BenchmarkError
from benchmark.models import flops, registry
from benchmark.models.imagenet import FrozenStatistics
from benchmark.models.layers import d4
from benchmark.models.registry import Model, Options
from benchmark.runs import table2
from leaderboard.files.names import BadNameError

# model: (trainable, total) at 14 classes and 256 pixels; the trainable ones are Table 2's.
PARAMETERS = {
    "custom": (14_649_867, 14_651_401),
    "densenet201": (144_987_022, 145_216_078),
    "inception_v3": (98_330_798, 98_365_230),
    "mobilenet_v2": (87_174_926, 87_209_038),
    "resnet50": (158_817_294, 158_870_414),
    "resnet50_v2": (158_802_062, 158_847_502),
    "vgg16": (49_334_094, 49_334_094),
    "vgg19": (54_643_790, 54_643_790),
    "xception": (156_089_654, 156_144_182),
}
OURS = {
    "contrast_cnn": (1_084_238, 1_086_046),
    "d4_cnn": (135_148, 135_374),
    "d4_cnn_wide": (303_136, 303_474),
    "fine_cnn": (1_085_006, 1_086_814),
    "plain_cnn": (1_080_438, 1_082_246),
}
DETECTORS = {  # of one channel and 14 classes; at three and 80 test_yolov5.py has them
    "yolov5n": (1_792_075, 1_801_725),
    "yolov5s": (7_096_299, 7_115_581),
    "yolov5m": (21_105_483, 21_143_037),
    "yolov5l": (46_696_747, 46_758_333),
    "yolov5x": (87_326_091, 87_417_469),
}
SMALLEST = {"inception_v3": 75, "xception": 71}  # pixels that the architecture can do with


def test_list_names_every_model_with_its_parameters(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = flops.flops_if_known  # takes as long as building a network
    small = 20_000_000
    monkeypatch.setattr(
        flops, "flops_if_known", lambda n: count(n) if n.count_params() < small else None
    )
    assert run.main(["--list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["model"]: (row["trainable"], row["total"]) for row in rows} == {
        **PARAMETERS,
        **OURS,
        **DETECTORS,
    }
    starts = [row["initialization"] for row in rows if row["model"] == "vgg16"]
    assert starts == ["transfer", "scratch"]
    assert {row["flops"] // 10**8 for row in rows if row["model"] == "custom"} == {109}


@pytest.mark.parametrize("values", [False, True])
def test_a_model_of_ones_own_is_listed_whatever_its_size(
    values: bool, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without values, more than any memory holds; with them, where its function needs them."""
    units = 10 if values else 10**9

    def build(shape: tuple, classes: int, options: Options) -> keras.Model:
        first = keras.layers.Dense(units)
        network = keras.Sequential([keras.Input(shape), keras.layers.Flatten(), first])
        if values:
            keras.Variable(np.asarray(first.kernel))  # refused where no variable has a value
        return network

    monkeypatch.setattr(registry, "models", lambda: {"mine": Model("mine", ("scratch",), build)})
    assert run.main(["--list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["trainable"] == row["total"] == (256 * 256 + 1) * units
    assert row["flops"] == 2 * 256 * 256 * units


def test_list_prints_a_table(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    custom = registry.model("custom")
    monkeypatch.setattr(registry, "models", lambda: {"custom": custom})
    assert run.main(["--list"]) == 0
    printed = capsys.readouterr().out
    assert "GFLOP" in printed
    assert "14,649,867" in printed


def test_the_rows_of_table_2_are_the_papers() -> None:
    printed = [[name.lower(), start, split, str(n)] for split, name, start, n, *_ in TABLE_2]
    splits = {table2.REPRESENTATIVE: "representative", table2.WORST_CASE: "worst_case"}
    mine = [
        [row.model.replace("_", ""), row.initialization, splits[row.data], str(row.parameters)]
        for row in table2.ROWS
    ]
    total, trainable = PARAMETERS["custom"][::-1]
    assert mine[0] == ["custom", "scratch", "representative", str(trainable)]
    mine[0][-1] = str(total)  # one network: the table prints its total in this row
    assert mine == printed


def test_every_row_of_table_2_is_a_registered_start_with_its_parameters() -> None:
    for row in table2.ROWS:
        assert row.initialization in registry.model(row.model).initializations
        assert row.parameters == PARAMETERS[row.model][0]
    assert len(table2.ROWS) == 15


@pytest.mark.parametrize("name", [*PARAMETERS, *OURS])
def test_a_model_gives_probabilities_at_any_size(name: str) -> None:
    side = SMALLEST.get(name, 64)
    network = registry.model(name).build((side, side, 1), 5, Options())
    found = np.asarray(network(np.zeros((2, side, side, 1), np.float32)))
    assert found.shape == (2, 5)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("name", recipes.SMALLEST)
def test_the_smallest_patches_of_a_network_are_its_smallest(name: str) -> None:
    side = recipes.SMALLEST[name]
    registry.model(name).build((side, side, 1), 3, Options())
    with pytest.raises(ValueError, match="size"):
        registry.model(name).build((side // 2, side // 2, 1), 3, Options())


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
    options = Options("transfer", file, freeze_batch_norm=True)
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
    with pytest.raises(
        BenchmarkError,
        match=r"'resnet': unknown, did you mean 'resnet50'\?; expected one of .*\bcustom, .*vgg16",
    ):
        registry.model("resnet")


def test_a_change_of_what_a_model_takes_from_is_a_change_of_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: registry.model(name).code() for name in ("d4_cnn", "vgg16", "plain_cnn")}
    changed = tmp_path / "d4.py"
    changed.write_bytes(Path(d4.__file__).read_bytes() + b"# changed")
    monkeypatch.setattr(d4, "__file__", str(changed))
    after = {name: registry.model(name).code() for name in before}
    assert after.pop("d4_cnn") != before.pop("d4_cnn")
    assert after == before


def test_a_record_states_what_the_weights_of_a_model_were_trained_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "_MODELS", {**registry.models()})
    own = registry.register("own", (registry.TRANSFER,), pretraining="CEM500K")
    own(lambda shape, classes, options: None)
    stated = [TASK.pretraining(name, registry.TRANSFER, None) for name in ("own", "vgg16")]
    assert stated == ["CEM500K", "ImageNet"]
    assert TASK.pretraining("own", registry.SCRATCH, None) == "none"


def test_the_document_names_every_model_recipe_and_setting() -> None:
    text = (ROOT / "docs" / "benchmark.md").read_text("utf-8")
    settings = {field.name for field in dataclasses.fields(DetectionRecipe)}
    names = {*registry.models(), *tasks.recipe_names(), *settings}
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []


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
