"""Scores of detections: cases worked out by hand, and pycocotools as the reference."""

import dataclasses
import subprocess
import sys

import coco_reference
import made_boxes
import numpy as np
import pytest
from made_boxes import found, perfect, table
from project_paths import PYTHONPATH

from leaderboard.ground_truth import detection as box_truth
from leaderboard.metrics import average_precision, matching
from leaderboard.metrics.average_precision import IOU_THRESHOLDS
from leaderboard.metrics.matching import NONE, match, overlaps
from leaderboard.scoring.detection import best_confidence, score, score_splits

MIRROR = "tem_virus/mirror_11class_boxes"
# two discs and a ring, two rings, and a micrograph without a particle
THERE = table(
    [
        (0, 0, 100, 100, 40, 40),
        (0, 0, 200, 100, 40, 40),
        (0, 1, 100, 300, 60, 60),
        (1, 1, 100, 100, 60, 60),
        (1, 1, 300, 100, 60, 60),
    ]
)
# IoU of two squares of side 40, shifted by d in x, is (40 - d) / (40 + d): 1/2 at d = 40/3
JUST_OVER, JUST_UNDER = 13.33, 13.34


def test_a_perfect_detector_has_perfect_scores() -> None:
    scored = score(THERE, found(THERE, perfect(THERE)), 0.5)
    assert dataclasses.asdict(scored.scores) == pytest.approx({
        "precision": 1.0, "recall": 1.0, "f1": 1.0, "ap50": 1.0, "ap50_95": 1.0,
        "count_error": 0.0, "count_bias": 0.0,
    })  # fmt: skip
    assert scored.matched.tolist() == [0, 1, 2, 3, 4]
    assert all(one.f1 == 1 == pytest.approx(one.ap50_95) for one in scored.classes)
    for name, pair in scored.intervals.items():  # of three micrographs without an error
        assert "count" in name or pair == (pytest.approx(0.025 ** (1 / 3)), 1.0)


def test_who_finds_nothing_has_no_scores() -> None:
    scored = score(THERE, found(THERE, []), 0.5)
    assert scored.scores.known() == {
        "precision": 0, "recall": 0, "f1": 0, "ap50": 0, "ap50_95": 0,
        "count_error": 5 / 3, "count_bias": -5 / 3,
    }  # fmt: skip
    assert best_confidence(THERE, found(THERE, [])) == 1.0


@pytest.mark.parametrize(
    "shift, right, ap50, ap50_95",
    [
        (JUST_OVER, True, 1.0, 0.1),  # of the ten IoU from 0.50 to 0.95 the first
        (JUST_UNDER, False, 0.0, 0.0),
        (0.0, True, 1.0, 1.0),
        (40 / 7, True, 1.0, 0.6),  # IoU 0.75, in two digits a little more
    ],
)
def test_a_shifted_box_is_detected_down_to_half(
    shift: float, right: bool, ap50: float, ap50_95: float
) -> None:
    one = table([(0, 0, 100, 100, 40, 40)], 1)
    finds = found(one, [(0, 0, 0.8, 100 + shift, 100, 40, 40)])
    assert (match(one, finds)[0, 0] != NONE) == right
    scored = score(one, finds, 0.5)
    assert (scored.scores.precision, scored.scores.recall) == (right, right)
    assert scored.scores.ap50 == pytest.approx(ap50)
    assert scored.scores.ap50_95 == pytest.approx(ap50_95)
    assert (
        scored.scores.count_error == 0
    )  # one detection too many and one too few: the count is correct


def test_exactly_half_is_enough() -> None:
    one = table([(0, 0, 100, 100, 40, 40)], 1)
    half = found(one, [(0, 0, 0.8, 100, 110, 40, 20)])  # the lower half of the box
    assert overlaps(half.boxes, one.boxes) == 0.5
    assert match(one, half).tolist() == [[0]]
    assert score(one, half, 0.5).scores.ap50 == pytest.approx(1)


