"""Predictions of the open set as strangers write them, and their scores."""

from pathlib import Path

import numpy as np
import pytest
from made_open_set import changed, predicted

from leaderboard.open_set import boards, predictions, scoring, truth
from leaderboard.open_set.predictions import Predicted
from leaderboard.predictions.text import PredictionsError


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


FAULTS = {
    "no_column": (lambda t: "\n".join(x.rpartition(",")[0] for x in t.splitlines()),
                  "line 1: found no columns novelty, expected one.* Add it: larger for what is"),
    "two_columns": (lambda t: "\n".join(f"{x},{x.rpartition(',')[2]}" for x in t.splitlines()),
                    "found 2 columns novelty.*,novelty. Keep one of them.$"),
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


def test_the_file_of_another_round_is_named(tmp_path: Path) -> None:
    file, facts = tmp_path / "seed0.Rift_Valley.csv", truth.read(boards.MIRROR, "Orf")
    predictions.write(file, facts, predicted(facts))
    with pytest.raises(PredictionsError, match=r"classes of round Orf, expected .* Rift_Valley:"):
        predictions.read(file, truth.read(boards.MIRROR, "Rift_Valley"))
    assert predictions.read(file, facts).novelty.shape == (len(facts),)


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
