"""What each detection and each particle of a micrograph is, and how it is drawn."""

import made_boxes
import numpy as np
import pytest

from benchmark.detection.data import Scene
from benchmark.report import match_overlay, matches
from benchmark.report.matches import CORRECT, FALSE_POSITIVE, MISSED, MatchedBox
from leaderboard.scoring import detection as scoring


def test_each_find_and_each_particle_is_what_it_is() -> None:
    table = made_boxes.table(
        [(0, 0, 100, 100, 40, 40), (0, 0, 200, 100, 40, 40), (0, 1, 300, 100, 40, 40),
         (0, 1, 400, 100, 40, 40), (1, 0, 100, 100, 40, 40)]
    )  # fmt: skip
    found = made_boxes.found(
        table,
        [
            (0, 0, 0.9, 100, 100, 40, 40),  # right
            (0, 0, 0.8, 102, 100, 40, 40),  # again
            (0, 1, 0.7, 200, 100, 40, 40),  # a ring on a disc
            (0, 1, 0.6, 330, 100, 40, 40),  # beside a ring
            (0, 1, 0.3, 400, 100, 40, 40),  # right, but below the confidence
            (1, 0, 0.9, 100, 100, 40, 40),
        ],
    )
    scored = scoring.score(table, found, 0.5, with_ap=False)
    made = matches.of_micrograph(table, found, scored, "test/disc/m0")
    assert [(one.kind, one.label, one.confidence, one.on) for one in made] == [
        (CORRECT, 0, 0.9, None),
        (MISSED, 0, None, None), (MISSED, 1, None, None), (MISSED, 1, None, None),
        (FALSE_POSITIVE, 0, 0.8, 0), (FALSE_POSITIVE, 1, 0.7, 0), (FALSE_POSITIVE, 1, 0.6, None),
    ]  # fmt: skip
    assert matches.counts(made, CORRECT, made_boxes.CLASSES) == "1 disc"
    assert matches.counts(made, MISSED, made_boxes.CLASSES) == "2 ring, 1 disc"
    assert matches.counts(made, FALSE_POSITIVE, made_boxes.CLASSES) == (
        "1 disc detected twice, 1 ring on disc, 1 ring without a particle"
    )
    empty = matches.of_micrograph(table, found, scored, "test/disc/m2")
    assert empty == []
    assert matches.counts(empty, MISSED, made_boxes.CLASSES) == ""


def drawn(*found: MatchedBox, nm: float | None = 2.0) -> np.ndarray:
    """Draw them on plain gray of 450 pixels, so that each is two of the image."""
    image = np.full((450, 450), 100, np.uint8)
    none = np.zeros((0, 4), np.float32)
    scene = Scene("test/a/b", image, none, np.zeros(0, np.int64), nm)
    return np.asarray(match_overlay.draw(scene, found, ("disc", "ring")))


def is_colour(pixels: np.ndarray, kind: str) -> np.ndarray:
    text = match_overlay.COLOURS[kind]
    colour = [int(text[at : at + 2], 16) for at in (1, 3, 5)]
    return (pixels == colour).all(axis=-1)


@pytest.mark.parametrize("kind", [CORRECT, MISSED, FALSE_POSITIVE])
def test_kinds_differ_also_without_colours(kind: str) -> None:
    confidence = None if kind == MISSED else 0.7
    picture = drawn(MatchedBox(kind, np.array([225.0, 225, 100, 60]), 0, confidence))
    mine = is_colour(picture, kind)
    for border in (mine[390:511, 350], mine[390:511, 550], mine[510, 350:551]):
        assert border[0] and border[-1]
        assert border.all() == (kind != MISSED)
        assert border.mean() > 0.4
    assert mine[450, 450] == (kind == FALSE_POSITIVE)
    assert not is_colour(
        picture, {CORRECT: FALSE_POSITIVE, FALSE_POSITIVE: MISSED, MISSED: CORRECT}[kind]
    ).any()
    letters = mine[350:384, 340:500].sum()
    assert (letters > 50) == (kind != MISSED)


def test_a_class_is_written_where_it_says_something() -> None:
    box = np.array([225.0, 225, 100, 60])

    def width(*found: MatchedBox) -> int:
        return int(is_colour(drawn(*found)[350:384], found[0].kind).any(axis=0).sum())

    right, alarm = MatchedBox(CORRECT, box, 0, 0.7), MatchedBox(FALSE_POSITIVE, box, 0, 0.7)
    other = MatchedBox(MISSED, np.array([225.0, 375, 100, 60]), 1)
    assert width(alarm) > width(right) + 20
    assert width(right, other) > width(right) + 20
    assert is_colour(drawn(right, other)[650:684, 350:500], MISSED).any()


@pytest.mark.parametrize(("nm", "length"), [(2.0, 100), (0.5, 80), (None, 100)])
def test_the_scale_bar_is_as_long_as_it_says(nm: float | None, length: int) -> None:
    """100 nm are 50 pixels, 20 nm are 40; and without a size 50 pixels: each is drawn as two."""
    rows = (drawn(nm=nm)[-37:] == 255).all(axis=-1).sum(axis=1)  # below its text
    assert rows.max() == length


def test_the_scale_bar_is_of_pixels_where_no_size_is_known() -> None:
    known, unknown = drawn(nm=1.0), drawn(nm=None)
    assert np.array_equal(known[-40:], unknown[-40:])  # both are 50 long
    assert not np.array_equal(known[-90:-40], unknown[-90:-40])  # nm and px


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        (("Ebola", "Marburg"), ["Ebo", "Mar"]),
        (("Rift Valley", "Rift B", "X"), ["Rift V", "Rift B", "X"]),
        (("Orf", "Orf2"), ["Orf", "Orf2"]),
    ],
)
def test_classes_are_shortened_such_that_they_differ(
    classes: tuple[str, ...], expected: list[str]
) -> None:
    assert match_overlay.short(classes) == expected
