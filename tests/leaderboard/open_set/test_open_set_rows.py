"""Predictions of the open set as strangers write them, and rows from folder to page."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from leaderboard.open_set import __main__ as command
from leaderboard.open_set import boards, page, predictions, rows, scoring, truth
from leaderboard.open_set.predictions import Predicted
from leaderboard.predictions.text import PredictionsError

CARD = """model = "my_cnn"
data = "{board}"
recipe = "adamw"
authors = ["Ada Author"]
code = "https://example.org/my_cnn"
parameters = 10
seeds = {seeds}
pretraining = "none"
extra_data = "none"
hardware = "1 GPU"
chosen = "on novelty_mirror"
"""


def predicted(facts: truth.Truth, shift: float = 1.5, seed: int = 0) -> Predicted:
    """Probabilities that are mostly correct, and a novelty that is larger for the unknown."""
    rng = np.random.default_rng(seed)
    values = rng.dirichlet(np.full(len(facts.classes), 0.3), len(facts))
    values[np.arange(len(facts)), facts.labels] += facts.known
    values /= values.sum(axis=1, keepdims=True)
    return Predicted(np.round(values, 6), rng.normal(size=len(facts)) + shift * ~facts.known)


@pytest.fixture(scope="module")
def official() -> truth.Truth:
    return truth.read(boards.OFFICIAL)


@pytest.fixture(scope="module")
def text(official, tmp_path_factory) -> str:
    file = tmp_path_factory.mktemp("open_set") / "seed0.csv.gz"
    predictions.write(file, official, predicted(official))
    return gzip.decompress(file.read_bytes()).decode()


def test_the_ground_truth_has_the_published_numbers(official) -> None:
    assert official.classes == boards.CLASSES
    counts = {g: int((official.groups == g).sum()) for g in dict.fromkeys(official.groups.tolist())}
    assert sum(counts[name] for name in boards.CLASSES) == 1567
    assert sum(counts[name] for name in boards.UNKNOWN) == 333
    assert [counts[ring] for ring in boards.FAR] == [100] * 4
    assert int(official.known.sum()) == 1567
    near = ~np.isin(official.groups, list(boards.FAR))
    assert len(set(official.micrographs[near].tolist())) == 206


def test_a_session_is_unseen_in_its_round_and_never_seen_by_its_network() -> None:
    table = truth.session_rows()
    assert len(table) == 701
    for number in range(boards.SESSION_ROUNDS):
        facts = truth.read(boards.MIRROR, boards.session_round(number))
        assert facts.known.all()
        assert 0.2 < facts.unseen.mean() < 0.5
        learned = {
            (row["class"], row["session"])
            for row in table
            if row["split"] == "train" and str(number) not in row["unseen_in"].split()
        }
        assert {name for name, _ in learned} == set(boards.CLASSES)
        for row in table:
            is_unseen = str(number) in row["unseen_in"].split()
            assert is_unseen == ((row["class"], row["session"]) not in learned)
    assert not truth.read(boards.MIRROR, "Ebola").unseen.any()


def test_what_is_written_is_read_again_in_any_order(official, text, tmp_path: Path) -> None:
    header, *lines = text.splitlines()
    order = ["novelty", *reversed(boards.CLASSES)]
    columns = ["id", *boards.CLASSES, "novelty"]
    cells = [dict(zip(columns, line.split(","), strict=True)) for line in reversed(lines)]
    other = "\n".join(",".join([row["id"], *(row[name] for name in order)]) for row in cells)
    file = tmp_path / "other.csv"
    file.write_text(",".join(["id", *order]) + "\n\n" + other + "\n")
    assert header.split(",") == columns
    found, expected = predictions.read(file, official), predicted(official)
    np.testing.assert_allclose(found.probabilities, expected.probabilities, atol=1e-6)
    np.testing.assert_allclose(found.novelty, expected.novelty, rtol=1e-5)


def changed(text: str, line: int, column: int, value: str) -> str:
    lines = text.splitlines()
    cells = lines[line].split(",")
    cells[column] = value
    lines[line] = ",".join(cells)
    return "\n".join(lines)


FAULTS = {
    "no_column": (lambda t: "\n".join(x.rpartition(",")[0] for x in t.splitlines()),
                  "line 1: found no columns novelty, expected one"),
    "two_columns": (lambda t: "\n".join(f"{x},{x.rpartition(',')[2]}" for x in t.splitlines()),
                    "found 2 columns novelty"),
    "constant": (lambda t: "\n".join(
        x if n == 0 else x.rpartition(",")[0] + ",0.5" for n, x in enumerate(t.splitlines())),
        r"novelty is 0.5 in all 2,300 rows, expected values that differ"),
    "nan": (lambda t: changed(t, 5, -1, "nan"), "line 6: novelty: found 'nan', expected a finite"),
    "infinite": (lambda t: changed(t, 5, -1, "1e400"), "expected a finite number"),
    "decimal_comma": (lambda t: changed(t, 5, -1, '"0,5"'), "found '0,5'.*Write a decimal point"),
    "no_ring": (lambda t: "".join(x for x in t.splitlines(True) if "/noise/" not in x),
                "no picture of noise, expected all 2,300 .*pictures writes all"),
    "word": (lambda t: changed(t, 5, -1, "high"), "novelty: found 'high'"),
    "missing": (lambda t: "\n".join(t.splitlines()[:-1]), "1 of 2300 ids are missing"),
    "mirror": (lambda t: "\n".join([t.splitlines()[0], *(
        f"{name},{t.splitlines()[1].partition(',')[2]}"
        for name in truth.read(boards.MIRROR, "Orf").ids)]),
        "the ids are pictures of novelty_mirror, such as .*Predict its pictures"),
    "foreign": (lambda t: changed(t, 9, 0, "test/Mumps/1_0"), "line 10: unknown id"),
    "twice": (lambda t: t + t.splitlines()[1], "line 2302: id .* is there twice"),
    "short_row": (lambda t: t + "test/x", "line 2302: found 1 columns, expected 13"),
    "no_last_cell": (lambda t: "\n".join(
        x.rpartition(",")[0] if n == 7 else x for n, x in enumerate(t.splitlines())),
        "line 8: found 12 columns, expected 13"),
    "semicolons": (lambda t: t.replace(",", ";"), "save with commas"),
    "probability": (lambda t: changed(t, 3, 1, "7"), "line 4: the row sums to"),
    "fewer_classes": (lambda t: "\n".join(
        ",".join(x.split(",")[:1] + x.split(",")[2:]) for x in t.splitlines()),
        "found 10 known classes, expected 11"),
    "other_class": (lambda t: t.replace("id,Adenovirus", "id,Influenza", 1),
                    "missing: 'Adenovirus'; unknown: 'Influenza'"),
    "empty": (lambda t: "", "is empty, expected id,Adenovirus,.* a row for each of 2,300"),
    "index": (lambda t: "\n".join(f"{n or ''},{x}" for n, x in enumerate(t.splitlines())),
              "The first column is pandas' index"),
    "spelling": (lambda t: t.replace("Rift Valley,", "Rift_Valley,", 1),
                 "'Rift_Valley' is written 'Rift Valley'"),
    "Novelty": (lambda t: t.replace("novelty", "Novelty"), "'Novelty' is written 'novelty'"),
    "extra_cell": (lambda t: t.replace("\ntest", ",\ntest", 3), "The line ends in a comma"),
    "label": (lambda t: t.replace("\n", ",Orf\n").replace(",Orf", ",label", 1),
              "and none named 'label'"),
    "zip": (lambda t: "PK\3\4", "is a zip archive; .*Unpack it"),
    "sep": (lambda t: "sep=,\n" + t, "is Excel's own"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_predictions_are_one_clear_line(official, text, tmp_path: Path, fault: str) -> None:
    change, message = FAULTS[fault]
    file = tmp_path / "seed0.csv"
    file.write_text(change(text))
    with pytest.raises(PredictionsError, match=message) as caught:
        predictions.read(file, official)
    assert "\n" not in str(caught.value)
    assert str(file) in str(caught.value)


def test_scores_of_a_known_separation(official) -> None:
    values = predicted(official)
    found = scoring.score(official, values)
    assert found.values["accuracy"] > 0.99
    assert found.values["auroc"] == pytest.approx(0.856, abs=0.03)  # of two normals 1.5 apart
    assert found.values["auroc noise"] == pytest.approx(0.856, abs=0.06)
    assert found.values["micrograph auroc"] > found.values["auroc"]
    assert len(found.residuals["auroc"]) == 206
    assert set(found.pairs) == {*boards.UNKNOWN, *boards.FAR}
    assert sum(found.called["Lassa"].values()) == pytest.approx(1)
    # the far rings do not touch the scores of the real unknowns
    far = np.isin(official.groups, list(boards.FAR))
    other = Predicted(values.probabilities, np.where(far, -9.0, values.novelty))
    again = scoring.score(official, other)
    assert again.values["auroc"] == found.values["auroc"]
    assert again.values["auroc noise"] == 0
    # of three classes: the mean of the classes' areas, weighted by their patches
    sizes = {name: int((official.groups == name).sum()) for name in boards.UNKNOWN}
    weighted = sum(found.values[f"auroc {n}"] * k for n, k in sizes.items()) / 333
    assert weighted == pytest.approx(found.values["auroc"])


def test_sessions_that_look_new_are_seen() -> None:
    facts = truth.read(boards.MIRROR, "sessions-1")
    values = predicted(facts)
    blind = scoring.unseen_sessions(facts, values).values
    assert blind["sessions"] == pytest.approx(0.5, abs=0.06)
    new = Predicted(values.probabilities, values.novelty + 3 * facts.unseen)
    found = scoring.unseen_sessions(facts, new).values
    assert found["sessions"] > 0.95
    assert found["sessions in class"] > 0.95


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
    (row / "card.toml").write_text(CARD.format(board=boards.MIRROR, seeds=[0]))
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
    names = [name for name in boards.rounds_of(boards.MIRROR) if "sessions" not in name]
    for name in names[1:]:
        facts = truth.read(boards.MIRROR, name)
        predictions.write(folder / f"seed0.{name}.csv.gz", facts, predicted(facts))
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
    assert "Ebola" not in scores.pairs["Ebola"]
    assert len(json.loads(rows.write(folder, scores).read_text())["residuals"]["0"]) == 142


def test_the_page_and_one_committed_row_follow_from_the_predictions() -> None:
    """`rescore --check` does so for all rows."""
    assert not page.changed(command.ROOT)
    folder = command.ROOT / page.FOLDER / boards.OFFICIAL / "texture_features-max_probability"
    expected = rows.score_folder(folder, boards.OFFICIAL)
    assert rows.read(folder, boards.OFFICIAL).scores == expected
