"""Scores of novelty: both runtimes compute one number, and far features have a large one."""

import numpy as np
import onnx
import onnxruntime
import pytest

from benchmark.novelty import scores
from benchmark.novelty.arithmetic import InOnnx
from benchmark.novelty.features import Features

SIZE, CLASSES = 12, 3


def features(rng: np.random.Generator, centres: np.ndarray, count: int = 30) -> Features:
    """Features around one centre a class, (8, n, SIZE)."""
    labels = np.repeat(np.arange(len(centres)), count)
    values = centres[labels] + rng.normal(size=(8, len(labels), SIZE))
    names = np.array([f"train/C{label}/{n}" for n, label in enumerate(labels)])
    return Features(values.astype(np.float32), labels, names, names)


@pytest.fixture(scope="module")
def given() -> tuple[Features, np.ndarray, np.ndarray]:
    """Training features of three classes; a last layer that tells them apart."""
    rng = np.random.default_rng(0)
    centres = 8 * np.eye(CLASSES, SIZE)
    return features(rng, centres), 0.3 * np.eye(SIZE, CLASSES), np.array([0.1, 0.0, -0.1])


@pytest.mark.parametrize("name", scores.SCORES)
def test_the_graph_computes_what_numpy_does(name: str, given) -> None:
    score = scores.fitted(name, *given)
    rng = np.random.default_rng(1)
    others = features(rng, 5 * rng.normal(size=(4, SIZE)))
    arithmetic = InOnnx()
    arithmetic.flat(score(arithmetic, "features"), "novelty")
    float32 = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        arithmetic.nodes, "g",
        [onnx.helper.make_tensor_value_info("features", float32, (None, SIZE))],
        [onnx.helper.make_tensor_value_info("novelty", float32, (None,))],
        arithmetic.initializers,
    )  # fmt: skip
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 15)])
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    views = [session.run(None, {"features": view})[0] for view in others.values]
    expected = scores.mean_distances(score, others)
    np.testing.assert_allclose(np.mean(views, axis=0), expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", scores.SCORES)
def test_what_is_far_from_the_training_is_new(name: str, given) -> None:
    score = scores.fitted(name, *given)
    rng = np.random.default_rng(2)
    near = scores.mean_distances(score, features(rng, 8 * np.eye(CLASSES, SIZE)))
    away = np.zeros((1, SIZE))  # between the classes, and in a direction that none has
    away[0, CLASSES:] = 3
    far = scores.mean_distances(score, features(rng, away))
    assert np.median(far) > np.quantile(near, 0.95)


@pytest.mark.parametrize("name", ["max_logit", "energy", "relative_mahalanobis", "vim"])
def test_half_of_the_training_is_below_zero_where_a_score_has_a_sign(name: str, given) -> None:
    distances = scores.mean_distances(scores.fitted(name, *given), given[0])
    assert np.median(distances) == pytest.approx(0, abs=1e-6)


def test_the_distance_is_of_mahalanobis(given) -> None:
    """With many patches the shrinkage is small: distances are those of the true covariance."""
    rng = np.random.default_rng(3)
    train = features(rng, 8 * np.eye(CLASSES, SIZE), 2000)
    score = scores.fitted("mahalanobis", train, *given[1:])
    at = np.zeros((8, 1, SIZE), np.float32)
    at[..., 0], at[..., 5] = 8, 4  # 4 standard deviations from the first class
    found = scores.mean_distances(score, Features(at, np.zeros(1, np.int64), *2 * [np.array("a")]))
    assert found[0] == pytest.approx(4, rel=0.05)


def test_a_feature_that_is_always_zero_breaks_nothing(given) -> None:
    train, kernel, bias = given
    values = train.values.copy()
    values[..., -1] = 0
    dead = Features(values, train.labels, train.ids, train.micrographs)
    for name in scores.SCORES:
        assert np.isfinite(
            scores.mean_distances(scores.fitted(name, dead, kernel, bias), dead)
        ).all()
