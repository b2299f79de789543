"""The board of hard conditions: scores, means, corruption error, page, and files it refuses."""

import csv
import dataclasses
import json

import made_conditions
import numpy as np
import pytest

from leaderboard import render
from leaderboard.metrics import calibration, intervals, jackknife
from leaderboard.metrics import classification as metrics
from leaderboard.ranking import conditions as ranking
from leaderboard.results import conditions as results
from leaderboard.results.record import RecordError
from leaderboard.scoring import conditions as scoring


@pytest.fixture
def root(tmp_path, monkeypatch):
    made_conditions.ship(monkeypatch, tmp_path / "tables")
    (tmp_path / "records").mkdir()
    return tmp_path / "hard_conditions"


def stored(root, *found):
    for scores in found:
        results.write(results.path(root, scores), scores)


def test_a_cell_has_the_scores_of_the_existing_methods():
    truth, values = made_conditions.truth(), made_conditions.probabilities(0)[2]
    novelty = np.linspace(0, 2, len(truth))
    cell = scoring.score(truth, made_conditions.CELLS[2], values, novelty)
    guess = values.argmax(axis=1)
    expected = metrics.scores(truth.labels, guess, 11)
    assert cell.scores == pytest.approx(dataclasses.asdict(expected))
    ends = intervals.of_predictions(truth.labels, guess, truth.micrographs.tolist(), 11)
    assert cell.intervals["f1"] == pytest.approx(ends["f1"], abs=1e-6)
    ece = calibration.expected_calibration_error(truth.labels, values)
    assert cell.calibration_error == pytest.approx(ece, abs=1e-6)
    assert cell.refused == pytest.approx((novelty > 1).mean())


def test_means_are_over_levels_then_over_conditions_without_inversion_and_clean():
    row = ranking.ConditionRow((made_conditions.scores(1), made_conditions.scores(2)))
    by_seed = []
    for seed in row.seeds:
        accuracy = {(c.condition, c.level): c.scores["accuracy"] for c in seed.cells}
        defocus = (accuracy["defocus", 1] + accuracy["defocus", 2]) / 2
        by_seed.append((defocus + accuracy["gamma", 1]) / 2)
    value = row.mean(ranking.accuracy)
    assert value.mean == pytest.approx(np.mean(by_seed))
    assert value.std == pytest.approx(np.std(by_seed, ddof=1))
    assert row.mean(ranking.refused) is None
    total = row.total("accuracy")
    assert (total.mean, total.std) == (pytest.approx(value.mean), pytest.approx(value.std))
    assert total.interval[0] < total.mean < total.interval[1]


def test_the_interval_of_a_mean_is_that_of_one_score_where_all_cells_are_alike():
    truth, values = made_conditions.truth(), made_conditions.probabilities(0)[1]
    cells = made_conditions.CELLS
    found = scoring.mean_residuals(truth, cells, [values] * len(cells))
    guess, names = values.argmax(axis=1), truth.micrographs.tolist()
    expected = jackknife.of_predictions(truth.labels, guess, names, 11)
    for name in ("accuracy", "f1"):
        np.testing.assert_allclose(found[name], expected[name], atol=1e-7)


def test_the_corruption_error_is_1_for_the_reference_and_counts_each_condition_alike():
    reference = ranking.ConditionRow((made_conditions.scores(1), made_conditions.scores(2)))
    value = ranking.corruption_error(reference, reference)
    assert value.mean == pytest.approx(1)
    other = made_conditions.scores(3, (0.9, 0.9, 0.9, 0.5, 0.1), model="other")
    row = ranking.ConditionRow((other,))

    def error(one, condition):
        return np.mean([1 - c.scores["accuracy"] for c in one.cells if c.condition == condition])

    ratios = [
        error(other, name) / np.mean([error(seed, name) for seed in reference.seeds])
        for name in ("defocus", "gamma")
    ]
    assert ranking.corruption_error(row, reference).mean == pytest.approx(np.mean(ratios))
    assert ranking.corruption_error(row, None) is None


