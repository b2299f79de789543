"""Submissions: a good one becomes records and a row, however it is written."""

import dataclasses
import re
import shutil
import subprocess
import sys
import textwrap
import types
from pathlib import Path

import made_submission
import numpy as np
import pytest
from edited_submission import edit, file_of
from made_submission import DATA, page, submitted, texts, write_card, write_predictions
from project_paths import ROOT

from leaderboard import render, score, submit
from leaderboard.ground_truth import classification as patch_truth
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.render import HERE
from leaderboard.results import store as records


def test_a_good_one_becomes_records_and_a_row(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = made.parents[1]
    assert submitted(made) == 0
    said = capsys.readouterr().out
    found = records.read_all(root / "records")
    assert [(one.seed, one.provenance, one.submission) for one in found] == [
        (seed, "submitted", "made") for seed in (0, 1, 2)
    ]
    assert (found[0].initialization, found[0].pretraining, found[0].extra_data) == (
        "scratch",
        "none",
        "none",
    )
    assert not [file for file in root.iterdir() if file.name not in ("records", "submissions")]
    (line,) = [x for x in page(root).splitlines() if "| made_up" in x]
    assert (
        "submitted, seeds 0, 1, 2: Ada Author, Some Lab et al., https://example.org/made_up" in line
    )
    assert f"{np.mean([one.test['f1'] for one in found]):.3f} ± " in line
    added = said[said.index("git add -A") : said.index("git commit")].replace("\\\n", "").split()
    assert added[3:] == [
        str((folder / name).relative_to(root.parent))
        for folder, names in (
            (made, [""]),
            (
                root / "records/mirror_11class/submitted",
                [f"made-s{seed}.json" for seed in (0, 1, 2)],
            ),
        )
        for name in names
    ]


def test_its_place_in_the_table_is_shown(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = made.parents[1]
    for name, right in (("better", 0.99), ("worse", 0.3)):
        made_submission.write(root, name, model=name, right=right)
        assert submitted(root / "submissions" / name) == 0
    capsys.readouterr()
    assert submitted(made) == 0
    said = capsys.readouterr().out
    assert "Its place in the table of 3 rows" in said
    excerpt = said[said.index("rank") : said.index("3 files written")].splitlines()[2:5]
    assert [line.split()[:2] for line in excerpt] == [
        ["1", "better"], ["2", "*"], ["3", "worse"],
    ]  # fmt: skip


def test_a_damaged_record_of_others_is_named_before_anything_is_written(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = made.parents[1] / "records" / "mirror_11class" / "x.json"
    damaged.parent.mkdir(parents=True)
    damaged.write_text("{")
    assert submitted(made) == 1
    assert str(damaged) in capsys.readouterr().err
    assert list(damaged.parent.iterdir()) == [damaged]


def test_again_it_changes_nothing(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert submitted(made) == 0
    before = texts(made.parents[1])
    capsys.readouterr()
    assert submitted(made) == 0
    assert texts(made.parents[1]) == before
    assert "Nothing changed" in capsys.readouterr().out
    assert submitted(made, "--check") == 0


def test_the_order_of_rows_and_columns_and_packing_do_not_matter(
    made: Path, tmp_path: Path
) -> None:
    assert submitted(made) == 0
    other = made_submission.write(tmp_path / "other", ending=".csv")
    for split in SPLITS:
        table = patch_truth.read(DATA, split)
        for seed in (0, 1, 2):
            values = made_submission.probabilities(table, seed)
            write_predictions(other / f"seed{seed}.{split}.csv", table, values, order=-1)
    assert submitted(other) == 0
    both = (records.read_all(x.parents[1] / "records") for x in (made, other))
    for one, two in zip(*both, strict=True):
        assert (one.test, one.validation, one.intervals) == (
            two.test,
            two.validation,
            two.intervals,
        )


def test_validation_may_be_left_out_whole(made: Path) -> None:
    for file in made.glob("*.validation.*"):
        file.unlink()
    assert submitted(made) == 0
    assert records.read_all(made.parents[1] / "records")[0].validation is None


def test_seeds_that_failed_are_listed_below_the_table(made: Path) -> None:
    write_card(made, failed=[3, 4])
    assert submitted(made) == 0
    ending = "s3 (submission made): ended without predictions, its authors say"
    assert f"* Failed: made_up-scratch-adam+100px-{ending}" in page(made.parents[1])
    assert submitted(made, "--check") == 0
    write_card(made)
    assert submitted(made) == 0
    assert "Failed" not in page(made.parents[1])


def test_what_is_doubtful_is_said_and_accepted(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = patch_truth.read(DATA, "test")
    values = np.roll(made_submission.probabilities(table, 1), 1, axis=1)
    write_predictions(file_of(made), table, values)
    assert submitted(made) == 0
    error = capsys.readouterr().err
    assert "warning: seed 1: macro F1 0.0" in error
    assert "warning: the seeds' macro F1 lie far apart" in error


def test_labels_for_probabilities_are_accepted_with_a_warning(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = patch_truth.read(DATA, "test")
    for seed in (0, 1, 2):
        guess = made_submission.probabilities(table, seed).argmax(axis=1)
        write_predictions(file_of(made, seed), table, np.eye(11)[guess])
    assert submitted(made) == 0
    assert "all probabilities are 0 or 1" in capsys.readouterr().err


def test_a_card_may_be_written_in_several_ways(made: Path) -> None:
    file = write_card(made, pretraining="None", extra_data=" NONE", minutes=0.5, data=DATA[10:])
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    edit(lambda lines: [line.replace(",", ", ") for line in lines])(made)
    assert submitted(made) == 0
    (one, *_) = records.read_all(made.parents[1] / "records")
    assert (one.data, one.initialization, one.pretraining, one.extra_data, one.seconds) == (
        DATA, "scratch", "none", "none", 30.0,
    )  # fmt: skip


def test_a_changed_submission_replaces_its_records(made: Path) -> None:
    store = made.parents[1] / "records"
    seeds = [0, 1, 2, 3]
    for split in SPLITS:
        table = patch_truth.read(DATA, split)
        values = made_submission.probabilities(table, 3)
        write_predictions(made / f"seed3.{split}.csv", table, values)
    write_card(made, seeds=seeds)
    assert submitted(made) == 0
    assert [one.seed for one in records.read_all(store)] == seeds
    for file in made.glob("seed3.*"):
        file.unlink()
    write_card(made, hardware="2 abaci")
    assert submitted(made, "--check") == 1
    assert submitted(made) == 0
    assert [(one.seed, one.device) for one in records.read_all(store)] == [
        (seed, "2 abaci") for seed in (0, 1, 2)
    ]


def test_two_at_once_lose_no_record(tmp_path: Path) -> None:
    root = tmp_path / "leaderboard"
    folders = [made_submission.write(root, name, model=name) for name in ("one", "two", "three")]
    command = [sys.executable, "-m", "leaderboard.submit", "--root", str(root)]
    running = [subprocess.Popen([*command, str(folder)], cwd=ROOT) for folder in folders]
    assert [process.wait(120) for process in running] == [0, 0, 0]
    assert len(records.read_all(root / "records")) == 9
    table = page(root)
    assert all(f"| {name} " in table for name in ("one", "two", "three"))


def test_it_opens_no_model_and_loads_no_tensorflow(made: Path) -> None:
    code = (
        "import sys; from leaderboard import submit; submit.main(sys.argv[1:]);"
        "print({'tensorflow', 'keras', 'benchmark', 'pickle5', 'joblib'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(made), "--root", str(made.parents[1])],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout.endswith("set()\n"), done.stderr


def test_committed_ones_have_the_records_that_they_give() -> None:
    folders = {card.parent.name: card.parent for card in (HERE / "submissions").glob("*/card.toml")}
    for folder in folders.values():
        assert submit.main([str(folder), "--check"]) == 0
    recorded = {one.submission for one in records.read_all(HERE / "records")} - {""}
    assert recorded == set(folders)


def test_a_row_of_the_same_name_stands_beside_those_of_others(made: Path) -> None:
    root = made.parents[1]
    assert submitted(made) == 0
    other = made_submission.write(root, "other", right=0.9)
    assert submitted(other) == 0
    ours = dataclasses.replace(
        records.read_all(root / "records")[0],
        provenance="reproduced",
        submission="",
        content_hash="0" * 64,
    )
    for split in SPLITS:
        file = records.predictions_path(root / "records", ours, split)
        file.write_bytes((made / f"seed0.{split}.csv.gz").read_bytes())
    records.write(root / "records", ours)
    assert submitted(made) == 0
    found = records.read_all(root / "records")
    assert sorted((one.submission, one.seed) for one in found) == [
        ("", 0), *((name, seed) for name in ("made", "other") for seed in (0, 1, 2))
    ]  # fmt: skip
    lines = [x for x in page(root).splitlines() if "| made_up" in x]
    assert len(lines) == 3


def test_a_submission_that_was_taken_away_is_missed(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert submitted(made) == 0
    shutil.rmtree(made)
    root = made.parents[1]
    assert render.main(["--records", str(root / "records"), "--out", str(root)]) == 1
    assert "take the records away" in capsys.readouterr().err


def test_the_card_in_the_document_is_one(made: Path) -> None:
    text = (HERE.parent / "docs" / "submit.md").read_text()
    (card,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (made / "card.toml").write_text(textwrap.dedent(card))
    assert submitted(made) == 0
    (one, *_) = records.read_all(made.parents[1] / "records")
    assert (one.model, one.seconds, one.submission) == ("small_swin", 2100.0, "made")


def test_the_name_of_a_submission_is_enough(
    made: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = made.parents[1]
    assert submitted(Path("made"), root=root) == 0
    assert submitted(Path("made"), "--check", root=root) == 0
    monkeypatch.setenv("HOME", str(made.parent))
    assert submitted(Path("~/made"), "--check", root=root) == 0
    capsys.readouterr()
    assert submitted(Path("mad"), root=root) == 1
    assert "mad: no folder, did you mean made?" in capsys.readouterr().err
    assert submitted(Path("another"), root=root) == 1
    assert "leaderboard.submit --init another --data" in capsys.readouterr().err


@pytest.mark.parametrize("command", [submit, render, score])
def test_every_command_shows_examples_and_knows_its_usage(
    command: types.ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["--help"])
    assert ended.value.code == 0
    help_text = capsys.readouterr().out
    assert "examples:" in help_text
    assert all(line in help_text for line in command.EXAMPLES)
    with pytest.raises(SystemExit) as ended:
        command.main(["--chekc", "x", "--data", "x"])
    assert ended.value.code == 2
    assert "See python -m leaderboard." in capsys.readouterr().err
