"""Scores under hard conditions that were typed in are refused when the page is rendered."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import made_conditions
import made_submission
import numpy as np
import pytest
from restored import restored

from leaderboard import render, submit_conditions
from leaderboard.files.cache import Cache
from leaderboard.results.conditions import ConditionScores
from leaderboard.results.record import RecordError
from leaderboard.submission import condition_evidence
from leaderboard.submission import conditions as submissions


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A board with one submission, handed in; its files are put back after each change."""
    folder = tmp_path_factory.mktemp("typed_scores")
    with pytest.MonkeyPatch.context() as patched:
        made_conditions.ship(patched, folder / "tables")
        (folder / "records").mkdir()
        made_conditions.write_submission(folder / "hard_conditions" / "submissions" / "theirs")
        assert submit_conditions.main(["theirs", "--root", str(folder)]) == 0
        yield folder / "hard_conditions"


@pytest.fixture(scope="module")
def scored(template: Path) -> list[ConditionScores]:
    return submissions.read(template / "submissions" / "theirs")


@pytest.fixture
def root(template: Path) -> Iterator[Path]:
    yield from restored(template)


def edit(root: Path, change: Callable[[dict[str, Any]], object]) -> None:
    file = next(root.glob("*/*-s1.json"))
    fields = json.loads(file.read_text())
    change(fields)
    file.write_text(json.dumps(fields))


def perfect(fields: dict[str, Any]) -> None:
    for cell in fields["cells"]:
        cell["confusion"] = np.diag(np.sum(cell["confusion"], axis=1)).tolist()
        cell["intervals"] = {name: [0.99, 1.0] for name in cell["intervals"]}


EDITS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "perfect scores": (perfect, r"\['cells'\]\[0\]\['confusion'\].* is not that of the"),
    "no spread": (
        lambda f: f.update(residuals={name: [0.0] * len(v) for name, v in f["residuals"].items()}),
        r"\['residuals'\]",
    ),
    "another signature": (lambda f: f.update(signature="=ab cd"), r"\['signature'\]"),
    "better calibrated": (lambda f: f["cells"][0].update(calibration_error=0.0), "calibration"),
    "other notes": (lambda f: f.update(notes="verified"), r"\['notes'\]"),
    "taken back": (lambda f: f.update(retired="withdrawn: x"), r"\['retired'\]"),
    "interval without its score": (
        lambda f: f["cells"][0]["intervals"].update(f1=[0.99, 1.0]), "one from 0 to 1"
    ),
    "interval reversed": (
        lambda f: f["cells"][0]["intervals"].update(f1=[0.9, 0.8]), "one from 0 to 1"
    ),
    "huge residuals": (
        lambda f: f.update(residuals={name: [1e300] * 142 for name in f["residuals"]}), "at most 1"
    ),
    "few residuals": (
        lambda f: f.update(residuals={name: [0.0] * 2 for name in f["residuals"]}), "expected 142"
    ),
    "a row of ours": (lambda f: f.update(provenance="reproduced"), "submission: expected"),
    "provenance": (lambda f: f.update(provenance="verified"), "reproduced or submitted"),
    "the future": (lambda f: f.update(created="2099-01-01T00:00:00+00:00"), "not to come"),
    "no time": (lambda f: f.update(created="<b>"), "created: found"),
    "notes of two lines": (lambda f: f.update(notes="a\n# b"), "notes: expected one line"),
    "notes turned around": (lambda f: f.update(notes="a\u202eb"), "notes: expected one line"),
    "notes of 1 MB": (lambda f: f.update(notes="n" * 10**6), "notes: expected one line"),
    "an unknown condition": (lambda f: f.update(trained_with=["x|y"]), "trained_with: expected"),
    "a network": (
        lambda f: f.update(network={"file": "a", "sha256": "0" * 64}), "network: expected"
    ),
    "version": (lambda f: f.update(version="9"), "version: found 9"),
    "classes reversed": (lambda f: f.update(classes=f["classes"][::-1]), "classes: found"),
}  # fmt: skip


@pytest.mark.parametrize("what", EDITS)
def test_an_edited_file_is_one_clear_line(
    what: str, root: Path, scored: list[ConditionScores], monkeypatch: pytest.MonkeyPatch
) -> None:
    change, said = EDITS[what]
    edit(root, change)
    monkeypatch.setattr("leaderboard.submission.conditions.read", lambda _: scored)
    with pytest.raises(RecordError, match=said):
        condition_evidence.check(root)


LOSSES: dict[str, tuple[Callable[[Path], object], str]] = {
    "predictions": (
        lambda root: (root / "submissions" / "theirs" / "seed1.csv.gz").unlink(), "seed1"
    ),
    "scores of a seed": (
        lambda root: next(root.glob("*/*-s1.json")).unlink(), "no scores of seed 1"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", LOSSES)
def test_nothing_can_be_left_out(what: str, root: Path) -> None:
    lose, said = LOSSES[what]
    lose(root)
    with pytest.raises(RecordError, match=said):
        condition_evidence.check(root)


def test_what_was_compared_is_known_until_a_file_changes(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cache = Cache(root.parent / "cache", "0")
    condition_evidence.check(root, cache)
    with monkeypatch.context() as patched:  # no file of predictions is opened
        patched.setattr("leaderboard.submission.conditions.read", made_submission.page)
        condition_evidence.check(root, cache)
    link = root / "submissions" / "theirs" / "seed9.csv.gz"
    link.symlink_to("/dev/zero")
    with pytest.raises(RecordError, match=r"'seed9.csv.gz' is no plain file"):
        condition_evidence.check(root, cache)
    link.unlink()
    edit(root, lambda fields: fields.update(notes="verified"))
    with pytest.raises(RecordError, match="notes"):
        condition_evidence.check(root, cache)
    arguments = ["--records", str(root.parent / "records"), "--out", str(root.parent)]
    assert render.main([*arguments, "--no-cache", "--check", "records"]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "Write it again: python -m leaderboard.submit_conditions theirs" in error
