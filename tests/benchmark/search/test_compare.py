"""Paired comparison of trials: better, worse, undecided; and the temperature of the other folds."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import small_search

from benchmark.classification import temperature
from benchmark.errors import UsageError
from benchmark.search import compare, log, page, scores
from benchmark.search.scores import Rows

CLASSES = ("Ebola", "Orf", "Papilloma")


def rows(right: float, seed: int = 0, correlated: bool = False) -> Rows:
    """Predictions of 360 patches of 60 micrographs in three folds.

    Args:
      right: probability of the true class, about; correlated: patches of a micrograph are alike.
    """
    rng = np.random.default_rng(seed)
    index = np.repeat(np.arange(60), 6)
    noise = rng.normal(0, 0.1, 60)[index] if correlated else rng.normal(0, 0.1, 360)
    share = np.clip(right + noise, 0.01, 0.98)
    labels = index % 3
    values = np.repeat((1 - share[:, None]) / 2, 3, axis=1)
    values[np.arange(360), labels] = share
    return Rows(labels, np.array([f"{CLASSES[i % 3]}/{i}" for i in index]), index // 20, values)


def by_score(first: Rows, second: Rows) -> dict[str, compare.Difference]:
    return {found.score: found for found in compare.compare(first, second, CLASSES)}


def test_a_better_trial_is_found_in_either_place() -> None:
    worse, better = rows(0.5), rows(0.7, seed=1)
    found = by_score(worse, better)
    assert found["log loss"].better == "second"
    assert found["log loss"].high < 0
    assert found["accuracy"].better == "second"
    assert found["accuracy"].low > 0
    assert by_score(better, worse)["log loss"].better == "first"
    assert set(found) == {
        *compare.LOSSES, "accuracy", "macro F1", *(f"recall of {name}" for name in CLASSES)
    }  # fmt: skip


def test_a_trial_against_itself_is_undecided_without_spread() -> None:
    for found in by_score(rows(0.6), rows(0.6)).values():
        assert (found.difference, found.low, found.high) == (0, 0, 0)
        assert found.better == "undecided"


def test_the_interval_is_that_of_micrographs() -> None:
    """Where patches of a micrograph are alike, 360 of them say no more than 60."""
    alike = by_score(rows(0.6), rows(0.6, seed=1, correlated=True))["log loss"]
    apart = by_score(rows(0.6), rows(0.6, seed=1))["log loss"]
    assert alike.high - alike.low > 1.5 * (apart.high - apart.low)


def test_classes_without_a_patch_do_not_count() -> None:
    sides = []
    for side in (rows(0.5), rows(0.7, seed=1)):
        kept = side.labels != 2
        fields = [getattr(side, field.name)[kept] for field in dataclasses.fields(Rows)]
        sides.append(Rows(*fields))
    found = by_score(*sides)
    assert "recall of Papilloma" not in found
    guesses = sides[1].probabilities.argmax(axis=1)
    hits = [(guesses[sides[1].labels == label] == label) for label in (0, 1)]
    of_class = [
        2 * hit.sum() / (len(hit) + (guesses == label).sum())
        for label, hit in zip((0, 1), hits, strict=True)
    ]
    assert found["macro F1"].second == pytest.approx(np.mean(of_class))


def test_being_unsure_costs_log_loss_but_not_the_calibrated_one() -> None:
    sure = rows(0.5)  # a few predictions are incorrect: else nothing is to calibrate
    unsure = dataclasses.replace(sure, probabilities=temperature.applied(sure.probabilities, 3))
    found = by_score(sure, unsure)
    assert found["log loss"].better == "first"
    raw, calibrated = found["log loss"], found["log loss, calibrated"]
    assert abs(calibrated.difference) < raw.difference / 50


def test_a_patch_takes_no_part_in_its_own_temperature() -> None:
    given = rows(0.7)
    own = given.fold == 0
    swapped = dataclasses.replace(given, labels=np.where(own, (given.labels + 1) % 3, given.labels))
    before, after = scores.calibrated(given), scores.calibrated(swapped)
    assert (before[own] == after[own]).all()
    assert not np.allclose(before[~own], after[~own])


def test_one_fold_has_no_calibrated_log_loss() -> None:
    given = rows(0.7)
    one = Rows(*(getattr(given, field.name)[:60] for field in dataclasses.fields(Rows)))
    assert scores.calibrated(one) is None
    assert "log loss, calibrated" not in by_score(one, one)
    assert "calibrated_log_loss" not in scores.scores(one)


def test_only_what_both_have_is_compared(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    first = small_search.write(tmp_path, "first", 0.5, seeds=(0, 1))
    second = small_search.write(tmp_path, "second", 0.8, seeds=(1, 2))
    second = second.runs_without(1, 0)
    log.write(tmp_path / "log", second)
    assert compare.shared_runs(first, second) == [(1, 1)]
    data = ("--data", "tem_virus/phantom_small")
    assert small_search.do(tmp_path, "compare", "first", "second", *data) == 0
    out = capsys.readouterr().out
    assert "1 runs of both: folds 1 of 2 by session, seeds 1;" in out
    assert "second better" in out
    assert "One seed" in out


def test_other_folds_are_not_compared() -> None:
    first = small_search.trial("first")
    other = dataclasses.replace(first, name="other", assignment="1", groups="micrograph")
    with pytest.raises(
        UsageError, match=r"2 folds by session .* 2 folds by micrograph.*assignment"
    ):
        compare.shared_runs(first, other)
    with pytest.raises(UsageError, match="no fold of one seed that both have"):
        compare.shared_runs(first, dataclasses.replace(first, name="other"))


def test_the_page_names_the_folds_where_the_log_has_several_sets() -> None:
    first = small_search.trial("first")
    other = dataclasses.replace(first, name="other", assignment="0123456789")
    assert first.folds_name not in page.page([first], [])
    text = page.page([first, other], [])
    assert f"by session {first.folds_name}, seeds" in text
    assert "by session 01234567, seeds" in text


def test_the_page_says_what_was_tried_and_what_it_cost(tmp_path: Path) -> None:
    small_search.name_budget(tmp_path, 5)
    small_search.write(tmp_path, "first", 0.5)
    dropped = dataclasses.replace(
        small_search.write(tmp_path, "second", 0.8),
        what="one | two", verdict="dropped", reason="no gain",
    )  # fmt: skip
    log.write(tmp_path / "log", dropped)
    text = page.page(log.read_all(tmp_path / "log"), log.budgets(tmp_path / "log"))
    assert "Budget: 5 CPU hours, named on 2026-01-31. a test" in text
    assert "2 trials took 0.0 CPU hours of 5." in text
    (row,) = [line for line in text.splitlines() if "| second" in line]
    assert "one \\| two" in row
    assert "dropped: no gain" in row
    assert f"{dropped.scores['log_loss']:.4f}" in row
    assert "2 of 2 by session, seeds 0" in row


def compared(folder: Path, capsys: pytest.CaptureFixture, *files: dict[str, str]) -> str:
    """What the command says of two trials of different code, with these hashes of files."""
    for name, code_files in zip(("first", "second"), files, strict=True):
        written = small_search.write(folder, name, 0.5)
        changed = dataclasses.replace(written, code=name, code_files=code_files)
        log.write(folder / "log", changed)
    data = ("--data", "tem_virus/phantom_small")
    assert small_search.do(folder, "compare", "first", "second", *data) == 0
    return capsys.readouterr().out


def test_files_of_different_code_are_named(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    first = {"a/loop.py": "1", "a/same.py": "1", "a/one.py": "1"}
    second = {"a/loop.py": "2", "a/same.py": "1", "a/two.py": "1"}
    out = compared(tmp_path, capsys, first, second)
    named = "a/loop.py, a/one.py (only first), a/two.py (only second)."
    assert f"evaluation differs between the two: {named}" in out
    assert "git diff" not in out


def test_of_older_trials_it_says_how_to_find_the_files(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    out = compared(tmp_path, capsys, {}, {"a/loop.py": "2"})
    assert "In which files is not known: first holds one hash of all." in out
    time = small_search.TIME
    assert (
        f"git diff $(git rev-list -1 --before={time} HEAD) "
        f"$(git rev-list -1 --before={time} HEAD) -- benchmark/classification benchmark/training "
        "benchmark/models benchmark/data"
    ) in out
    assert "first and second hold one hash of all" in compared(tmp_path, capsys, {}, {})


def test_hashes_of_files_are_no_part_of_the_identity_of_a_trial() -> None:
    """Folds that are trained are found by it."""
    trial = small_search.trial("first")
    assert "code_files" not in trial.identity()
    named = dataclasses.replace(trial, code_files={"a/loop.py": "1"})
    assert named.identity_hash() == trial.identity_hash()
