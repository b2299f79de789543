"""Submissions to the board of hard conditions: accepted once, scored, or refused in one line."""

import dataclasses
import gzip
import re
import shutil

import made_conditions
import numpy as np
import pytest

from leaderboard import render
from leaderboard.predictions import conditions as predictions
from leaderboard.predictions.signatures import as_text
from leaderboard.results import conditions as results
from leaderboard.scoring import conditions as scoring
from leaderboard.submit_conditions import main


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return made_conditions.write_submission(tmp_path_factory.mktemp("made") / "mine")


@pytest.fixture
def folder(made, tmp_path, monkeypatch):
    made_conditions.ship(monkeypatch, tmp_path / "tables")
    (tmp_path / "records").mkdir()
    place = tmp_path / "hard_conditions" / "submissions" / "mine"
    shutil.copytree(made, place)
    return place


def submit(folder, *options):
    return main([str(folder), "--root", str(folder.parents[2]), *options])


def test_it_is_scored_and_stands_on_the_page(folder, capsys):
    assert submit(folder, "--check") == 1
    assert "mine: valid; scores not yet written: run python -m" in capsys.readouterr().out
    root = folder.parents[1]
    assert not (root / "README.md").exists()
    assert submit(folder) == 0
    out = capsys.readouterr().out
    assert "3 seeds: accuracy" in out
    assert "git add -A hard_conditions/submissions/mine \\\n" in out.replace(
        root.parent.name + "/", ""
    )
    assert "/mirror_11class/made_up-scratch-adam+100px-s2.json\n" in out
    assert not (root / "README.md").exists()  # rendered after the merge
    assert submit(folder, "--check") == 0
    stored = results.read_all(root, made_conditions.DATA, made_conditions.CELLS)
    assert [one.seed for one in stored] == [0, 1, 2]
    assert [one.provenance for one in stored] == ["submitted"] * 3
    expected = made_conditions.scores(1)
    assert stored[1].cells == expected.cells
    page = rendered(root)
    assert "made_up, adam+100px, seeds 0, 1, 2" in page
    assert "seeds 0, 1, 2: submitted (mine); code: https://" in page  # a claim, not reproduced
    before = {file: file.stat().st_mtime_ns for file in root.rglob("*.json")}
    assert submit(folder) == 0
    assert {file: file.stat().st_mtime_ns for file in root.rglob("*.json")} == before


def rendered(root):
    command = ["--records", str(root.parent / "records"), "--out", str(root.parent)]
    assert render.main(command) == 0
    return (root / "README.md").read_text()


def write_seed(folder, seed, values):
    table = made_conditions.truth()
    of_cells = dict(zip(made_conditions.CELLS, values, strict=True))
    predictions.write(
        folder / f"seed{seed}.csv.gz", of_cells, table.ids.tolist(), table.classes
    )  # fmt: skip


def near_copy(folder):
    """Sharpen another seed, and change an answer of every cell."""
    values = [v**2 / (v**2).sum(axis=1, keepdims=True) for v in made_conditions.probabilities(1)]
    for number, one in enumerate(values):
        one[number::997] = np.roll(one[number::997], 1, axis=1)
    write_seed(folder, 2, values)


def test_a_copy_of_another_row_is_said_and_shown(folder, capsys):
    root = folder.parents[1]
    for seed in (0, 1, 2):
        own = made_conditions.scores(seed)
        cells = made_conditions.CELLS
        text = as_text(scoring.signature(cells, made_conditions.probabilities(seed)))
        file = results.path(root, own)
        file.parent.mkdir(parents=True, exist_ok=True)
        results.write(file, dataclasses.replace(own, signature=text))
    assert submit(folder) == 0
    found = capsys.readouterr()
    warning = "100% of its answers are those of plain_cnn (reproduced), an earlier row"
    assert f"warning: {warning}" in found.err
    assert f"* {warning}" in found.out
    page = rendered(root)
    assert f"* Warning: made\\_up, adam+100px, seeds 0, 1, 2: {warning}" in page.replace(
        "\\_", "_"
    ).replace("made_up", "made\\_up")
    header = next(line for line in page.splitlines() if line.startswith("| accuracy"))
    assert header.index("plain_cnn") < header.index("made_up")  # of equal rows the first is ours


def test_a_row_of_another_submission_is_not_replaced_and_old_scores_are_removed(folder, capsys):
    assert submit(folder) == 0
    other = folder.with_name("other")
    shutil.copytree(folder, other)
    assert submit(other) == 1
    assert "is a row of submission mine; expected a model and recipe of" in capsys.readouterr().err
    card = folder / "card.toml"
    card.write_text(card.read_text().replace("adam+100px", "sgd"))
    assert submit(folder) == 0
    assert "deleted" in capsys.readouterr().out
    names = [one.recipe for one in results.read_all(
        folder.parents[1], made_conditions.DATA, made_conditions.CELLS)]  # fmt: skip
    assert names == ["sgd"] * 3


