"""The log on disk: costs as they are written, damaged files, and what is committed."""

import gzip
from pathlib import Path

import numpy as np
import pytest
import small_search

from benchmark.errors import BenchmarkError
from benchmark.search import log, options, out_of_fold, page, scores
from benchmark.search.trial import Stopped

TRIALS = log.read_all(options.LOG)


def test_costs_keep_the_log_loss(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (2000, 11))
    values = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    kept = np.exp(-out_of_fold.costs(values).astype(float) / out_of_fold.STEPS)
    labels = rng.integers(0, 11, 2000)
    before, after = (scores.log_losses(labels, p).mean() for p in (values, kept))
    assert after == pytest.approx(before, abs=1e-3)


def test_what_is_impossible_has_the_highest_cost() -> None:
    assert out_of_fold.costs(np.array([[1.0, 0.0]])).tolist() == [[0, out_of_fold.HIGHEST]]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    trial = small_search.write(tmp_path, "first", 0.8)
    file = log.costs_path(tmp_path / "log", trial, 0)
    rows = out_of_fold.read(file, trial.classes)
    before = file.read_bytes()
    out_of_fold.write(file, trial.classes, rows)
    assert file.read_bytes() == before
    assert len(rows) == 36
    assert rows.probabilities().sum(axis=1) == pytest.approx(1)
    assert log.named(tmp_path / "log", trial.config, "first") == trial


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: gzip.compress(gzip.decompress(data).replace(b"micrograph", b"picture")),
        lambda data: gzip.compress(gzip.decompress(data).replace(b"/Orf/", b"/Oak/")),
        lambda data: gzip.compress(gzip.decompress(data).splitlines(True)[0]),
        lambda data: gzip.compress(gzip.decompress(data)[:-1] + b"0000\n"),
        lambda data: b"",
    ],
)  # fmt: skip
def test_damaged_costs_are_refused(tmp_path: Path, damage) -> None:
    trial = small_search.write(tmp_path, "first", 0.8)
    file = log.costs_path(tmp_path / "log", trial, 0)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(BenchmarkError, match=r"first-s0.csv.gz: cannot be read .*Restore it"):
        log.rows(tmp_path / "log", trial)


def test_costs_without_a_fold_that_the_trial_names_are_refused(tmp_path: Path) -> None:
    trial = small_search.write(tmp_path, "first", 0.8)
    file = log.costs_path(tmp_path / "log", trial, 0)
    rows = out_of_fold.read(file, trial.classes)
    out_of_fold.write(file, trial.classes, rows.only(rows.fold == 0))
    with pytest.raises(BenchmarkError, match="no patch of fold 1"):
        log.rows(tmp_path / "log", trial)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "first"}', "null"])
def test_a_damaged_trial_is_refused(tmp_path: Path, text: str) -> None:
    trial = small_search.write(tmp_path, "first", 0.8)
    log.path(tmp_path / "log", trial.config, "first").write_text(text)
    with pytest.raises(BenchmarkError, match=r"first.json: cannot be read .*Restore it"):
        log.read_all(tmp_path / "log")


def test_what_failed_costs_too(tmp_path: Path) -> None:
    stopped = Stopped(0, 1, "the loss is no number", 3600.0, small_search.TIME)
    trial = small_search.trial("first", stopped=(stopped,))
    assert log.spent_hours([trial]) == 1
    assert "0 of 2 by session, seeds none; 1 stopped" in page.page([trial], [])


def test_a_budget_stays_when_a_larger_one_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert small_search.do(tmp_path, "budget", "--cpu-hours", 2, "--reason", "a night") == 0
    assert small_search.do(tmp_path, "budget", "--cpu-hours", 3, "--reason", "a second one") == 0
    assert [named.cpu_hours for named in log.budgets(tmp_path / "log")] == [2, 3]
    assert "0 trials took 0.0 CPU hours of 3." in capsys.readouterr().out
    text = (tmp_path / "log" / "search.md").read_text("utf-8")
    assert "2 CPU hours" in text
    assert "3 CPU hours" in text


def test_a_verdict_needs_a_reason_and_stands_on_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    trial = small_search.write(tmp_path, "first", 0.8)
    data = ("--data", trial.data)
    assert small_search.do(tmp_path, "verdict", "first", "kept", "--reason", " ", *data) == 2
    assert "--reason: found nothing" in capsys.readouterr().err
    assert small_search.do(tmp_path, "verdict", "frist", "kept", "--reason", "good", *data) == 2
    assert "did you mean 'first'" in capsys.readouterr().err
    assert small_search.do(tmp_path, "verdict", "first", "kept", "--reason", "good", *data) == 0
    assert "kept: good" in (tmp_path / "log" / "search.md").read_text("utf-8")


def test_the_committed_page_is_that_of_the_committed_log() -> None:
    text = page.page(TRIALS, log.budgets(options.LOG))
    assert options.PAGE.read_text("utf-8") == text, "python -m benchmark.search table --write"


def test_the_committed_scores_are_those_of_the_committed_costs() -> None:
    for trial in filter(lambda trial: trial.runs, TRIALS):
        values = scores.scores(log.rows(options.LOG, trial))
        assert trial.scores == pytest.approx(values, abs=1e-4), trial.name


def test_no_committed_trial_predicts_a_test_patch() -> None:
    for trial in TRIALS:
        for seed in trial.seeds:
            ids = log.predictions(options.LOG, trial, seed).ids.tolist()
            assert {name.partition("/")[0] for name in ids} <= {"train", "validation"}, trial.name


def test_a_budget_below_what_was_spent_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(log, "spent_hours", lambda trials: 4.4)
    assert small_search.do(tmp_path, "budget", "--cpu-hours", 4.3, "--reason", "a night") != 0
    assert "--cpu-hours 4.3: the trials of the log took 4.40 CPU hours" in capsys.readouterr().err
    assert log.budgets(tmp_path / "log") == []
