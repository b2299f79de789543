"""Submissions to the open set, from the folder to the row of the page."""

import json
from pathlib import Path

import numpy as np
import pytest
from made_open_set import CARD, changed, predicted

from leaderboard.open_set import __main__ as command
from leaderboard.open_set import boards, page, predictions, rows, truth
from leaderboard.open_set.predictions import Predicted


@pytest.fixture
def row(official, text, tmp_path: Path) -> Path:
    """A submission to `open_set_14class` of three seeds."""
    folder = tmp_path / "novelty" / boards.OFFICIAL / "my_cnn"
    folder.mkdir(parents=True)
    (folder / "card.toml").write_text(CARD.format(board=boards.OFFICIAL, seeds=[0, 1, 2]))
    (folder / "seed0.csv").write_text(text)
    for seed in (1, 2):
        predictions.write(folder / f"seed{seed}.csv.gz", official, predicted(official, seed=seed))
    (tmp_path / "novelty" / page.PAGE).write_text(
        "# Open set\n\n<!-- table:open_set/open_set_14class -->\n<!-- end -->\n"
    )
    return folder


def test_a_submission_becomes_a_row_of_the_page(row: Path, tmp_path: Path, capsys) -> None:
    before = (tmp_path / "novelty" / page.PAGE).read_text()
    assert command.main(["submit", str(row), "--check"]) == 1
    assert "valid; scores not yet written: run python -m" in capsys.readouterr().out
    assert command.main(["submit", str(row)]) == 0
    out = capsys.readouterr().out
    assert "git add -A leaderboard/novelty/open_set_14class/my_cnn\n" in out
    assert "git checkout -b submit-open_set_14class-my_cnn\n" in out  # not that of novelty_mirror
    assert 'git commit -m "Submit my_cnn to open_set_14class"\n' in out
    assert "my_cnn: row 1 of 1 of open_set_14class by AUROC; best" in out
    assert (tmp_path / "novelty" / page.PAGE).read_text() == before  # rendered after the merge
    (tmp_path / "novelty" / page.PAGE).write_text(*page.changed(tmp_path).values())
    found = rows.read(row, boards.OFFICIAL)
    values = [seed["auroc"] for seed in found.scores.seeds.values()]
    low, high = found.scores.intervals["auroc"]
    assert low < np.mean(values) < high
    text = (tmp_path / "novelty" / page.PAGE).read_text()
    assert f"{np.mean(values):.3f} [{low:.3f}, {high:.3f}]" in text
    assert "submitted: https://example.org/my_cnn" in text
    assert not page.changed(tmp_path)
    (row / "scores.json").write_text((row / "scores.json").read_text().replace("auroc", "auroc_"))
    assert command.main(["rescore", "--root", str(tmp_path), "--check"]) == 1
    assert command.main(["rescore", "--root", str(tmp_path)]) == 0
    assert command.main(["submit", str(row), "--check"]) == 0
    assert "valid" in capsys.readouterr().out
    facts = truth.read(boards.OFFICIAL)
    predictions.write(row / "seed0.csv", facts, predicted(facts, seed=9))
    assert command.main(["submit", str(row), "--check"]) == 1
    assert "is of other predictions than those beside it" in capsys.readouterr().err


def test_what_a_row_was_trained_on_and_what_failed_stands_on_the_page(
    row: Path, tmp_path: Path
) -> None:
    card = (row / "card.toml").read_text()
    card = card.replace('extra_data = "none"', 'extra_data = "RAW micrographs of Lassa"')
    (row / "card.toml").write_text(card + "failed = [3, 4]\n")
    assert command.main(["submit", str(row)]) == 0
    text = next(iter(page.changed(tmp_path).values()))
    assert "extra data: RAW micrographs of Lassa; failed seeds: 3, 4; chosen:" in text
    assert "pretraining" not in text  # none


def test_a_checkout_may_turn_the_ends_of_lines(row: Path, tmp_path: Path) -> None:
    """Git for Windows makes LF of CRLF at a commit, and CRLF of LF at a checkout."""
    plain, scores = row / "seed0.csv", row / "scores.json"
    plain.write_bytes(plain.read_bytes().replace(b"\n", b"\r\n"))
    assert command.main(["submit", str(row)]) == 0
    plain.write_bytes(plain.read_bytes().replace(b"\r\n", b"\n"))
    assert rows.read(row, boards.OFFICIAL).scores.mean("auroc")
    scores.write_bytes(scores.read_bytes().replace(b"\n", b"\r\n"))
    assert command.main(["submit", str(row), "--check"]) == 0
    assert command.main(["rescore", "--root", str(tmp_path), "--check"]) == 0


