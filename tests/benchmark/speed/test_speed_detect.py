"""`benchmark.speed detect`: our network, and a stub in place of the package yolov5."""

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
from project_paths import HELPERS, ROOT
from speed_table import rows

from benchmark.speed import interleaved_timing, synthetic_outputs, yolov5_package
from benchmark.speed.__main__ import main
from tem_virus_dataset.networks import grid, nms

SMALL = (
    "detect",
    "--models",
    "yolov5n",
    "--image-size",
    "64",
    "--seconds",
    "0.01",
    "--repeats",
    "2",
)
PARAMETERS = 1_881_373  # of the package's own, of one channel
STUB = HELPERS / "stubs" / "stub_yolov5.py"
Stub = Callable[..., Path]


@pytest.fixture
def stub(tmp_path: Path) -> Stub:
    """Write a file that takes the place of a Python; its requests are kept in notes.jsonl."""

    def make(behaviour: str = "fine", parameters: int = PARAMETERS) -> Path:
        file = tmp_path / "python"
        command = (
            f'"{sys.executable}" "{STUB}" {behaviour} "{tmp_path / "notes.jsonl"}" {parameters}'
        )
        file.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        file.chmod(0o755)
        return file

    return make


def notes(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "notes.jsonl").read_text().splitlines()]


def check_gone(folder: Path) -> None:
    assert not psutil.pid_exists(notes(folder)[0]["pid"])


def check_alone(printed: str, model: str = "yolov5n") -> None:
    for scope in ("forward", r"forward \+ NMS"):
        found = re.search(rf"^{model} +{scope} +([\d.,]+) +[\d.]+ - [\d.]+$", printed, re.MULTILINE)
        assert found
        assert float(found[1].replace(",", "")) > 0
    assert yolov5_package.INSTALL in printed


def test_alone_it_tells_how_to_install_the_package(capsys) -> None:
    assert main([*SMALL]) == 0
    check_alone(capsys.readouterr().out)


def test_on_jax_too() -> None:
    tiny = {"yolov5n": "tiny_detector"}
    done = subprocess.run(
        [*running.WORKER, "benchmark.speed", *(tiny.get(word, word) for word in SMALL)],
        cwd=ROOT,
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=False,
        timeout=running.LONGEST,
    )
    assert done.returncode == 0, done.stderr
    check_alone(done.stdout, "tiny_detector")
    assert "Keras on jax" in done.stdout


def test_the_package_is_measured_in_turn_and_its_process_ended(
    stub: Stub, tmp_path: Path, capsys
) -> None:
    assert main([*SMALL, "--against", str(stub())]) == 0
    printed = capsys.readouterr().out
    for cells in (line.split() for line in printed.splitlines() if line.startswith("yolov5n")):
        theirs, ratio, lower, _, upper = cells[-5:]
        ours = float(cells[-6].replace(",", ""))
        assert theirs == "2"
        assert 0 < float(lower) <= float(ratio) <= float(upper)
        assert float(ratio) == pytest.approx(ours / 2, rel=0.01)
    assert re.search(r"Kept: ours \d+, yolov5 7\.", printed)
    assert "Compared with: yolov5 5.0.10, torch 2.2.2, python 3.11.7." in printed
    started, built, *requests = notes(tmp_path)
    assert started["arguments"] == ["-I", str(yolov5_package.WORKER)]
    assert built["bytes"] == 4 * 252 * 85
    expected = {"depth": 0.33, "width": 0.25, "classes": 80, "image_size": 64, "batch_size": 1}
    assert expected.items() <= built["build"].items()
    assert [request["rate"]["suppressed"] for request in requests] == [False, True] * 3
    check_gone(tmp_path)


def test_it_is_ended_when_the_command_is_interrupted(stub, tmp_path, monkeypatch, capsys) -> None:
    def interrupted(variants, *_):
        variants[-1].rate()
        raise KeyboardInterrupt

    monkeypatch.setattr(interleaved_timing, "measure", interrupted)
    assert main([*SMALL, "--against", str(stub())]) == 130
    assert capsys.readouterr().err.endswith("interrupted\n")
    check_gone(tmp_path)


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("die", r"ended with exit status 1 \(a library is missing\); expected answers"),
        ("killed", r"ended with exit status -9 \(without output\)"),
        ("garbage", r"answered 'Python 3\.11'; expected a line of JSON"),
        ("newer", r"found yolov5 7\.0\.14; expected 5\.0\.10\. Install that one: python"),
        ("cannot", r"RuntimeError: no memory"),
    ],
)
def test_faults_of_its_environment_are_reported(behaviour, reason, stub, tmp_path, capsys) -> None:
    python = stub(behaviour)
    assert main([*SMALL, "--against", str(python)]) == 1
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert re.match(f"error: --against {re.escape(str(python))}: {reason}", error)
    check_gone(tmp_path)


def test_a_network_of_another_size_is_refused(stub: Stub, capsys) -> None:
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


def test_models_and_image_sizes_that_do_not_suit(capsys) -> None:
    assert main(["detect", "--models", "custom"]) == 1
    assert "error: model 'custom': classifies patches" in capsys.readouterr().err
    assert main([*SMALL, "--image-size", "100"]) == 1
    assert "error: --image-size 100: expected a multiple of 32" in capsys.readouterr().err


def test_synthetic_boxes_are_work_for_suppression() -> None:
    """Several boxes of two classes for each particle, of which some are kept."""
    positions = grid.grid(640, 640, np.full((3, 3, 2), 32.0))
    outputs = synthetic_outputs.synthetic_outputs(positions, 640, 5)
    assert outputs.shape == (25200, 10)
    labels = np.count_nonzero(outputs[:, 5:] * outputs[:, 4:5] >= 0.001)
    assert labels == 2 * 25 * 20
    kept = nms.detections(outputs[:, :4], outputs[:, 4:])
    assert 2 * 20 <= len(kept.boxes) < labels / 4


def test_with_the_package_itself(capsys) -> None:
    """Its suppression keeps as many of the synthetic boxes as ours, and its network is the same."""
    python = os.environ.get("TEM_VIRUS_YOLOV5")
    if not python:
        pytest.skip("needs yolov5's own environment; set TEM_VIRUS_YOLOV5 to its Python")
    assert main([*SMALL, "--models", "yolov5n", "yolov5s", "--against", python]) == 0
    printed = capsys.readouterr().out
    assert rows(printed).keys() == {"yolov5n", "yolov5s"}
    kept = re.search(r"Kept: ours (\d+), yolov5 (\d+)\.", printed)
    assert kept
    assert kept[1] == kept[2]