def test_a_second_detection_of_a_box_is_false_and_the_most_confident_is_matched_first() -> None:
    """The less confident one lies better, and is matched last; then with a free neighbour."""
    finds = [*perfect(THERE), (0, 0, 0.95, 104, 100, 40, 40)]
    scored = score(THERE, found(THERE, finds), 0.5)
    assert scored.matched.tolist() == [0, NONE, 1, 2, 3, 4]
    assert scored.scores.precision == 5 / 6
    assert scored.scores.recall == 1
    assert scored.scores.f1 == 10 / 11
    assert scored.scores.count_bias == pytest.approx(1 / 3)
    near = table([(0, 0, 100, 100, 40, 40), (0, 0, 110, 100, 40, 40)], 1)
    both = found(near, [(0, 0, 0.9, 101, 100, 40, 40), (0, 0, 0.8, 102, 100, 40, 40)])
    assert match(near, both).tolist() == [[0, 1]]


def test_the_threshold_is_that_of_validation_for_both_splits() -> None:
    """On test a lower one would be better: it is not looked at."""
    truths = {"validation": THERE, "test": THERE}
    poor = [(2, 0, 0.6, 50, 50, 40, 40)]  # a false positive
    given = {
        "validation": found(THERE, [*perfect(THERE, 0.8), *poor]),
        "test": found(THERE, perfect(THERE, 0.5)),
    }
    scored = score_splits(truths, given)
    assert [one.confidence for one in scored.values()] == [pytest.approx(0.8)] * 2
    assert (scored["validation"].scores.f1, scored["test"].scores.f1) == (1.0, 0.0)


def test_a_missed_micrograph_and_false_alarms_in_an_empty_one() -> None:
    finds = [one for one in perfect(THERE) if one[0] == 0]
    finds += [(2, 0, 0.7, 50, 50, 40, 40), (2, 1, 0.6, 250, 250, 40, 40)]
    scored = score(THERE, found(THERE, finds), 0.5)
    assert (scored.scores.precision, scored.scores.recall) == (3 / 5, 3 / 5)
    assert scored.scores.f1 == pytest.approx(3 / 5)
    assert scored.scores.count_error == pytest.approx((0 + 2 + 2) / 3)
    assert scored.scores.count_bias == 0
    assert {(one.name, one.boxes, one.detections, one.correct) for one in scored.micrographs} == {
        ("test/disc/m0", 3, 3, 3),
        ("test/disc/m1", 2, 0, 0),
        ("test/disc/m2", 0, 2, 0),
    }
    assert scored.micrographs[-1].errors == 0
    disc, ring = scored.classes
    assert (disc.boxes, disc.precision, disc.recall) == (2, 2 / 3, 1)
    assert (ring.boxes, ring.precision, ring.recall) == (3, 1 / 2, 1 / 3)
    assert scored.worst_class is ring
    # disc: its false alarm comes last. ring: precision 1 up to recall 1/3, at 34 of 101 recalls
    assert scored.scores.ap50 == pytest.approx((1 + 34 / 101) / 2)


def test_a_find_of_another_class_is_wrong() -> None:
    finds = [(one[0], 1 - one[1], *one[2:]) for one in perfect(THERE)]
    assert score(THERE, found(THERE, finds), 0.5, with_ap=False).scores.f1 == 0


def test_a_find_counts_from_the_confidence_on() -> None:
    sure = [0.9, 0.8, 0.3, 0.6, 0.2]
    finds = [(*one[:2], c, *one[3:]) for one, c in zip(perfect(THERE), sure, strict=True)]
    finds += [(0, 0, 0.5, 400, 400, 40, 40), (1, 0, 0.25, 400, 400, 40, 40)]
    scored = score(THERE, found(THERE, finds), 0.6)
    assert (scored.scores.precision, scored.scores.recall) == (1, 3 / 5)
    assert scored.curve.confidence.tolist() == [0.9, 0.8, 0.6, 0.5, 0.3, 0.25, 0.2]
    assert scored.curve.precision == pytest.approx([1, 1, 1, 3 / 4, 4 / 5, 4 / 6, 5 / 7])
    assert scored.curve.recall == pytest.approx([0.2, 0.4, 0.6, 0.6, 0.8, 0.8, 1])
    assert scored.curve.best_confidence == 0.2
    assert best_confidence(THERE, found(THERE, finds)) == 0.2
    at = scored.curve.confidence.tolist().index(0.3)
    again = score(THERE, found(THERE, finds), 0.3, with_ap=False)
    assert again.scores.f1 == pytest.approx(scored.curve.f1[at])