def test_a_row_that_was_taken_back_stays_last(folder):
    root = folder.parents[1]
    low = made_conditions.scores(0, (0.5, 0.4, 0.3, 0.3, 0.1))
    file = results.path(root, low)
    file.parent.mkdir(parents=True)
    results.write(file, low)
    with (folder / "card.toml").open("a") as card:
        card.write('withdrawn = "a wrong split"\n')
    assert submit(folder) == 0
    page = rendered(root)
    header = next(line for line in page.splitlines() if line.startswith("| accuracy"))
    assert header.index("plain_cnn") < header.index("made_up")
    assert "Taken back: made_up, adam+100px, seeds 0, 1, 2: withdrawn: a wrong split" in page


def pictures_of_another_seed(folder):
    file = folder / "seed1.csv.gz"
    text = gzip.decompress(file.read_bytes()).decode().replace("b" * 12, "7" * 12)
    file.write_bytes(gzip.compress(text.encode()))


def predictions_of_plain_images(folder):
    text = gzip.decompress((folder / "seed1.csv.gz").read_bytes()).decode()
    lines = [line.split(",", 3)[3] for line in text.splitlines()]
    (folder / "seed1.csv.gz").write_bytes(gzip.compress("\n".join(lines).encode()))


def test_exchanged_columns_are_named(folder, capsys):
    file = folder / "seed1.csv.gz"
    text = gzip.decompress(file.read_bytes()).decode()
    swapped = text.replace("Adenovirus,Astrovirus", "Astrovirus,Adenovirus", 1)
    file.write_bytes(gzip.compress(swapped.encode()))
    assert submit(folder) == 0
    found = capsys.readouterr()
    expected = "seed1.csv.gz: most of Adenovirus is called Astrovirus, most of Astrovirus is called"
    assert f"warning: {expected}" in found.err
    assert f"* {expected}" in found.out


def test_a_seed_unlike_the_others_is_pointed_out(folder, capsys):
    table, worse = (
        made_conditions.truth(),
        made_conditions.probabilities(1, (0.5, 0.4, 0.3, 0.2, 0)),
    )
    of_cells = dict(zip(made_conditions.CELLS, worse, strict=True))
    predictions.write(folder / "seed1.csv.gz", of_cells, table.ids.tolist(), table.classes)
    assert submit(folder) == 0
    expected = r"warning: the seeds' macro F1 under conditions lie far apart \(0: 0\.\d+, 1: 0"
    assert re.search(expected, capsys.readouterr().err)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (predictions_of_plain_images, "images as they are: predict every corrupted cell"),
        (lambda f: (f / "seed1.csv.gz").rename(f / "seed1.xlsx"), "a CSV file, seed1.csv."),
        (lambda f: (f / "seed3.csv").touch(), "Seed 3 is not on the card"),
        (lambda f: f.with_name("Mine").mkdir(), "there is also Mine, which is the same folder"),
        (pictures_of_another_seed, "images of another seed"),
        (lambda f: (f / "conditions.toml").unlink(), "conditions.toml: cannot be read"),
        (lambda f: (f / "conditions.toml").write_text('trained_with = ["fog"]'), "'fog'"),
        (lambda f: (f / "conditions.toml").write_text("trained_with = 3"), "a list"),
        (lambda f: (f / "conditions.toml").write_text("trained_with = [[]]"), "trained_with"),
        (lambda f: (f / "conditions.toml").write_text("trained = []"), "trained_with alone"),
        (lambda f: (f / "seed2.csv.gz").unlink(), "seed2.csv.gz is missing"),
        (lambda f: shutil.copy(f / "seed1.csv.gz", f / "seed2.csv.gz"), "the same predictions"),
        (near_copy, "seed2.csv.gz: nearly the same answers as seed1.csv.gz"),
        (lambda f: (f / "weights.h5").write_bytes(b""), "weights.h5"),
        (lambda f: (f / "seed1.csv").write_text(""), "there is also"),
        (lambda f: (f / "card.toml").unlink(), "is missing"),
    ],
)
def test_a_faulty_submission_is_refused_and_nothing_is_written(folder, change, text, capsys):
    change(folder)
    assert submit(folder) == 1
    error = capsys.readouterr().err
    assert text in error
    assert error.count("\n") == 1
    assert not list(folder.parents[1].glob("*/*.json"))


def test_a_row_of_this_project_is_not_replaced(folder, capsys):
    root = folder.parents[1]
    own = made_conditions.scores(1, model="made_up", recipe="adam+100px")
    results.write(results.path(root, own), own)
    assert submit(folder) == 1
    assert "is a row of this project" in capsys.readouterr().err
    assert results.read_all(root, own.data, made_conditions.CELLS) == [own]


def test_data_without_a_table_are_refused(folder, tmp_path, capsys):
    card = folder / "card.toml"
    card.write_text(card.read_text().replace("mirror_11class", "patches_14class"))
    assert submit(folder) == 1
    assert "card.toml: data" in capsys.readouterr().err
