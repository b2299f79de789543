"""Methods on small features with a known answer, and the choice from written rounds."""

import dataclasses
import types
from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from benchmark.classification.data import Data, Patches
from benchmark.errors import BenchmarkError
from benchmark.novelty import compare, features
from benchmark.novelty.features import Features, Round
from benchmark.novelty.rounds import Round as RoundName
from benchmark.open_set import choose, kept_features, network_rows
from benchmark.open_set.methods import METHODS, averaged
from leaderboard.open_set import boards

CENTRES = np.array([[4.0, 1, 1, 1, 1, 1], [1, 4, 1, 1, 1, 1], [1, 1, 4, 1, 1, 1]])
FAR = np.array([1.0, 1, 1, 1, 4, 1])


def patches(rng, centres: np.ndarray, count: int, class_name: str = "Known") -> Features:
    """Features of eight views around each centre, never negative."""
    labels = np.repeat(np.arange(len(centres)), count)
    values = centres[labels] + 0.3 * rng.standard_normal((len(labels), 6))
    views = np.abs(values + 0.1 * rng.standard_normal((8, *values.shape))).astype(np.float32)
    ids = np.array([f"validation/{class_name}/{n}" for n in range(len(labels))])
    return Features(views, labels, ids, ids)


@pytest.fixture(scope="module")
def result() -> Round:
    rng = np.random.default_rng(0)
    kernel = (CENTRES - CENTRES.mean()).T.astype(np.float32)
    return Round(
        ("A", "B", "C"), kernel, np.zeros(3, np.float32), patches(rng, CENTRES, 30),
        patches(rng, CENTRES, 20), patches(rng, FAR[None], 20, "New"), patches(rng, CENTRES, 5),
    )  # fmt: skip


@pytest.mark.parametrize("name", METHODS)
def test_what_lies_far_is_newer(result: Round, name: str) -> None:
    novelty = METHODS[name](result)
    known, left_out = novelty(result.known), novelty(result.left_out)
    assert known.shape == (60,)
    assert compare.auroc(known, left_out) > 0.9


@pytest.mark.parametrize("name", METHODS)
def test_the_order_of_the_views_does_not_matter(result: Round, name: str) -> None:
    novelty = METHODS[name](result)
    other = dataclasses.replace(result.known, values=result.known.values[::-1])
    np.testing.assert_allclose(novelty(other), novelty(result.known), rtol=1e-4, atol=1e-6)


def test_the_nearest_neighbour_is_that_of_scikit_learn(result: Round) -> None:
    train, known = (averaged(part).values[0] for part in (result.train, result.known))
    found = NearestNeighbors(n_neighbors=10, metric="cosine").fit(train).kneighbors(known)[0][:, 9]
    novelty = METHODS["mean_nearest"](result)(result.known)
    np.testing.assert_allclose(novelty, found, atol=1e-5)


def test_a_sum_is_of_distances_in_units_of_their_spread(result: Round) -> None:
    parts = [METHODS[name](result) for name in ("mean_nearest", "mean_mahalanobis")]
    expected = 0.0
    for novelty in parts:
        known = novelty(result.known)
        low, middle, high = np.quantile(known, (0.16, 0.5, 0.84))
        expected = expected + (novelty(result.left_out) - middle) / (high - low)
    found = METHODS["mean_nearest+mahalanobis"](result)(result.left_out)
    np.testing.assert_allclose(found, expected)


def test_probabilities_are_the_mean_over_the_views(result: Round) -> None:
    found = kept_features.probabilities(result, result.known, None)
    logits = result.known.values[3, 7].astype(float) @ result.kernel
    one = np.exp(logits) / np.exp(logits).sum()
    views = result.known.values[:, 7].astype(float) @ result.kernel
    each = np.exp(views) / np.exp(views).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found[7], each.mean(axis=0))
    np.testing.assert_allclose(each[3], one)
    sharper = kept_features.probabilities(result, result.known, 0.5)
    assert sharper.max(axis=1).mean() > found.max(axis=1).mean()
    np.testing.assert_array_equal(sharper.argmax(axis=1), found.argmax(axis=1))