def test_the_page_and_the_list_follow_the_files_of_scores(root, tmp_path, capsys):
    stored(
        root, made_conditions.scores(1), made_conditions.scores(2),
        made_conditions.scores(0, (0.95, 0.9, 0.9, 0.9, 0.1), model="better", trained_with=[]),
    )  # fmt: skip
    command = ["--records", str(tmp_path / "records"), "--out", str(tmp_path)]
    assert render.main([*command, "--check"]) == 1
    assert render.main(command) == 0
    page = (root / "README.md").read_text()
    lines = {line.split("|")[1].strip(): line for line in page.splitlines() if line[:1] == "|"}
    assert "better" in lines["accuracy"].split("|")[3]  # the best stands first
    assert "0.5, 1 um" in lines["defocus"]
    assert [cell.count("†") for cell in lines["gamma"].split("|")[3:5]] == [0, 1]
    assert "1.000" in lines["mean corruption error"].split("|")[4]
    assert "refused, mean" not in lines
    assert "mean of seeds 1, 2" in page
    with (root / "cells.csv").open() as text:
        rows = list(csv.DictReader(text))
    assert len(rows) == 3 * 5
    expected = made_conditions.scores(1).cells[2]
    found = next(
        r for r in rows if (r["seed"], r["condition"], r["level"]) == ("1", "defocus", "2")
    )
    assert float(found["accuracy"]) == pytest.approx(expected.scores["accuracy"], abs=1e-4)
    assert float(found["f1_low"]) == pytest.approx(expected.intervals["f1"][0], abs=1e-4)
    capsys.readouterr()
    assert render.main([*command, "--check"]) == 0
    prose = page.replace("# Hard conditions", "# Hard conditions\n\nProse of a person.")
    (root / "README.md").write_text(prose)
    assert render.main([*command, "--check"]) == 0


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda d: d["cells"].pop(2), "defocus-2 is missing"),
        (lambda d: d["cells"][1].update(pictures="9" * 64), "defocus-1 is of the images 999"),
        (lambda d: d["cells"][1].update(condition="dust"), "defocus-1 is missing"),
        (lambda d: d["cells"].append({**d["cells"][1], "level": 9}), "'defocus' at level 9"),
        (lambda d: d["cells"].append(d["cells"][1]), "cells twice"),
        (lambda d: d["cells"].reverse(), "in another order"),
        (lambda d: d["cells"][1]["confusion"][0].__setitem__(0, 999), "a confusion matrix of"),
        (lambda d: d.pop("seed"), "cannot be read"),
        (lambda d: d["cells"][1]["intervals"].pop("f1"), "no interval of f1"),
        (lambda d: d["cells"][1].update(refused=7), "not from 0 to 1"),
        (lambda d: d["residuals"].pop("f1"), "residuals of accuracy"),
        (lambda d: d.update(model="renamed"), "holds the scores of 'renamed"),
    ],
)
def test_a_file_of_other_images_or_without_a_cell_is_refused(root, tmp_path, change, text, capsys):
    scores = made_conditions.scores(1)
    fields = json.loads(results.text_of(scores))
    change(fields)
    file = results.path(root, scores)
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(fields))
    command = ["--records", str(tmp_path / "records"), "--out", str(tmp_path)]
    assert render.main(command) == 1
    error = capsys.readouterr().err
    assert text in error
    assert error.count("\n") == 1


def test_scores_are_read_back_as_they_were_written(root):
    scores = made_conditions.scores(1)
    stored(root, scores)
    assert results.read_all(root, scores.data, made_conditions.CELLS) == [scores]
    with pytest.raises(RecordError, match="gamma-1"):
        results.read(results.path(root, scores), [
            dataclasses.replace(cell, pictures="9" * 64) if cell.condition == "gamma" else cell
            for cell in made_conditions.CELLS
        ])  # fmt: skip


def test_scores_of_a_config_without_a_table_are_not_left_out_in_silence(root, tmp_path, capsys):
    stored(root, made_conditions.scores(1, data="tem_virus/other_config"))
    command = ["--records", str(tmp_path / "records"), "--out", str(tmp_path)]
    assert render.main(command) == 1
    assert "other_config: scores of a config without a table" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [("condition,level\n", "cannot be read"), ("", "cannot be read"), ("a" * 10, "cannot be read")],
)
def test_a_damaged_table_of_cells_is_one_line(root, tmp_path, text, message, capsys):
    stored(root, made_conditions.scores(1))
    (tmp_path / "tables" / "tem_virus" / "mirror_11class-1.0.0.csv").write_text(text)
    command = ["--records", str(tmp_path / "records"), "--out", str(tmp_path)]
    assert render.main(command) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
