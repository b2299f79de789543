import io
import warnings

import matplotlib as mpl
import numpy as np
import pytest

from leaderboard.figures import classification as figures
from leaderboard.figures import files as figure_files
from leaderboard.figures.confusion import _per_cent, confusion_matrix
from leaderboard.metrics import classification as metrics
from leaderboard.metrics import details
from leaderboard.metrics.calibration import reliability
from leaderboard.predictions import classification as predictions

CLASSES = ("Ebola", "Orf", "Rift Valley")
TRUE, GUESS = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 1, 1, 1, 1, 2])


def test_labels_come_from_the_ids():
    ids = ["test/Orf/1_1", "test/Rift Valley/A_2_1"]
    assert details.labels_of(ids, CLASSES).tolist() == [1, 2]
    with pytest.raises(ValueError, match="found the id 'test/Zika/1_1'"):
        details.labels_of(["test/Zika/1_1"], CLASSES)


def test_micrographs_come_from_the_ids_where_all_have_a_number():
    assert details.micrographs_of(["test/Orf/A_2_1"]) == ["test/Orf/A_2"]
    assert details.micrographs_of(["test/Orf/A_2_1", "test/Orf/3"]) is None


def test_scores_of_a_class_are_those_counted_by_hand():
    ebola, orf, rift = details.per_class(TRUE, GUESS, CLASSES)
    assert (ebola.precision, ebola.recall, ebola.f1, ebola.support) == (1, 1 / 3, 0.5, 3)
    assert (orf.precision, orf.recall, orf.support) == (0.5, 1, 2)
    assert (rift.precision, rift.recall, rift.f1, rift.support) == (1, 1, 1, 1)
    macro = metrics.scores(TRUE, GUESS, 3)
    assert np.mean([ebola.f1, orf.f1, rift.f1]) == pytest.approx(macro.f1)


def test_micrographs_stand_worst_first():
    names = ["a", "b", "b", "c", "c", "d"]
    found = details.per_micrograph(TRUE, GUESS, names)
    assert [(m.name, m.patches, m.correct) for m in found] == [
        ("b", 2, 0), ("c", 2, 2), ("a", 1, 1), ("d", 1, 1),
    ]  # fmt: skip


def test_the_commonest_errors_are_counted():
    (only,) = details.confused(metrics.confusion(TRUE, GUESS, 3), CLASSES)
    assert (only.true, only.predicted, only.count) == ("Ebola", "Orf", 2)
    assert only.share == pytest.approx(2 / 3)


def test_the_worst_error_is_the_most_confident_one():
    given = [[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [0.3, 0.7]]
    assert details.worst_errors([0, 0, 0, 0], given, 2).tolist() == [1, 3]
    assert details.worst_errors([0, 1, 1, 1], given, 2).tolist() == []


def test_a_predictions_file_is_read_with_its_own_ids(tmp_path):
    given = predictions.Predictions(("b", "a"), ("x", "y"), np.array([[0.25, 0.75], [1, 0]]))
    predictions.write(tmp_path / "p.csv", given)
    found = predictions.read_whole(tmp_path / "p.csv", ("x", "y"))
    assert found.ids == ("b", "a")
    np.testing.assert_array_equal(found.probabilities, given.probabilities)
    (tmp_path / "p.csv").write_text("id,x,y\na,0,1\na,0,1\n")
    with pytest.raises(predictions.PredictionsError, match="there twice"):
        predictions.read_whole(tmp_path / "p.csv", ("x", "y"))
    (tmp_path / "p.csv").write_text("id,x,y\n")
    with pytest.raises(predictions.PredictionsError, match="no row below the header"):
        predictions.read_whole(tmp_path / "p.csv", ("x", "y"))


DRAW = {
    "curves": lambda: figures.training_curves([{"loss": 1.0}, {"validation_f1": 0.5}], 2),
    "reliability": lambda: figures.reliability_diagram(reliability([0, 1], np.eye(2))),
    "classes": lambda: figures.class_scores(details.per_class(TRUE, GUESS, ["a$b", "$", "c"])),
    "confusion": lambda: confusion_matrix(metrics.confusion(TRUE, GUESS, 3), CLASSES),
    "ranking": lambda: figures.ranking(["m", "n"], [0.9, 0.8], [(0.8, 0.95), None]),
}


@pytest.mark.parametrize("name", DRAW)
def test_a_figure_is_written_for_pages_and_papers(name, tmp_path):
    from PIL import Image

    before = dict(mpl.rcParams)
    figure_files.write(tmp_path, name, DRAW[name])
    assert dict(mpl.rcParams) == before
    light, dark = ((tmp_path / f"{name}{e}.svg").read_bytes() for e in ("", "-dark"))
    assert light.startswith(b"<?xml")
    assert light != dark
    with Image.open(tmp_path / f"{name}.png") as picture:
        assert picture.info["dpi"][0] == pytest.approx(300, abs=1)
    figure_files.write(tmp_path, name, DRAW[name])
    assert (tmp_path / f"{name}.svg").read_bytes() == light  # the same figure, the same file


def test_long_names_of_runs_leave_room_for_their_scores():
    settings = "+".join(f"setting_{number}=0.001" for number in range(8))
    name = f"plain_cnn scratch brief+{settings} s3"
    with mpl.rc_context(figure_files.theme()), warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = figures.ranking([name, "custom"], [0.9, 0.8], [(0.8, 0.95), None])
        figure.draw_without_rendering()
    (axes,) = figure.axes
    assert axes.get_position().width > 0.4
    written = axes.get_yticklabels()[0].get_text()
    assert "".join(written.split()) == "".join(name.split())
    assert max(map(len, written.splitlines())) <= figures.LINE


def test_the_matrix_shows_its_counts_and_shares():
    with mpl.rc_context(figure_files.theme()):
        figure = DRAW["confusion"]()
    said = [text.get_text() for text in figure.axes[0].texts]
    assert said == ["1", "33 %", "2", "67 %", "2", "100 %", "1", "100 %"]
    figure.savefig(io.BytesIO())


def test_a_share_is_never_rounded_to_none_or_all():
    assert [_per_cent(s) for s in (0.004, 0.01, 0.255, 0.99, 0.996, 1)] == [
        "<1 %", "1 %", "26 %", "99 %", ">99 %", "100 %",
    ]  # fmt: skip


def test_a_micrograph_has_one_class_that_of_the_highest_mean_log_probability() -> None:
    probabilities = [
        [0.9, 0.1], [0.4, 0.6], [0.4, 0.6],  # 0.9 outweighs the two others
        [0.0, 1.0], [0.7, 0.3], [0.7, 0.3],  # an impossible class, by one patch of three
        [0.5, 0.5],
    ]  # fmt: skip
    names = ["a", "a", "a", "b", "b", "b", "c"]
    labels = [0, 0, 1, 1, 1, 0, 0]
    found = details.accuracy_by_micrograph(labels, probabilities, names)
    assert found == pytest.approx((2 + 2 + 1) / 7)
    order = [6, 3, 0, 4, 1, 5, 2]
    shuffled = (np.array(values)[order] for values in (labels, probabilities, names))
    assert details.accuracy_by_micrograph(*shuffled) == pytest.approx(found)
