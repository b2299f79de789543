"""Networks on the official patches: which are predicted, what is written, that it is once."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import small_data
import small_official

from benchmark.classification import evaluate
from benchmark.errors import BenchmarkError
from benchmark.network_files import keep
from benchmark.official import patches as official_patches
from benchmark.official import score
from benchmark.official.__main__ import main
from benchmark.runs import trained
from leaderboard.metrics import classification as metrics
from leaderboard.render import render
from leaderboard.results import official
from leaderboard.results import store as records
from leaderboard.results.official import OfficialScores
from leaderboard.results.record import Record, RecordError

DATA = "tem_virus/small_11class"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    small_official.write(tmp_path / "official_test")
    small_official.expect(monkeypatch, tmp_path / "official_test")
    return tmp_path / "official_test"


@pytest.fixture
def record(small: Path, tmp_path: Path) -> Record:
    """The small run, as if its data were real; its record and weights in folders of its own."""
    (first,) = records.read_all(small / "records")
    changed = dataclasses.replace(first, data=DATA, predictions=None)
    records.write(tmp_path / "records", changed)
    shutil.copytree(small / "runs" / first.config, tmp_path / "runs" / changed.config)
    return changed


def command(tmp_path: Path, record: Record, folder: Path) -> list[str]:
    file = records.path(tmp_path / "records", record)
    return [str(file), "--folder", str(folder), "--runs", str(tmp_path / "runs")]


def written(tmp_path: Path, record: Record) -> OfficialScores:
    return official.read(official.path(tmp_path / "records", record))


def test_known_classes_are_scored_and_others_stay_unread(
    folder: Path, record: Record, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    for file in (folder / "test/Influenza").iterdir():
        file.write_bytes(b"no image, and nobody opens it")
    assert main(command(tmp_path, record, folder)) == 0
    found = written(tmp_path, record)
    assert (found.patches, found.micrographs, found.classes) == (9, 6, list(small_data.CLASSES))
    known = official_patches.read(folder, small_data.CLASSES)
    assert known.labels.tolist() == [0] * 3 + [1] * 3 + [2] * 3
    network, _ = trained.network(record, tmp_path / "runs")
    predicted = evaluate.predictor(network, known, trained.recipe(record))(8).argmax(axis=1)
    expected = metrics.scores(known.labels, predicted, 3)
    assert found.scores == pytest.approx(dataclasses.asdict(expected))
    assert found.intervals["f1"][0] <= found.scores["f1"] <= found.intervals["f1"][1]
    assert found.network["file"] == "best-2.npz"
    assert "9 official patches of 6 micrographs, 3 of 14 classes" in capsys.readouterr().out


def test_a_network_is_scored_once(
    folder: Path, record: Record, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert main(command(tmp_path, record, folder)) == 0
    file = official.path(tmp_path / "records", record)
    first = file.read_bytes()
    assert main(command(tmp_path, record, tmp_path / "nowhere")) == 0
    assert "scored before" in capsys.readouterr().out
    assert file.read_bytes() == first
    again = dataclasses.replace(record, created="2026-02-01T12:00:00+00:00")  # trained again
    records.write(tmp_path / "records", again)
    assert official.of_records(tmp_path / "records", [again]) == []
    assert main(command(tmp_path, again, folder)) == 0
    assert written(tmp_path, again).trained == again.created


def test_the_network_beside_the_record_is_taken_where_one_is_kept(
    folder: Path, record: Record, tmp_path: Path
) -> None:
    pytest.importorskip("onnxruntime", reason="needs onnxruntime, which runs kept networks")
    root = tmp_path / "records"
    network, _ = trained.network(record, tmp_path / "runs")
    kept = keep.written(record, network, small_data.small_data(), root)
    records.write(root, kept)
    shutil.rmtree(tmp_path / "runs")
    assert main(command(tmp_path, kept, folder)) == 0
    found = written(tmp_path, kept)
    assert found.network["sha256"] == kept.network["sha256"]
    known = official_patches.read(folder, small_data.CLASSES)
    recipe = trained.recipe(record)
    predicted = evaluate.predictor(network, known, recipe)(8).argmax(axis=1)
    assert np.trace(found.confusion) == (predicted == known.labels).sum()
    records.network_path(root, kept).write_bytes(b"another")
    again = dataclasses.replace(kept, created="2026-02-01T12:00:00+00:00")
    records.write(root, again)
    assert main(command(tmp_path, again, folder)) == 1


def test_the_tables_have_the_note(folder: Path, record: Record, tmp_path: Path) -> None:
    assert main(command(tmp_path, record, folder)) == 0
    page = (tmp_path / "records" / "README.md").read_text()
    found = written(tmp_path, record)
    assert "On the official test patches, 3 of 14 classes: 9 patches of 6 micrographs" in page
    assert "never comparable with scores of 14 classes" in page
    assert f"accuracy {found.scores['accuracy']:.3f}" in page
    assert render(tmp_path / "records", tmp_path / "records", check=True) == []
    assert len(records.read_all(tmp_path / "records")) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"data": "tem_virus/phantom_14class"}, "trained on synthetic images"),
        ({"data": "tem_virus/mirror_11class_sessions"}, "may hold micrographs of these patches"),
        ({"data": "tem_virus/patches_14class_worst_case"}, "may hold micrographs of these patches"),
        ({"classes": ["Adenovirus", "Ebola", "Rabies"]}, "a network of the class Rabies"),
        ({"status": "failed", "error": "lost"}, "a run that failed"),
    ],
)
def test_other_records_are_refused(
    record: Record, tmp_path: Path, capsys: pytest.CaptureFixture, changes: dict, message: str
) -> None:
    other = dataclasses.replace(record, **changes)
    records.write(tmp_path / "records", other)
    assert main(command(tmp_path, other, tmp_path / "nowhere")) == 1
    assert message in capsys.readouterr().err


def test_missing_weights_and_pictures_are_one_clear_line(
    folder: Path, record: Record, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (folder / "test/Orf/b3_0.png").unlink()
    assert main(command(tmp_path, record, folder)) == 1
    assert "b3_0.png: missing" in capsys.readouterr().err
    shutil.rmtree(tmp_path / "runs")
    assert main(command(tmp_path, record, folder)) == 1
    assert "Name the folder of the runs with --runs" in capsys.readouterr().err
    assert not official.path(tmp_path / "records", record).exists()


def test_a_record_that_was_moved_is_refused(record: Record, tmp_path: Path) -> None:
    moved = tmp_path / "records" / "elsewhere" / "other.json"
    moved.parent.mkdir()
    shutil.copy(records.path(tmp_path / "records", record), moved)
    with pytest.raises(BenchmarkError, match=r"expected the place of this record"):
        score.check(moved, record)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda fields: fields["scores"].update(f1=0.99), "f1 is 0.99, but its confusion matrix"),
        (lambda fields: fields["confusion"].pop(), "a confusion matrix"),
        (lambda fields: fields.pop("images"), "missing required field `images`"),
    ],
)
def test_changed_scores_are_refused(
    folder: Path, record: Record, tmp_path: Path, change, message: str
) -> None:
    assert main(command(tmp_path, record, folder)) == 0
    file = official.path(tmp_path / "records", record)
    fields = json.loads(file.read_text())
    change(fields)
    file.write_text(json.dumps(fields))
    with pytest.raises(RecordError, match=message):
        official.read(file)
