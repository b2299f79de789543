"""The command that scores a file of predictions."""

import dataclasses
import errno
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import made_submission
import numpy as np
import pytest
from project_paths import ROOT
from published_facts import CLASSES, CONFUSIONS, published_scores
from sklearn.metrics import f1_score, roc_auc_score

from leaderboard import score
from leaderboard.files.arguments import command
from leaderboard.ground_truth import classification as patch_truth
from leaderboard.ground_truth import lookup
from leaderboard.ground_truth.classification import UNKNOWN, PatchTruth
from leaderboard.predictions.text import PredictionsError, read_text
from leaderboard.scoring import classification as scoring
from tem_virus_dataset.files import arguments as package_arguments

MIRROR = "tem_virus/mirror_11class"


@pytest.mark.parametrize("name", CONFUSIONS)
def test_the_papers_confusion_matrices_get_the_papers_scores(
    name: tuple[str, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    matrix = CONFUSIONS[name]
    expected = tuple(f"{value:.3f}" for value in published_scores(name))
    table = patch_truth.read("tem_virus/patches_14class", "test")
    assert table.classes == CLASSES
    guess = np.concatenate([np.repeat(np.arange(14), counts) for counts in matrix])
    order = np.argsort(table.labels, kind="stable")
    values = np.zeros((len(table), 14))
    values[order, guess] = 1
    file = made_submission.write_predictions(tmp_path / "a.csv", table, values)
    assert score.main([str(file), "--data", "tem_virus/patches_14class"]) == 0
    out = capsys.readouterr().out
    titles = ("accuracy", "macro precision", "macro recall", "macro F1")
    for title, value in zip(titles, expected, strict=True):
        (line,) = [line for line in out.splitlines() if line.startswith(title)]
        assert line.removeprefix(title).split()[0] == value


def test_it_needs_no_tensorflow_and_no_picture(tmp_path: Path) -> None:
    table = patch_truth.read(MIRROR, "test")
    values = made_submission.probabilities(table, 0)
    file = made_submission.write_predictions(tmp_path / "a.csv.gz", table, values)
    code = (
        "import sys; from leaderboard import score; score.main(sys.argv[1:]);"
        "heavy = {'tensorflow', 'keras', 'tensorflow_datasets', 'sklearn', 'PIL', 'matplotlib'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(file), "--data", "mirror_11class"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.endswith("\n[]\n"), done.stderr
    assert "984 patches of 142 micrographs, 11 classes" in done.stdout


def test_a_reader_that_has_gone_is_no_traceback(tmp_path: Path) -> None:
    table = patch_truth.read(MIRROR, "test")
    values = made_submission.probabilities(table, 0)
    file = made_submission.write_predictions(tmp_path / "a.csv", table, values)
    command = [sys.executable, "-m", "leaderboard.score", str(file), "--data", MIRROR]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        run.stdout.close()
        assert run.stderr.read() == b""
    assert run.returncode == 1


def test_json_holds_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = patch_truth.read(MIRROR, "validation")
    values = made_submission.probabilities(table, 0)
    file = made_submission.write_predictions(tmp_path / "a.csv", table, values)
    assert score.main([str(file), "--data", MIRROR, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    guess = values.argmax(axis=1)
    assert found["scores"]["f1"] == pytest.approx(f1_score(table.labels, guess, average="macro"))
    clean = f1_score(table.labels[table.clean], guess[table.clean], average="macro")
    assert found["clean"]["f1"] == pytest.approx(clean)
    assert found["clean_examples"] == int(table.clean.sum()) < len(table)
    assert np.array(found["confusion"]).sum() == len(table)
    low, high = found["intervals"]["f1"]
    assert low < found["scores"]["f1"] < high
    assert len(found["micrographs"]) == 141
    assert 0 < found["calibration_error"] < 1


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--data", "patches_of_nobody"], "benchmark.ground_truth"),
        (["--data", "miror_11class"], "did you mean 'tem_virus/mirror_11class'?"),
        (["--data", "tem_virus/sim_to_real"], "did you mean 'tem_exosome/sim_to_real'?"),
        (["--data", "cbia"], "'cbia': no ground-truth table is shipped. Expected one of"),
        (["--data", "patches_22class"], "no ground-truth table is shipped. Expected one of"),
        (["--data", "patches_14class_worst_case"], "table is shipped. Expected one of"),
        (["--data", "open_set_14class"], "a board of unknown viruses"),
        (["--data", "tem_virus/novelty_mirror"], "python -m leaderboard.open_set"),
        (["--data", "folder:mine"], "a folder of your own images, with their ground truth"),
        (["--data", "folder/mine"], "on the page that python -m benchmark.report writes"),
        (
            ["--data", "hard_conditions"],
            "expected the data that are corrupted, such as tem_virus/m",
        ),
        (["--data", "patches_14class"], "Expected the header id,Adenovirus"),
        (["--data", "phantom_14class"], "Expected the header id,Adenovirus"),
    ],
)
def test_predictions_on_other_data_are_refused(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = patch_truth.read(MIRROR, "test")
    values = made_submission.probabilities(table, 0)
    file = made_submission.write_predictions(tmp_path / "a.csv", table, values)
    assert score.main([str(file), *arguments]) == 1
    out, error = capsys.readouterr()
    assert not out
    assert said in error


def with_unknown(tmp_path: Path) -> PatchTruth:
    """Turn the Orf and Papilloma of the mirror into classes that a model does not know."""
    table = patch_truth.read(MIRROR, "test")
    gone = {table.classes.index(name) for name in ("Orf", "Papilloma")}
    left = [n for n in range(len(table.classes)) if n not in gone]
    labels = np.array([UNKNOWN if n in gone else left.index(n) for n in table.labels])
    classes = tuple(table.classes[n] for n in left)
    return dataclasses.replace(table, data="tem_virus/open", labels=labels, classes=classes)


def test_clean_patches_are_not_scored_where_a_class_has_none() -> None:
    table = patch_truth.read(MIRROR, "test")
    clean = table.clean & (table.labels != table.classes.index("Ebola"))
    values = made_submission.probabilities(table, 0)
    found = scoring.score(dataclasses.replace(table, clean=clean), values)
    assert found.clean is None
    assert scoring.score(table, values).clean is not None
    none = dataclasses.replace(table, clean=np.zeros(len(table), bool))
    assert scoring.score(none, values).clean_examples == 0


def test_unknown_classes_are_told_by_low_confidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = with_unknown(tmp_path)
    file = patch_truth.write(tmp_path, [made])
    table = patch_truth.read("tem_virus/open", "test", file)
    assert table.classes == made.classes
    assert (table.labels == made.labels).all()
    values = np.random.default_rng(0).dirichlet(np.ones(9), size=len(table))
    known = table.labels != UNKNOWN
    sure = known & (np.random.default_rng(1).random(len(table)) < 0.7)
    values[sure] = np.eye(9)[table.labels[sure]]
    answers = made_submission.write_predictions(tmp_path / "a.csv", table, values)
    assert score.main([str(answers), "--data", "tem_virus/open", "--table", str(file)]) == 0
    out = capsys.readouterr().out
    expected = roc_auc_score(known, np.round(values, 6).max(axis=1))
    assert f"{expected:.3f} AUROC, of 217 patches" in out
    assert f"{known.sum()} patches of " in out
    found = scoring.score(table, values)
    right = f1_score(table.labels[known], values[known].argmax(axis=1), average="macro")
    assert found.scores.f1 == pytest.approx(right)


@pytest.mark.parametrize("confidence", ["nan", "2", "-1", "40%"])
def test_a_confidence_that_is_none(confidence, capsys):
    with pytest.raises(SystemExit):
        score.main(
            ["x.csv", "--data", "tem_virus/mirror_11class_boxes", f"--confidence={confidence}"]
        )
    assert f"{confidence}: expected a number from 0 to 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name, task, full",
    [
        ("mirror_11class", "classification", "tem_virus/mirror_11class"),
        ("tem_virus/mirror_11class_boxes", "detection", "tem_virus/mirror_11class_boxes"),
        ("sim_to_real", "detection", "tem_exosome/sim_to_real"),
    ],
)
def test_a_config_is_found_with_or_without_its_data_set(name: str, task: str, full: str) -> None:
    assert lookup.find(name) == (task, full)


def test_ctrl_c_ends_with_status_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(lookup, "find", interrupted)
    assert score.main(["a.csv", "--data", MIRROR]) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_a_home_is_expanded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = patch_truth.read(MIRROR, "test")
    values = made_submission.probabilities(table, 0)
    made_submission.write_predictions(tmp_path / "a.csv", table, values)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert score.main(["~/a.csv", "--data", MIRROR]) == 0
    assert "984 patches" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["pipe", "device", "socket", "folder", "address"])
def test_what_is_no_file_is_refused_and_never_waited_for(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.csv"
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(file))
    elif kind == "folder":
        file.mkdir()
    given = {"device": "/dev/zero", "address": "https://example.org/a.csv"}.get(kind, str(file))
    try:
        status = score.main([given, "--data", MIRROR])
    except SystemExit as end:
        status = end.code
    assert status == (1 if kind == "folder" else 2)
    said = {
        "folder": "cannot be read (Is a directory)",
        "address": "is an address; expected a path of this machine",
    }.get(kind, "is a pipe, a socket or a device; expected a file or a folder")
    assert f"{given}" in (err := capsys.readouterr().err)
    assert said in err


def test_predictions_are_never_read_from_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(PredictionsError, match="is a pipe, a socket or a device, expected a file"):
        read_text(tmp_path / "a.csv")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_called_so_by_every_command(
    number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    @command("it", OSError)
    def write(_: object = None) -> int:
        raise OSError(number, os.strerror(number), "/out/a.json")

    assert write() == 1
    err = capsys.readouterr().err
    assert err.startswith("error: /out/a.json: the disk is full, or your share of it (")
    assert os.strerror(number) in err
    assert "Free some, or name a folder on another disk." in err


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
@pytest.mark.parametrize("of_package", [command, package_arguments.command])
def test_where_nothing_may_be_written_every_command_says_what_to_do(
    number: int, of_package, capsys: pytest.CaptureFixture[str]
) -> None:
    @of_package("it", OSError)
    def write(_: object = None) -> int:
        raise OSError(number, os.strerror(number), "/out/a.json")

    assert write() == 1
    assert capsys.readouterr().err == (
        f"error: /out/a.json: {os.strerror(number)}; expected a place that you may read and write. "
        "Change its permissions, or work in a folder of your own.\n"
    )