def test_an_address_brings_no_link_of_its_own(row: Path, tmp_path: Path) -> None:
    card = row / "card.toml"
    address = "https://example.org/x](https://evil.example)**"
    card.write_text(card.read_text().replace("https://example.org/my_cnn", address))
    assert command.main(["submit", str(row)]) == 0
    (text,) = page.changed(tmp_path).values()
    assert r"submitted: https://example.org/x\](https://evil.example)\*\*;" in text


def test_bad_folders_are_one_clear_line(row: Path, capsys) -> None:
    def refused(*words: str) -> str:
        assert command.main(["submit", *map(str, words or (row,))]) == 1
        err = capsys.readouterr().err
        assert err.count("\n") == 1
        return str(err)

    (row / "model.pt").write_bytes(b"weights")
    assert "found 'model.pt', expected card.toml and predictions" in refused()
    (row / "model.pt").unlink()
    (row / "seed1.csv.gz").rename(row / "seed3.csv.gz")
    assert "Seed 3 is not on the card: add it to seeds there" in refused()
    (row / "seed3.csv.gz").unlink()
    assert "seed1.csv is missing" in refused()
    (row / "seed1.csv").write_bytes((row / "seed0.csv").read_bytes())
    assert "seed1.csv: the same predictions as seed0.csv, expected those of another" in refused()
    (row / "seed1.csv").write_text(changed((row / "seed0.csv").read_text(), 7, -1, "0.123"))
    assert "the same predictions as seed0.csv" in refused()
    values = predictions.read(row / "seed0.csv", truth.read(boards.OFFICIAL))
    sharper = values.probabilities**2
    copy = Predicted(sharper / sharper.sum(axis=1, keepdims=True), -values.novelty)
    predictions.write(row / "seed1.csv", truth.read(boards.OFFICIAL), copy)
    assert "seed1.csv: nearly the same answers as seed0.csv" in refused()
    (row / "card.toml").write_text((row / "card.toml").read_text().replace("my_cnn", "other"))
    assert "model: found 'other', expected 'my_cnn', or a folder named other" in refused()
    (row / "card.toml").write_text(CARD.format(board=boards.OFFICIAL, seeds=[0]))
    assert "found 1 seeds, expected at least 3" in refused()
    (row / "card.toml").write_text(CARD.format(board=boards.MIRROR, seeds=[0, 1, 2]))
    assert "expected open_set_14class: a row lies in the folder of its board" in refused()
    (row / "origin.json").write_text("{}")
    assert "marks a row of this project" in refused()
    assert "no folder of a row. Expected leaderboard/novelty/BOARD/NAME" in refused(row.parent)
    assert "no such folder. Expected leaderboard" in refused(f"{row}s")
    assert "texture_feature: no such folder, did you mean 'texture_features-" in refused(
        "texture_feature"
    )
    (row.parent / "link").symlink_to(row)
    assert "a link, or a folder elsewhere; expected the row itself" in refused(row.parent / "link")
    row.parents[1].rename(row.parents[2] / "else")
    assert "a link, or a folder elsewhere" in refused(
        row.parents[2] / "else" / row.parent.name / row.name
    )
    (row.parents[2] / "else").rename(row.parents[1])
    assert command.main(["score", "novelty_mirror", str(row / "seed0.csv")]) == 1
    assert "expected one of Adenovirus" in capsys.readouterr().err


