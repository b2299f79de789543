"""Submissions to the board of hard conditions: accepted once, scored, or refused in one line."""

import gzip
import shutil

import made_conditions
import pytest

from leaderboard.results import conditions as results
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
    assert "missing or stale" in capsys.readouterr().err
    root = folder.parents[1]
    assert not (root / "README.md").exists()
    assert submit(folder) == 0
    assert "3 seeds: accuracy" in capsys.readouterr().out
    stored = results.read_all(root, made_conditions.DATA, made_conditions.CELLS)
    assert [one.seed for one in stored] == [0, 1, 2]
    assert [one.provenance for one in stored] == ["submitted"] * 3
    expected = made_conditions.scores(1)
    assert stored[1].cells == expected.cells
    assert "made_up, adam+100px, seeds 0, 1, 2" in (root / "README.md").read_text()
    before = {file: file.stat().st_mtime_ns for file in root.rglob("*.json")}
    assert submit(folder) == 0
    assert {file: file.stat().st_mtime_ns for file in root.rglob("*.json")} == before


def pictures_of_another_seed(folder):
    file = folder / "seed1.csv.gz"
    text = gzip.decompress(file.read_bytes()).decode().replace("b" * 12, "7" * 12)
    file.write_bytes(gzip.compress(text.encode()))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (pictures_of_another_seed, "images of another seed"),
        (lambda f: (f / "conditions.toml").unlink(), "conditions.toml: cannot be read"),
        (lambda f: (f / "conditions.toml").write_text('trained_with = ["fog"]'), "'fog'"),
        (lambda f: (f / "conditions.toml").write_text("trained_with = 3"), "a list"),
        (lambda f: (f / "conditions.toml").write_text("trained_with = [[]]"), "trained_with"),
        (lambda f: (f / "conditions.toml").write_text("trained = []"), "trained_with alone"),
        (lambda f: (f / "seed2.csv.gz").unlink(), "seed2.csv.gz is missing"),
        (lambda f: shutil.copy(f / "seed1.csv.gz", f / "seed2.csv.gz"), "the same predictions"),
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