def job(folder: Path, kind: str, number: int, result: Round | None) -> types.SimpleNamespace:
    """What the choice needs of a job, with the features of its round where there are some."""
    record = folder / f"{kind}-{number}.npz"
    if result:
        features.write(record, result)
    return types.SimpleNamespace(
        kind=kind, number=number, round=RoundName(kind, number), record=record, model="small",
        label="quick", seed=0, identity="abc", initialization="scratch",
    )  # fmt: skip


def test_the_best_mean_over_the_classes_is_chosen_and_sessions_choose_nothing(
    result: Round, tmp_path: Path
) -> None:
    lines: list[str] = []
    jobs = [
        job(tmp_path, "classes", 0, result),
        job(tmp_path, "sessions", 0, dataclasses.replace(result, left_out=result.test)),
        job(tmp_path, "sessions", 1, None),
    ]
    jobs[1].identity = "later"
    found = choose.chosen(jobs, "hash", "now", lines.append)
    assert set(found.auroc_of) == set(METHODS)
    assert found.auroc["mean_nearest"] == found.auroc_of["mean_nearest"]["New"]
    assert found.auroc[found.method] == max(found.auroc.values())
    assert found.rounds == ["classes-0", "sessions-0"]
    assert found.identity == "abc, later"
    assert found.initialization == "scratch"
    assert all(0.3 < value < 0.7 for value in found.sessions.values())
    choose.write(tmp_path, found)
    assert choose.read(tmp_path) == found
    assert f"chosen: {found.method}" in choose.table(found)
    missing = job(tmp_path, "classes", 1, None)
    with pytest.raises(BenchmarkError, match=r"expected the features of classes-1\. Train it"):
        choose.chosen([*jobs, missing], "hash", "now", lines.append)
    with pytest.raises(BenchmarkError, match="expected the comparison of methods"):
        choose.read(tmp_path / "nowhere")


def test_a_row_of_the_mirror_has_the_control_of_all_sessions_or_of_none(
    result: Round, tmp_path: Path
) -> None:
    jobs = [job(tmp_path, "single", number, result) for number in range(11)]
    jobs += [job(tmp_path, "sessions", 0, result), job(tmp_path, "sessions", 1, None)]

    def named() -> list[str]:
        return [*map(network_rows.on_board, network_rows.finished_rounds(jobs, "--model small"))]

    classes = [*map(boards.file_name, boards.CLASSES)]
    assert named() == classes
    jobs[-1] = job(tmp_path, "sessions", 1, result)
    assert named() == [*classes, "sessions-0", "sessions-1"]
    jobs[4].record.unlink()
    with pytest.raises(
        BenchmarkError, match=r"single-4\.npz: no such file \(1 of 11 rounds"
    ) as told:
        network_rows.finished_rounds(jobs, "--model small --start transfer")
    assert "Name the version of the code that trained them with --identity" in str(told.value)
    assert str(told.value).endswith("run --model small --start transfer --kinds single sessions")


def test_features_of_an_older_version_are_one_clear_line(result: Round) -> None:
    with pytest.raises(BenchmarkError, match="delete its features"):
        network_rows.predicted(dataclasses.replace(result, test=None), ["mean_nearest"], None)


def test_kept_features_are_read_and_nothing_else_is_loaded(result: Round, tmp_path: Path) -> None:
    file = tmp_path / "network.onnx"
    file.write_bytes(b"weights")
    features.write(kept_features.place(tmp_path, file), result)

    def load() -> tuple[Data, Patches]:
        raise AssertionError("data were read")

    found = kept_features.of_network(file, 32, load, tmp_path)
    np.testing.assert_array_equal(found.known.values, result.known.values)
    file.write_bytes(b"other weights")
    assert not kept_features.place(tmp_path, file).exists()
