"""`benchmark.speed detect`: ours for real, the package yolov5 as a stub that speaks its lines."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
import running
from test_interleaved_timing import rows

from benchmark.detection.yolo import decoding, grid
from benchmark.speed import interleaved_timing, synthetic_outputs, yolov5_package
from benchmark.speed.__main__ import main

SMALL = ("detect", "--models", "yolov5n", "--side", "64", "--seconds", "0.01", "--repeats", "2")
PARAMETERS = 1_881_373  # of the package's own, of one channel
STUB = Path(__file__).parents[2] / "helpers" / "stub_yolov5.py"
Stub = Callable[..., Path]


@pytest.fixture
def stub(tmp_path: Path) -> Stub:
    """Make a file that can be named as a Python; what it is asked gets into notes.jsonl."""

    def make(way: str = "fine", parameters: int = PARAMETERS) -> Path:
        file = tmp_path / "python"
        command = f'"{sys.executable}" "{STUB}" {way} "{tmp_path / "notes.jsonl"}" {parameters}'
        file.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        file.chmod(0o755)
        return file

    return make


def notes(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "notes.jsonl").read_text().splitlines()]


def check_gone(folder: Path) -> None:
    assert not psutil.pid_exists(notes(folder)[0]["pid"])


def check_alone(printed: str) -> None:
    for what in ("forward", r"forward \+ NMS"):
        found = re.search(rf"^yolov5n +{what} +([\d.,]+) +[\d.]+ - [\d.]+$", printed, re.MULTILINE)
        assert found
        assert float(found[1].replace(",", "")) > 0
    assert yolov5_package.INSTALL in printed


def test_alone_it_says_how_to_install_the_other_one(capsys) -> None:
    assert main([*SMALL]) == 0
    check_alone(capsys.readouterr().out)


def test_on_jax_too() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmark.speed", *SMALL],
        cwd=running.ROOT,
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=False,
        timeout=running.LONGEST,
    )
    assert done.returncode == 0, done.stderr
    check_alone(done.stdout)
    assert "Keras on jax" in done.stdout


def test_the_other_one_is_measured_in_turn_and_ended(stub: Stub, tmp_path: Path, capsys) -> None:
    assert main([*SMALL, "--against", str(stub())]) == 0
    printed = capsys.readouterr().out
    for cells in (line.split() for line in printed.splitlines() if line.startswith("yolov5n")):
        theirs, ratio, lower, _, upper = cells[-5:]
        ours = float(cells[-6].replace(",", ""))
        assert theirs == "2"
        assert 0 < float(lower) <= float(ratio) <= float(upper)
        assert float(ratio) == pytest.approx(ours / 2, rel=0.01)
    assert re.search(r"Left of them: ours \d+, yolov5 7\.", printed)
    assert "Beside: yolov5 5.0.10, torch 2.2.2, python 3.11.7." in printed
    started, built, *asked = notes(tmp_path)
    assert started["arguments"] == ["-I", str(yolov5_package.WORKER)]
    assert built["bytes"] == 4 * 252 * 85
    expected = {"depth": 0.33, "width": 0.25, "classes": 80, "side": 64, "batch": 1}
    assert expected.items() <= built["build"].items()
    assert [one["rate"]["suppressed"] for one in asked] == [False, True] * 3
    check_gone(tmp_path)


def test_it_is_ended_when_the_command_is_interrupted(stub, tmp_path, monkeypatch) -> None:
    def interrupted(ways, *_):
        ways[-1].rate()
        raise KeyboardInterrupt

    monkeypatch.setattr(interleaved_timing, "measure", interrupted)
    with pytest.raises(KeyboardInterrupt):
        main([*SMALL, "--against", str(stub())])
    check_gone(tmp_path)


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("die", r"ended with exit status 1 \(a library is missing\); expected answers"),
        ("killed", r"ended with exit status -9 \(it said nothing\)"),
        ("garbage", r"answered 'Python 3\.11'; expected a line of JSON"),
        ("newer", r"found yolov5 7\.0\.14; expected 5\.0\.10\. Install that one: python"),
        ("cannot", r"RuntimeError: no memory"),
    ],
)
def test_what_is_wrong_there_is_said(way, reason, stub, tmp_path, capsys) -> None:
    python = stub(way)
    assert main([*SMALL, "--against", str(python)]) == 1
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert re.match(f"error: --against {re.escape(str(python))}: {reason}", error)
    check_gone(tmp_path)


def test_another_network_there_is_refused(stub: Stub, capsys) -> None:
    assert main([*SMALL, "--against", str(stub(parameters=5))]) == 1
    assert "found 5 parameters in the package; expected 1,881,373" in capsys.readouterr().err


def test_no_python_and_no_package(tmp_path: Path, capsys) -> None:
    assert main([*SMALL, "--against", str(tmp_path / "no")]) == 1
    expected = (
        "no: cannot be run (No such file or directory); expected the Python of an environment"
    )
    assert expected in capsys.readouterr().err
    assert main([*SMALL, "--against", sys.executable]) == 1  # the real worker, but no package
    error = capsys.readouterr().err
    assert "PackageNotFoundError: No package metadata was found for yolov5; expected an" in error


def test_models_and_sides_that_do_not_suit(capsys) -> None:
    assert main(["detect", "--models", "custom"]) == 1
    assert "error: model 'custom': tells the class of patches" in capsys.readouterr().err
    assert main([*SMALL, "--side", "100"]) == 1
    assert "error: --side 100: expected a multiple of 32" in capsys.readouterr().err


def test_made_boxes_are_work_for_suppression() -> None:
    """Several for each particle, of two classes, of which some are left."""
    where = grid.grid(640, 640, np.full((3, 3, 2), 32.0))
    said = synthetic_outputs.made(where, 640, 5)
    assert said.shape == (25200, 10)
    labels = np.count_nonzero(said[:, 5:] * said[:, 4:5] >= 0.001)
    assert labels == 2 * 25 * 20
    left = decoding.particles(said[:, :4], said[:, 4:])
    assert 2 * 20 <= len(left.boxes) < labels / 4


def test_with_the_package_itself(capsys) -> None:
    """Its suppression leaves as many of the made boxes as ours, and its network is the same."""
    python = os.environ.get("TEM_VIRUS_YOLOV5")
    if not python:
        pytest.skip("needs yolov5's own environment; set TEM_VIRUS_YOLOV5 to its Python")
    assert main([*SMALL, "--models", "yolov5n", "yolov5s", "--against", python]) == 0
    printed = capsys.readouterr().out
    assert rows(printed).keys() == {"yolov5n", "yolov5s"}
    left = re.search(r"Left of them: ours (\d+), yolov5 (\d+)\.", printed)
    assert left
    assert left[1] == left[2]