def test_a_row_is_found_by_its_name_alone(row: Path, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(command, "ROOT", tmp_path)
    assert command.main(["submit", "my_cnn", "--check"]) == 1
    assert "valid; scores not yet written" in capsys.readouterr().out
    (tmp_path / "novelty" / boards.MIRROR / "my_cnn").mkdir(parents=True)
    assert command.main(["submit", "my_cnn"]) == 1
    assert "my_cnn: found on both boards" in capsys.readouterr().err


def test_a_name_that_differs_by_case_is_refused(row: Path, capsys) -> None:
    (row.parent / "My_CNN").mkdir()
    assert command.main(["submit", str(row)]) == 1
    assert "there is also My_CNN, which is the same folder on Windows" in capsys.readouterr().err
    assert not (row / "scores.json").exists()


def test_exchanged_columns_are_named(row: Path, text, capsys) -> None:
    header, _, lines = text.partition("\n")
    swapped = header.replace("Adenovirus,Astrovirus", "Astrovirus,Adenovirus")
    (row / "seed0.csv").write_text(f"{swapped}\n{lines}")
    expected = "most of Adenovirus is called Astrovirus, most of Astrovirus is called Adenovirus: "
    assert command.main(["score", boards.OFFICIAL, str(row / "seed0.csv")]) == 0
    assert f"warning: {expected}are these columns exchanged?" in capsys.readouterr().err
    assert command.main(["submit", str(row)]) == 0
    captured = capsys.readouterr()
    assert f"warning: seed0.csv: {expected}" in captured.err
    assert f"* seed0.csv: {expected}" in captured.out


def test_a_row_of_the_mirror_needs_all_rounds(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "novelty" / boards.MIRROR / "my_cnn"
    folder.mkdir(parents=True)
    (folder / "card.toml").write_text(CARD.format(board=boards.MIRROR, seeds=[0]))
    assert command.main(["submit", str(folder)]) == 1
    assert "found 1 seeds, expected at least 3" in capsys.readouterr().err
    (folder / "card.toml").write_text(CARD.format(board=boards.MIRROR, seeds=[0, 1, 2]))
    names = [name for name in boards.rounds_of(boards.MIRROR) if "sessions" not in name]
    for name in names:
        facts = truth.read(boards.MIRROR, name)
        for seed in (0, 1, 2) if name != names[0] else (1, 2):
            file = folder / f"seed{seed}.{name}.csv.gz"
            predictions.write(file, facts, predicted(facts, seed=seed))
    assert command.main(["submit", str(folder)]) == 1
    assert "seed0.Adenovirus.csv is missing" in capsys.readouterr().err
    (folder / "seed0.csv").touch()
    assert command.main(["submit", str(folder)]) == 1
    assert "Say in its name which it is: seed0.Adenovirus.csv" in capsys.readouterr().err
    (folder / "seed0.csv").unlink()
    assert command.main(["score", boards.MIRROR, "x.csv", "--round", "rift valley"]) == 1
    assert "Is Rift_Valley meant?" in capsys.readouterr().err
    facts = truth.read(boards.MIRROR, "Adenovirus")
    predictions.write(folder / "seed0.Adenovirus.csv", facts, predicted(facts))
    scores = rows.score_folder(folder, boards.MIRROR)
    by_class = [scores.mean(f"auroc {name}") for name in boards.CLASSES]
    assert scores.mean("auroc") == pytest.approx(np.mean(by_class), abs=1e-6)
    assert scores.mean("sessions") is None
    one = predictions.read(folder / "seed0.Adenovirus.csv", facts)
    turned = Predicted(one.probabilities, -one.novelty)
    predictions.write(folder / "seed0.Adenovirus.csv", facts, turned)
    said: list[str] = []
    rows.score_folder(folder, boards.MIRROR, said.append)
    assert len(said) == 1 and "seed0.Adenovirus.csv: AUROC 0.1" in said[0]  # one file of 33
    assert "Ebola" not in scores.pairs["Ebola"]
    assert len(json.loads(rows.write(folder, scores).read_text())["residuals"]["0"]) == 142


def test_the_page_and_one_committed_row_follow_from_the_predictions() -> None:
    """`rescore --check` does so for all rows."""
    assert not page.changed(command.ROOT)
    folder = command.ROOT / page.FOLDER / boards.OFFICIAL / "texture_features-max_probability"
    expected = rows.score_folder(folder, boards.OFFICIAL)
    assert rows.read(folder, boards.OFFICIAL).scores == expected


def test_rows_that_are_prepared_side_by_side_do_not_wait_for_each_other(row: Path, capsys) -> None:
    """Each needed the scores of the other one, so that neither could be submitted."""
    facts = truth.read(boards.OFFICIAL)
    other = row.parent / "my_cnn-second"
    other.mkdir()
    (other / "card.toml").write_text(CARD.format(board=boards.OFFICIAL, seeds=[3, 4, 5]))
    for seed in (3, 4, 5):
        predictions.write(other / f"seed{seed}.csv", facts, predicted(facts, seed=seed))
    (row.parent / "begun").mkdir()  # no card yet
    assert command.main(["submit", str(row)]) == 0
    taken = capsys.readouterr()
    assert "not compared with my_cnn-second: it has no scores" in taken.err
    assert "not compared with begun" in taken.err
    assert "row 1 of 1" in taken.out
    assert command.main(["submit", str(other)]) == 0
    assert "of 2 of open_set_14class" in capsys.readouterr().out
    for folder, name in ((row, "seed1.csv.gz"), (other, "seed3.csv")):  # both are changed
        predictions.write(folder / name, facts, predicted(facts, seed=int(name[4]) + 10))
    for folder in (row, other):
        assert command.main(["submit", str(folder)]) == 0


def test_one_seed_with_a_reversed_novelty_is_named(row: Path, official, capsys) -> None:
    """The mean of the three is above chance: it told nothing."""
    one = predicted(official, seed=1)
    turned = Predicted(one.probabilities, -one.novelty)
    predictions.write(row / "seed1.csv.gz", official, turned)
    assert command.main(["submit", str(row)]) == 0
    taken = capsys.readouterr().err
    assert "seed 1: AUROC 0.1" in taken and "is the sign reversed?" in taken
    assert "seed 0" not in taken and "seed 2" not in taken
    assert "the seeds' AUROC lie far apart (0: 0.8" in taken and "known classes" not in taken