def test_of_equally_good_confidences_the_highest_is_chosen() -> None:
    one = table([(0, 0, 100, 100, 40, 40)] * 2 + [(0, 0, 300, 100, 40, 40)], 1)
    finds = [(0, 0, c, x, 100, 40, 40) for c, x in ((0.9, 100), (0.5, 400), (0.4, 300))]
    curve = score(one, found(one, finds), 0.5, with_ap=False).curve
    assert curve.f1.tolist() == [2 / 4, 2 / 5, 4 / 6]
    same = found(one, finds[:1] + [(0, 0, 0.4, 300, 100, 40, 40)] + [(0, 0, 0.4, 450, 9, 5, 5)] * 3)
    assert score(one, same, 0.5, with_ap=False).curve.f1.tolist() == [2 / 4, 4 / 8]
    assert best_confidence(one, same) == 0.9


def test_a_class_without_a_box_has_no_average_precision() -> None:
    one = table([(0, 0, 100, 100, 40, 40)], 1)
    finds = found(one, [*perfect(one), (0, 1, 0.9, 50, 50, 9, 9)])
    ap = average_precision.average_precision(one, finds, match(one, finds, IOU_THRESHOLDS) != NONE)
    assert ap.ap50[0] == pytest.approx(1)
    assert np.isnan(ap.ap50[1])
    scored = score(one, finds, 0.5)
    assert scored.scores.ap50 == pytest.approx(1)
    assert scored.classes[1].ap50 is None
    none = table([], 2)
    assert score(none, found(none, []), 0.5).scores.known() == dict.fromkeys(
        ("precision", "recall", "f1", "ap50", "ap50_95", "count_error", "count_bias"), 0
    )


def test_detections_of_other_micrographs_are_refused() -> None:
    with pytest.raises(ValueError, match="other micrographs"):
        match(THERE, found(table([], 2), []))


@pytest.mark.parametrize("seed", [0, 1])
def test_the_average_precision_without_a_micrograph_is_pycocotools(seed: int) -> None:
    """With all micrographs it is the library's number; without one, that of such data."""
    of = box_truth.read(MIRROR, "test")
    finds = made_boxes.invented(of, seed)
    is_correct = match(of, finds, IOU_THRESHOLDS) != NONE
    ap = average_precision.average_precision(of, finds, is_correct)
    own = average_precision.of_matches(of, finds, is_correct)
    by_class = coco_reference.by_class(coco_reference.evaluated(of, finds))
    for found_here in (ap, own):
        assert found_here.ap50 == pytest.approx(by_class[0], abs=1e-12)
        assert found_here.ap50_95 == pytest.approx(by_class.mean(axis=0), abs=1e-12)
    values = average_precision.left_out(of, finds, is_correct)
    assert values[0, 0] == pytest.approx(np.nanmean(ap.ap50), abs=1e-9)
    assert values[:, 0].mean() == pytest.approx(np.nanmean(ap.ap50_95), abs=1e-9)
    assert 0.3 < values[:, 0].mean() < values[0, 0] < 0.95
    out = int(of.micrographs[np.bincount(of.micrographs)[of.micrographs] > 10][seed])
    is_left = np.arange(len(of)) != out
    kept = dataclasses.replace(
        of,
        micrographs=of.micrographs[is_left[of.micrographs]],
        labels=of.labels[is_left[of.micrographs]],
        boxes=of.boxes[is_left[of.micrographs]],
    )
    mine = is_left[finds.micrographs]
    names = ("micrographs", "labels", "confidence", "boxes")
    fewer = dataclasses.replace(finds, **{name: getattr(finds, name)[mine] for name in names})
    of_kept = match(kept, fewer, IOU_THRESHOLDS) != NONE
    expected = average_precision.average_precision(kept, fewer, of_kept)
    assert values[0, 1 + out] == pytest.approx(np.nanmean(expected.ap50), abs=1e-9)
    assert values[:, 1 + out].mean() == pytest.approx(np.nanmean(expected.ap50_95), abs=1e-9)
    assert values[0, 1 + out] != values[0, 0]


