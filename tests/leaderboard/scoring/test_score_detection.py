"""The command that scores a file, for a file of detections."""

import json
import subprocess
import sys
from pathlib import Path

import made_boxes
import pytest
from project_paths import ROOT

from leaderboard import score
from leaderboard.ground_truth import detection as box_truth
from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.predictions import detection as detections
from leaderboard.scoring.detection import best_confidence
from leaderboard.scoring.detection import score as score_detections

MIRROR = "tem_virus/mirror_11class_boxes"


def written(folder: Path, split: str) -> tuple[Path, BoxTruth]:
    table = box_truth.read(MIRROR, split)
    file = folder / f"seed0.{split}.csv.gz"
    detections.write(file, made_boxes.invented(table), table.classes)
    return file, table


def test_validation_is_scored_at_its_best_confidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, table = written(tmp_path, "validation")
    assert score.main([str(file), "--data", "mirror_11class_boxes"]) == 0
    out = capsys.readouterr().out
    found = detections.read(file, table.ids.tolist(), table.classes)
    scored = score_detections(table, found, best_confidence(table, found))
    low, high = scored.intervals["f1"]
    f1 = next(line for line in out.splitlines() if line.startswith("F1"))
    assert f1.split() == ["F1", f"{scored.scores.f1:.3f}", f"[{low:.3f},", f"{high:.3f}]"]
    ap = next(line for line in out.splitlines() if line.startswith("AP50-95"))
    assert ap.split()[1] == f"{scored.scores.ap50_95:.3f}"
    assert f"[{scored.intervals['ap50_95'][0]:.3f}," in ap
    assert f"confidence {scored.confidence:.6f} on" in out
    assert f"{len(table.boxes)} particles in 141 micrographs, 11 classes" in out
    ebola = next(line for line in out.splitlines() if line.startswith("Ebola")).split()
    mine = next(one for one in scored.classes if one.name == "Ebola")
    assert ebola[1:] == [str(mine.boxes), *(f"{v:.3f}" for v in (mine.precision, mine.recall,
        mine.f1, mine.ap50, mine.ap50_95))]  # fmt: skip
    worst = scored.micrographs[0]
    assert f"{worst.name}: {worst.boxes - worst.correct} of {worst.boxes} missed" in out


def test_a_confidence_is_refused_for_patches(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would do nothing."""
    file, _ = written(tmp_path, "validation")
    assert score.main([str(file), "--data", "mirror_11class", "--confidence", "0.4"]) == 1
    assert "--confidence: tem_virus/mirror_11class is of patches" in capsys.readouterr().err


def test_boxes_in_another_form_are_named_where_a_file_is_scored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Validation is scored long before anything is submitted."""
    file, table = written(tmp_path, "validation")
    assert score.main([str(file), "--data", MIRROR]) == 0
    assert capsys.readouterr().err == ""
    found = detections.read_for(file, table)
    found.boxes[:, :2] -= found.boxes[:, 2:] / 2
    detections.write(file, found, table.classes)
    for more in ([], ["--json"]):
        assert score.main([str(file), "--data", MIRROR, *more]) == 0
        assert capsys.readouterr().err.startswith(
            "warning: hardly a detection is correct, but far more would be if x and y were the top "
        )


def test_test_is_scored_at_a_confidence_that_is_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, table = written(tmp_path, "test")
    assert score.main([str(file), "--data", MIRROR]) == 1
    assert "no --confidence; expected the one that is the best on validation" in (
        capsys.readouterr().err
    )
    assert score.main([str(file), "--data", MIRROR, "--confidence", "0.4", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    expected = score_detections(
        table, detections.read(file, table.ids.tolist(), table.classes), 0.4
    )
    assert said["scores"] == expected.scores.known()
    assert said["confidence"] == 0.4
    assert len(said["micrographs"]) == 142
    assert said["curve"]["f1"] == expected.curve.f1.tolist()
    assert said["classes"][0]["ap50"] == expected.classes[0].ap50


def test_a_table_of_ones_own_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = made_boxes.table([(0, 0, 100, 100, 40, 40), (1, 1, 100, 100, 60, 60)])
    table = box_truth.write(tmp_path, [there])
    file = tmp_path / "a.csv"
    detections.write(file, made_boxes.found(there, made_boxes.perfect(there)), there.classes)
    options = ["--data", "tem_virus/made_boxes", "--table", str(table), "--confidence", "0.5"]
    assert score.main([str(file), *options]) == 0
    assert "2 particles in 3 micrographs, 2 classes" in capsys.readouterr().out
    file.write_text("id,disc,ring\n")
    assert score.main([str(file), *options]) == 1
    assert "expected" in capsys.readouterr().err


def test_it_needs_neither_pictures_nor_faster_coco_eval(tmp_path: Path) -> None:
    file, _ = written(tmp_path, "validation")
    code = (
        "import sys; sys.modules['faster_coco_eval'] = None\n"
        "from leaderboard.metrics import average_precision\n"
        "average_precision.is_installed = lambda: False\n"
        "from leaderboard import score; score.main(sys.argv[1:])\n"
        "heavy = {'tensorflow', 'keras', 'tensorflow_datasets', 'sklearn', 'PIL', 'matplotlib'}\n"
        "print(sorted((heavy | {'benchmark'}) & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(file), "--data", MIRROR]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.endswith("\n[]\n"), done.stderr
    assert "AP50-95" in done.stdout
    assert "F1" in done.stdout
