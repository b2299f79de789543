"""Invented test sets: their truth is that of many, and the command prints what was measured."""

from pathlib import Path

import numpy as np
import pytest

from leaderboard.simulation import __main__ as simulation
from leaderboard.simulation import classifiers, coverage, detectors, settings, tables
from leaderboard.simulation.classifier_setting import Setting
from leaderboard.simulation.methods import Method
from leaderboard.simulation.sample import Sample


@pytest.mark.parametrize("model, spread", [("beta", 0.2), ("logistic", 1.5)])
def test_the_mean_of_test_sets_is_their_truth(model: str, spread: float) -> None:
    setting = Setting("mirror_11class", model, 0.1, spread, 1)
    rng = np.random.default_rng(0)
    samples = list(classifiers.samples(setting, 100, rng))
    gaps = [one.scores["accuracy"][0] - one.networks["accuracy"] for one in samples]
    assert abs(np.mean(gaps)) < 3 * np.std(gaps) / 10
    assert np.std(gaps) == pytest.approx(
        np.sqrt(np.mean([(one.residuals["accuracy"] ** 2).sum() for one in samples])), rel=0.25
    )


def test_resampled_micrographs_are_those_of_committed_runs() -> None:
    setting = Setting("mirror_11class", "resampled plain_cnn-scratch-brief", 0, 0, 2)
    (sample,) = classifiers.samples(setting, 1, np.random.default_rng(0))
    assert sample.residuals["f1"].shape == (2, 142)
    assert 0.9 < sample.method["accuracy"] < 1


def test_a_detector_has_a_truth_of_its_own() -> None:
    setting = detectors.Setting(settings.BOXES, "logistic", 40, seeds=2, ap=True)
    samples = list(detectors.samples(setting, 3, np.random.default_rng(0)))
    assert {len(one.scores["ap50_95"]) for one in samples} == {2}
    assert samples[0].residuals["ap50"].shape == (2, 40)
    assert 0.5 < samples[0].method["ap50"] < 1
    assert samples[0].method["ap50_95"] < samples[0].method["ap50"]


def test_coverage_counts_both_sides() -> None:
    residuals = {"f1": np.full((1, 50), 0.001) * np.tile([1, -1], 25)}
    samples = [
        Sample({"f1": np.array([0.9])}, residuals, {"f1": truth}, {"f1": 0.0})
        for truth in (0.9, 0.9, 0.5, 0.99)
    ]
    found = coverage.measure(samples)["f1"]
    assert (found.covered, found.below, found.above) == (50, 25, 25)


def test_a_row_that_is_far_behind_is_found() -> None:
    setting = Setting("mirror_11class", "beta", 0.05, 0.1)
    found = tables.measure(tables.Family(setting, 2, (3,), 0.3), 5, np.random.default_rng(0))
    assert found.detected == 100


def test_a_method_that_is_behind_is_so_by_the_wanted_difference() -> None:
    setting = Setting("mirror_11class", "logistic", 0.05, 1.5)
    method = Method.invented(setting, np.random.default_rng(0))
    worse = method.behind(0.04)
    assert method.expected("f1") - worse.expected("f1") == pytest.approx(0.04, abs=1e-6)


def test_the_command_prints_and_writes_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    out = tmp_path / "simulation.md"
    arguments = ["--model", "beta", "--repeats", "4", "--seeds", "2", "--out", str(out)]
    assert simulation.main(arguments) == 0
    text = out.read_text()
    assert capsys.readouterr().out == text
    assert "| mirror_11class, beta, error 0.05, spread 0.2, 2 seeds | own |" in text


@pytest.mark.parametrize("option", [["--error", "0.1"], ["--data", "mirror_11class"]])
def test_an_option_that_would_do_nothing_is_refused(
    option: list[str], capsys: pytest.CaptureFixture
) -> None:
    with pytest.raises(SystemExit) as caught:
        simulation.main(["--only", "tables", "--repeats", "1", *option])
    assert caught.value.code == 2
    assert f"{option[0]} is of one setting; expected --model" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--repeats", "0"], "whole number, 1 or more"),
        (["--model", "gamma"], "expected beta, logistic, resampled contrast_cnn-scratch-steady"),
        (["--model", "resampled plain_cnn"], "resampled plain_cnn-scratch-brief"),
        (["--data", "none"], "one of mirror_11class"),
        (["--spread", "1.5"], "below 1"),
        (["--model", "resampled plain_cnn-scratch-brief", "--seeds", "9"], "expected 3 at most"),
        (["--model", "resampled plain_cnn-scratch-brief", "--error", ".1"], "have their own"),
        (["--only", "tables"], "--model is of classifiers"),
        (["--out", "."], "is a folder, expected a Markdown file"),
    ],
)
def test_bad_options_end_with_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture
) -> None:
    with pytest.raises(SystemExit) as caught:
        simulation.main(["--model", "beta", *arguments])
    assert caught.value.code == 2
    assert said in capsys.readouterr().err
