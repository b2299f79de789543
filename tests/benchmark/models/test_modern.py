"""What recipe `modern` brings: arithmetic in bfloat16, the pooled head, its own settings."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
import small_data
from reference import predictions_under_d4
from running import FAST, do_inside, only_record, scores_of_predictions

from benchmark.classification import evaluate, recipes
from benchmark.errors import BenchmarkError
from benchmark.models import registry
from benchmark.models.registry import Options
from benchmark.report import sources
from benchmark.training.compiling import check_output, check_positions, computing_in
from leaderboard.predictions import classification as predictions
from leaderboard.results import store as records

NEAR = 0.03  # how far probabilities may differ: bfloat16 keeps eight bits of each number on the way


@pytest.fixture(scope="module")
def coarse(data_file: Path, once: Callable[..., Path]) -> Path:
    """A folder with the run and the record of d4_cnn, trained in bfloat16; only to be read."""
    # Patience 4 of the recipe stops no run of 2 epochs.
    fast = [text for text in FAST if not text.startswith("patience=")]
    settings = [*fast, "precision=bfloat16", "epochs=2", "learning_rate=0.01"]

    def fill(folder: Path) -> None:
        assert do_inside(folder, "--models", "d4_cnn", "--data", data_file, *settings) == 0

    return once("coarse", fill)


def dtype(array: object) -> str:
    return keras.backend.standardize_dtype(array.dtype)


def test_coarse_probabilities_are_refused_before_the_training() -> None:
    with computing_in("bfloat16"):
        network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
    with pytest.raises(BenchmarkError, match=r"mine: its probabilities are bfloat16; .*dtype="):
        check_output("mine", network, 3)


def network_of(*outputs: str) -> keras.Model:
    """Return a network that ends in a dense layer of each activation; "nan" gives NaN."""
    image = keras.Input((8, 8, 1))
    x = keras.layers.Flatten()(image)
    ends = [
        keras.layers.Rescaling(float("nan"))(keras.layers.Dense(3)(x))
        if name == "nan"
        else keras.layers.Dense(3, activation=name)(x)
        for name in outputs
    ]
    return keras.Model(image, ends if len(ends) > 1 else ends[0])


def test_a_model_of_ones_own_must_give_probabilities() -> None:
    check_output("mine", network_of("softmax"), 3)
    for network, classes, said in (
        (network_of("softmax"), 4, r"has the shape \(batch, 3\); expected \(batch, 4\)"),
        (network_of("linear"), 3, r'sum to .*; expected probabilities.*activation="softmax"'),
        (network_of("sigmoid"), 3, r"sum to .*; expected probabilities"),
        (network_of("nan"), 3, "numbers that are not finite"),
        (network_of("softmax", "softmax"), 3, "returns a Functional of 2 outputs"),
        (None, 3, "returns a NoneType of 0 outputs; expected a keras.Model"),
    ):
        with pytest.raises(BenchmarkError, match=f"mine: .*{said}"):
            check_output("mine", network, classes)
    detector = registry.model("yolov5n").build((None, None, 1), 3, Options())
    check_positions("mine", detector, 3)
    with pytest.raises(BenchmarkError, match=r"\(batch, None, 8\); expected .*, 7\)"):
        check_positions("mine", detector, 2)


def test_layers_compute_in_bfloat16_and_their_weights_are_float32() -> None:
    before = keras.config.dtype_policy()
    with computing_in("bfloat16"):
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
        network = registry.model("d4_cnn").build((32, 32, 1), 3, Options())
        layer = keras.layers.Conv2D(2, 3)
    assert keras.config.dtype_policy() == before
    pictures = np.random.default_rng(0).normal(size=(2, 32, 32, 1)).astype(np.float32)
    assert dtype(layer(pictures)) == "bfloat16"
    features = keras.Model(network.input, network.layers[-2].output)
    assert dtype(features(pictures)) == "bfloat16"
    assert dtype(network(pictures)) == "float32"  # the probabilities
    kept = [*layer.variables, *network.trainable_variables, *network.non_trainable_variables]
    weights = [variable for variable in kept if "seed" not in variable.path]
    assert len(weights) > 20
    assert {weight.dtype for weight in weights} == {"float32"}


def test_float32_is_restored_after_an_error() -> None:
    before = keras.config.dtype_policy()
    with pytest.raises(BenchmarkError, match="unknown"), computing_in("bfloat16"):
        registry.model("none")
    assert keras.config.dtype_policy() == before


def test_the_pooled_head_is_one_layer_on_the_mean_of_the_features() -> None:
    network = registry.model("mobilenet_v2").build((64, 64, 1), 5, Options(global_pooling=True))
    backbone = keras.applications.MobileNetV2(
        include_top=False, weights=None, input_shape=(64, 64, 3)
    )
    assert network.count_params() == backbone.count_params() + (1280 + 1) * 5
    kinds = [type(layer).__name__ for layer in network.layers]
    assert "Flatten" not in kinds
    assert kinds[-3:] == ["GlobalAveragePooling2D", "Dropout", "Dense"]


def test_transforms_change_the_prediction_less_than_bfloat16(
    like_trained: keras.Model,
) -> None:
    with computing_in("bfloat16"):
        network = registry.model("d4_cnn").build((64, 64, 1), 5, Options())
    network.set_weights(like_trained.get_weights())
    found, exact = predictions_under_d4(network), predictions_under_d4(like_trained)
    assert np.abs(found - exact).max() > 1e-5, "it computed in float32"
    assert np.ptp(exact[0], axis=0).max() > 4 * NEAR, "it predicts the same for every image"
    assert np.ptp(found, axis=0).max() < NEAR
    assert np.abs(found - exact).max() < NEAR


@pytest.mark.parametrize(
    ("initialization", "model", "tta", "pooled"),
    [
        ("scratch", "plain_cnn", 8, False),
        ("scratch", "d4_cnn", 1, False),  # it is invariant to the D4 transforms
        ("scratch", "d4_cnn_wide", 1, False),
        ("transfer", "mobilenet_v2", 8, True),
    ],
)
def test_the_settings_are_those_of_the_readme(
    initialization: str, model: str, tta: int, pooled: bool
) -> None:
    label, modern = recipes.recipe("modern", initialization, model=model)
    assert label == "modern"
    assert (modern.optimizer, modern.cosine, modern.precision) == ("adamw", True, "bfloat16")
    assert min(modern.warmup_epochs, modern.label_smoothing, modern.mixup, modern.weight_decay) > 0
    assert (modern.tta, modern.global_pooling) == (tta, pooled)
    _, brief = recipes.recipe("brief", initialization, model=model)
    assert modern.epochs > brief.epochs
    for name in (
        "learning_rate", "batch_size", "weight_decay", "warmup_epochs", "label_smoothing", "mixup",
        "tta",
    ):  # fmt: skip
        assert getattr(modern, name) == getattr(brief, name), name
    label, exact = recipes.recipe("modern", initialization, ["precision=float32"], model)
    assert (label, exact.precision) == ("modern+precision=float32", "float32")


def test_a_run_in_bfloat16_says_so_and_its_predictions_give_its_scores(coarse: Path) -> None:
    record = only_record(coarse)
    assert "+precision=bfloat16" in record.recipe
    assert record.recipe_settings["precision"] == "bfloat16"
    for split in ("validation", "test"):
        assert vars(scores_of_predictions(coarse, record, split)) == getattr(record, split)


def test_its_weights_predict_the_same_in_float32(coarse: Path) -> None:
    record, test = only_record(coarse), small_data.small_data().splits["test"]
    file = records.predictions_path(coarse / "records", record, "test")
    expected = predictions.read(file, list(test.ids), tuple(record.classes))
    with np.load(next((coarse / "runs").rglob(f"best-{record.best_epoch}.npz"))) as stored:
        kinds = {str(stored[name].dtype) for name in stored.files if name != "about"}
    assert kinds <= {"float32", "uint32", "int32", "int64"}, "integers are seeds"
    network = sources.network(record, coarse / "runs")
    found = evaluate.predictor(network, test, sources.recipe(record))(1)
    assert {layer.compute_dtype for layer in network.layers} == {"float32"}
    sources.check_weights(record, found, expected)
    with pytest.raises(sources.NotHereError, match="they belong to another run"):
        sources.check_weights(record, found[::-1], expected)