def test_matches_at_all_levels_are_pycocotools() -> None:
    """Recall is pooled from the library's own matches, at every IoU."""
    of = box_truth.read(MIRROR, "test")
    finds = made_boxes.invented(of, 3)
    seen = coco_reference.evaluated(of, finds).evalImgs
    theirs = sum((one["dtMatches"] > 0).sum(axis=1) for one in seen if one)
    assert (match(of, finds, IOU_THRESHOLDS) != NONE).sum(axis=1).tolist() == theirs.tolist()


def test_intervals_are_over_micrographs_within_classes() -> None:
    of = box_truth.read(MIRROR, "test")
    scored = score(of, made_boxes.invented(of), 0.4)
    known = scored.scores.known()
    assert set(scored.intervals) == set(known)
    assert {values.shape for values in scored.residuals.values()} == {(len(of),)}
    for name, (low, high) in scored.intervals.items():
        assert low < known[name] < high, name
        assert high - low < (1 if "count" in name else 0.2), name
    # the score without the first micrograph, the others of its class weighted, by hand
    members = np.flatnonzero(of.strata == of.strata[0])
    weights = np.ones(len(of))
    weights[members] = len(members) / (len(members) - 1)
    by_name = {one.name: one for one in scored.micrographs}
    counts = np.array(
        [(m.boxes, m.detections, m.correct) for m in map(by_name.get, of.ids.tolist())]
    )
    without = []
    for member in members:
        boxes, number, right = np.where(np.arange(len(of)) == member, 0, weights) @ counts
        without.append(2 * right / (boxes + number))
    expected = (np.mean(without) - without[0]) / np.sqrt(len(members) / (len(members) - 1))
    assert scored.residuals["f1"][0] == pytest.approx(expected)


def test_detections_of_one_table_are_pairs() -> None:
    of = box_truth.read(MIRROR, "test")
    one, other = (score(of, made_boxes.invented(of, 0), c, with_ap=False) for c in (0.4, 0.41))
    assert np.corrcoef(one.residuals["f1"], other.residuals["f1"])[0, 1] > 0.9


def test_scoring_at_a_confidence_needs_no_faster_coco_eval() -> None:
    code = (
        "import sys; sys.modules['faster_coco_eval'] = None\n"
        "from made_boxes import *; from leaderboard.scoring.detection import score\n"
        "t = table([(0, 0, 100, 100, 40, 40)]); s = score(t, found(t, perfect(t)), .5, False)\n"
        "assert s.scores.f1 == 1 and s.scores.ap50 is None\n"
        "heavy = {'tensorflow', 'keras', 'benchmark', 'sklearn', 'matplotlib', 'cv2'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": PYTHONPATH}, capture_output=True, text=True
    )
    assert done.stdout == "[]\n", done.stderr


def test_many_detections_are_matched_in_parts_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    of = box_truth.read("mirror_11class_boxes", "validation")
    finds = made_boxes.invented(of)
    thresholds = (0.5, 0.75)
    at_once = matching.match(of, finds, thresholds)
    monkeypatch.setattr(matching, "AT_ONCE", 3)
    assert np.array_equal(matching.match(of, finds, thresholds), at_once)
