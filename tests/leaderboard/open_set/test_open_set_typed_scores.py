"""Scores of the open set that were typed in are refused when the page is rendered."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import made_submission
import pytest

from leaderboard import render
from leaderboard.files.cache import Cache
from leaderboard.open_set import boards, evidence, page, row_scores, rows
from leaderboard.open_set.folder import RowError
from leaderboard.results.record import RecordError

ROW = "texture_features-mahalanobis"
COMMITTED = render.HERE / page.FOLDER / boards.OFFICIAL / ROW


@pytest.fixture(scope="module")
def scores() -> row_scores.Scores:
    return rows.score_folder(COMMITTED, boards.OFFICIAL)


@pytest.fixture
def row(tmp_path: Path) -> Path:
    place = tmp_path / page.FOLDER / boards.OFFICIAL / ROW
    shutil.copytree(COMMITTED, place)
    return place


def edit(row: Path, change: Callable[[dict[str, Any]], object]) -> None:
    fields = json.loads((row / "scores.json").read_text())
    change(fields)
    (row / "scores.json").write_text(json.dumps(fields))


EDITS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "auroc": (lambda f: next(iter(f["seeds"].values())).update(auroc=0.999), "'auroc'"),
    "interval": (lambda f: f["intervals"].update(auroc=[0.9, 1.0]), r"\['intervals'\]"),
    "no spread": (
        lambda f: f.update(residuals={s: [0.0] * len(v) for s, v in f["residuals"].items()}),
        r"\['residuals'\]",
    ),
    "another score": (lambda f: next(iter(f["seeds"].values())).update(best=1.0), "'seeds'"),
    "signatures": (
        lambda f: next(iter(f["signatures"].values())).update(novelty="=ab"), "'signatures'"
    ),
    "sketches": (lambda f: next(iter(f["sketches"].values())).__setitem__(0, 7.5), "'sketches'"),
    "a group's": (lambda f: next(iter(f["called"].values())).update(Ebola=1.0), "'called'"),
}  # fmt: skip


@pytest.mark.parametrize("what", EDITS)
def test_an_edited_file_is_one_clear_line(
    what: str, row: Path, scores: row_scores.Scores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "score_folder", lambda *_: scores)
    root = row.parents[1]
    evidence.check(root)
    change, said = EDITS[what]
    edit(row, change)
    with pytest.raises(RecordError, match=f"{said}.* is not that of the predictions") as caught:
        evidence.check(root)
    assert str(row / "scores.json") in str(caught.value)
    assert str(caught.value).endswith("python -m leaderboard.open_set rescore")  # a row of ours


@pytest.mark.parametrize("name", evidence.LIKENESS)
def test_only_rows_of_this_project_may_lack_what_copies_are_known_by(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = COMMITTED.with_name("contrast_cnn-max_probability")
    place = tmp_path / boards.OFFICIAL / ours.name
    shutil.copytree(ours, place)
    monkeypatch.setattr(rows, "score_folder", lambda *_: rows.read(ours, boards.OFFICIAL).scores)
    edit(place, lambda fields: fields.pop(name))
    evidence.check(tmp_path)
    (place / "origin.json").unlink()
    made_submission.write_card(place, model="contrast_cnn", data=boards.OFFICIAL)
    with pytest.raises(RecordError, match=f"{name}.* is not that of the predictions"):
        evidence.check(tmp_path)


def test_a_sketch_of_another_length_is_refused(row: Path) -> None:
    edit(row, lambda fields: fields["sketches"].update({"0": [1.0]}))
    with pytest.raises(RowError, match="sketches of 0: 1, not 384"):
        rows.read(row, boards.OFFICIAL)


def test_what_was_compared_is_known_until_a_file_changes(
    row: Path, scores: row_scores.Scores, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(row.parents[2] / "cache", "0")
    calls = []
    monkeypatch.setattr(rows, "score_folder", lambda *_: calls.append(1) or scores)
    for _ in range(2):
        evidence.check(row.parents[1], cache)
    assert len(calls) == 1
    edit(row, lambda fields: next(iter(fields["seeds"].values())).update(auroc=0.999))
    with pytest.raises(RecordError, match="auroc"):
        evidence.check(row.parents[1], cache)


def test_a_row_is_read_though_its_scores_are_known(
    row: Path, scores: row_scores.Scores, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(row.parents[2] / "cache", "0")
    monkeypatch.setattr(rows, "score_folder", lambda *_: scores)
    evidence.check(row.parents[1], cache)
    other = row.parents[1] / boards.MIRROR
    other.mkdir()
    row.rename(other / ROW)
    with pytest.raises(RecordError, match="expected novelty_mirror"):
        evidence.check(row.parents[1], cache)


def test_typed_in_scores_fail_what_a_pull_request_must_pass(
    row: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = row.parents[2]
    (root / "records").mkdir()
    arguments = ["--records", str(root / "records"), "--out", str(root), "--no-cache", "--check"]
    assert render.main([*arguments, "records"]) == 0
    edit(row, lambda fields: next(iter(fields["seeds"].values())).update(auroc=0.999))
    capsys.readouterr()
    assert render.main([*arguments, "records"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("name", ["scores.json", "origin.json", "seed0.csv.gz"])
def test_a_device_in_a_row_is_refused_unread(name: str, row: Path) -> None:
    (row / name).unlink()
    (row / name).symlink_to("/dev/zero")
    with pytest.raises(RecordError, match=r"no plain file|a socket or a device"):
        evidence.check(row.parents[1])
