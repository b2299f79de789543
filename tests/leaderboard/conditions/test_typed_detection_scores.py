"""Scores of detectors under hard conditions that no run of this project can have are refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leaderboard import render
from leaderboard.ground_truth import conditions as ground_truth
from leaderboard.results import conditions, detection_conditions
from leaderboard.results.record import RecordError

DATA = "tem_virus/mirror_11class_boxes"
CELLS = ground_truth.read(DATA)
COMMITTED = next((render.HERE / conditions.FOLDER / DATA.partition("/")[2]).glob("*.json"))

EDITS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "f1": (lambda f: f["cells"][0]["scores"].update(f1=0.999), "f1: found 0.999"),
    "another score": (lambda f: f["cells"][0]["scores"].update({"a|b": 1}), "'a|b': expected"),
    "model": (lambda f: f.update(model="a|b"), "model"),
    "recipe": (lambda f: f.update(recipe="a\n# b"), "recipe"),
    "initialization": (lambda f: f.update(initialization="<b>"), "scratch or transfer"),
    "provenance": (lambda f: f.update(provenance="verified"), "expected reproduced"),
    "confidence": (lambda f: f.update(confidence=2.0), "from 0 to 1"),
    "micrographs": (lambda f: f.update(micrographs=5), "expected 1.0.0, 142"),
    "version": (lambda f: f.update(version="9"), "expected 1.0.0, 142"),
    "trained_with": (lambda f: f.update(trained_with=["x|y"]), "trained_with: expected"),
    "network": (lambda f: f.update(network={"file": "a"}), "network: expected"),
    "created": (lambda f: f.update(created="2099-01-01T00:00:00+00:00"), "not to come"),
    "notes": (lambda f: f.update(notes="a\n# b"), "notes: expected one line"),
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edited_file_is_one_clear_line(what: str, tmp_path: Path) -> None:
    change, said = EDITS[what]
    fields = json.loads(COMMITTED.read_text())
    file = tmp_path / COMMITTED.name
    file.write_text(json.dumps(fields))
    detection_conditions.read(file, CELLS)
    change(fields)
    file.write_text(json.dumps(fields))
    with pytest.raises(RecordError, match=said) as caught:
        detection_conditions.read(file, CELLS)
    assert str(caught.value).count("\n") == 0


def test_the_best_without_a_condition_is_the_first() -> None:
    found = detection_conditions.read_all(render.HERE / conditions.FOLDER, DATA, CELLS)
    clean = [one.cells[0].scores["f1"] for one in found]
    assert len(found) >= 5
    assert clean == sorted(clean, reverse=True)
    by_name = sorted(found, key=lambda one: one.name)
    assert found != by_name  # so the order is not that of the files
