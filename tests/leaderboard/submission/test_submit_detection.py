"""Submissions of detections: what they have of their own beside those of patches."""

import gzip
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import made_box_submission
import pytest
from made_box_submission import DATA
from made_submission import page, submitted, texts, write_card

from leaderboard import render
from leaderboard.ground_truth import detection as box_truth
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.predictions import detection as detections
from leaderboard.results import detection as results
from leaderboard.results import store as records
from leaderboard.results.record import Record
from leaderboard.scoring import detection as scoring
from leaderboard.site import __main__ as site_command


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A submission that was submitted; only to be read."""
    folder = made_box_submission.write(tmp_path_factory.mktemp("template"), failed=[3])
    assert submitted(folder) == 0
    return folder


@pytest.fixture
def made(template: Path, tmp_path: Path) -> Path:
    """A submission that nobody has submitted yet."""
    return Path(shutil.copytree(template, tmp_path / "leaderboard" / "submissions" / "made"))


@pytest.fixture
def done(template: Path, tmp_path: Path) -> Path:
    """One that was, with its records and tables."""
    root = shutil.copytree(template.parents[1], tmp_path / "leaderboard")
    return Path(root) / "submissions" / "made"


def finished(root: Path) -> list[Record]:
    return [one for one in records.read_all(root / "records") if one.status == "finished"]


def test_its_records_say_what_its_files_give(template: Path) -> None:
    root = template.parents[1]
    found = finished(root)
    tables = {split: box_truth.read(DATA, split) for split in SPLITS}
    assert [one.seed for one in found] == [0, 1, 2]
    for one in found:
        files = {split: template / f"seed{one.seed}.{split}.csv.gz" for split in SPLITS}
        read = {
            split: detections.read(file, tables[split].ids.tolist(), tables[split].classes)
            for split, file in files.items()
        }
        expected = results.record_fields(scoring.score_splits(tables, read))
        assert {name: getattr(one, name) for name in expected} == expected
        assert (one.task, one.provenance, one.submission) == ("detection", "submitted", "made")
        assert (one.data, one.data_version, one.confusion) == (DATA, "1.0.0", None)
        assert {"f1", "ap50", "ap50_95", "count_bias"} <= set(one.intervals)
        assert records.predictions_path(root / "records", one, "test") == files["test"]
    assert not list((root / "records").rglob("*.csv*"))  # they stay where they were handed in


def test_it_becomes_a_row_and_a_page_with_its_card(template: Path, tmp_path: Path) -> None:
    root = template.parents[1]
    text = page(root)
    (line,) = [line for line in text.splitlines() if "| made_up" in line]
    assert (
        "submitted, seeds 0, 1, 2: Ada Author, Some Lab et al., https://example.org/made_up" in line
    )
    f1 = [one.test["f1"] for one in finished(root)]
    assert f"| {sum(f1) / 3:.3f} ± " in line
    assert "made_up-scratch-adam+100px-s3 (submission made): ended without predictions" in text
    arguments = ["--out", str(tmp_path / "site"), "--records", str(root / "records")]
    assert site_command.main(arguments) == 0
    folder = tmp_path / "site" / "detection" / "by-made"
    written = (folder / "index.html").read_text()
    words = " ".join(re.sub("<[^>]*>", " ", written).split())
    for shown in ("Bob Bystander", "1 abacus", "the predictions are those of others", "seed 2"):
        assert shown in words
    assert len(set(re.findall(r'/(seed\d\.\w+\.csv\.gz)"', written))) == 6


def test_again_it_changes_nothing_and_says_the_scores(
    done: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = texts(done.parents[1])
    assert submitted(done) == 0
    out, error = capsys.readouterr()
    assert not error
    assert "Nothing changed" in out
    assert [line.split("  ")[0] for line in out.splitlines()[2:17]] == [
        "precision", "recall", "F1", "AP50", "AP50-95", "count error", "count bias",
        "recall at 0.5 false positives a micrograph", "recall at 1 false positive a micrograph",
        "recall at 2 false positives a micrograph", "AP50 without filaments", "validation F1",
        "validation AP50", "confidence threshold", "worst class",
    ]  # fmt: skip
    assert submitted(done, "--check") == 0
    assert texts(done.parents[1]) == before


def test_killed_half_way_it_is_completed_when_done_again(
    made: Path, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = records.write

    def killed(root: Path, record: Record) -> Path:
        write(root, record)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("leaderboard.results.store.write", killed)
        assert submitted(made) == 130
    assert len(finished(made.parents[1])) == 1
    assert submitted(made, "--check") == 1
    assert submitted(made) == 0
    assert page(made.parents[1]) == page(template.parents[1])


def test_a_file_that_was_changed_is_no_longer_what_the_records_say(
    done: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = done.parents[1]
    edit(lambda lines: [*lines[:1], *(shifted(line) for line in lines[1:])])(done)
    assert render.main(["--records", str(root / "records"), "--out", str(root)]) == 1
    error = capsys.readouterr().err
    assert "seed1.test.csv.gz give" in error
    assert "python -m leaderboard.submit" in error
    assert submitted(done, "--check") == 1
    assert submitted(done) == 0
    page(root)
    assert render.main(["--records", str(root / "records"), "--out", str(root), "--check"]) == 0


def shifted(line: str) -> str:
    one, name, confidence, x, *others = line.split(",")
    return ",".join([one, name, confidence, x and str(float(x) + 9), *others])


# What is wrong with a submission: the change to a good one, and what must be said of it.


def edit(
    change: Callable[[list[str]], list[str]], name: str = "seed1.test.csv.gz"
) -> Callable[[Path], None]:
    """Change the lines of a file."""

    def apply(folder: Path) -> None:
        lines = gzip.decompress((folder / name).read_bytes()).decode().splitlines()
        (folder / name).write_bytes(gzip.compress("\n".join(change(lines)).encode()))

    return apply


def without_validation(folder: Path) -> None:
    for file in folder.glob("*.validation.*"):
        file.unlink()


def same_again(folder: Path) -> None:
    """Hand in seed 0 as seed 1, too, its rows backwards."""
    shutil.copyfile(folder / "seed0.test.csv.gz", folder / "seed1.test.csv.gz")
    edit(lambda lines: [lines[0], *lines[:0:-1]])(folder)


def other_split(folder: Path) -> None:
    shutil.copyfile(folder / "seed1.validation.csv.gz", folder / "seed1.test.csv.gz")


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "no validation": (
        without_validation,
        r"seed0\.validation\.csv, .* are missing, .*both splits .* is chosen here, on validation",
    ),
    "a seed without validation": (
        lambda folder: (folder / "seed2.validation.csv.gz").unlink(),
        r"seed2\.validation\.csv is missing, expected predictions on both splits",
    ),
    "one training handed in twice": (same_again, r"the same predictions as seed0\.test\.csv\.gz"),
    "a file of the other split": (other_split, "unknown id 'validation/.*Predict one split"),
    "a micrograph nobody looked at": (
        edit(lambda x: [line for line in x if line.split(",")[0] != x[1].split(",")[0]]),
        "1 of 142 micrographs are missing",
    ),
    "probabilities of patches": (
        edit(lambda x: ["id,Adenovirus,Astrovirus", "test/Adenovirus/A4-080201_13_1,1,0"]),
        "line 1: found 'id,Adenovirus,Astrovirus', expected the header id,class,confidence",
    ),
    "unknown class": (edit(lambda x: [x[0], x[1].replace(",Adeno", ",Aden")]), "unknown class"),
    "another config's name": (
        lambda folder: write_card(folder, data="tem_virus/mirror_11class_box"),
        "did you mean 'tem_virus/mirror_11class_boxes'.*of boxes in whole micrographs: tem_",
    ),
    "patches' config": (
        lambda folder: write_card(folder, data="tem_virus/mirror_11class"),
        "line 1: .*unknown: 'class', 'confidence', 'x'",
    ),
    "two seeds": (lambda folder: write_card(folder, seeds=[0, 1]), "expected at least 3"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_one_is_refused(what: str, made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil, said = BAD[what]
    spoil(made)
    before = texts(made.parents[1])
    assert submitted(made) == 1
    out, error = capsys.readouterr()
    assert not out
    assert error.count("\n") == 1
    assert re.search(said, error), error
    assert str(made) in error
    assert texts(made.parents[1]) == before


def test_a_file_with_warnings_is_accepted(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(lambda lines: [*lines[:1], *(cornered(line) for line in lines[1:])])(made)
    assert submitted(made) == 0
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("warning: seed1.test.csv.gz: hardly a detection is correct, ")
    assert "far more would be if x and y were the top left corner" in first
    assert second.startswith("warning: the seeds' F1 lie far apart (0: 0.")


def cornered(line: str) -> str:
    """Write the top left corner instead of the centre."""
    one, name, confidence, *box = line.split(",")
    if not name:
        return line
    x, y, width, height = map(float, box)
    return f"{one},{name},{confidence},{x - width / 2:.2f},{y - height / 2:.2f},{width},{height}"
