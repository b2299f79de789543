"""The pages of detectors' runs."""

import dataclasses
import gzip
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

import made_boxes
import made_detector
import numpy as np
import pytest
import small_scenes
from html_page import Page
from PIL import Image
from small_report import copied, make, page_of

from benchmark.detection import ground_truth
from benchmark.detection.data import Scene
from benchmark.report import match_overlay, matches, worst_micrographs
from benchmark.report.matches import CORRECT, FALSE_POSITIVE, MISSED, MatchedBox
from leaderboard.predictions import detection as detections
from leaderboard.results import store as records
from leaderboard.results.record import Record
from leaderboard.scoring import detection as scoring

HIDDEN = "No images: "
CAPTION = (
    r"(\d+ of \d+ missed, \d+ false positives?.*?) Micrograph (.+?)"
    r"(?= \d+ of \d+ missed| Micrographs without| Predictions)"
)


@pytest.fixture(scope="module")
def record(detector_pages: Path) -> Record:
    (found,) = records.read_all(detector_pages.parent / "records")
    return found


def captions(page: Page) -> dict[str, str]:
    """What stands below each micrograph that is shown, by its name, the first one first."""
    found = re.findall(CAPTION, page.words)
    return {name: text for text, name in found}


def test_the_captions_count_what_the_scores_count(detector_pages: Path, record: Record) -> None:
    table = ground_truth.table(small_scenes.small_scenes(), "test")
    file = records.predictions_path(detector_pages.parent / "records", record, "test")
    scored = scoring.score(
        table, detections.read(file, table.ids.tolist(), table.classes), record.confidence
    )
    said = captions(page_of(detector_pages, record))
    wrong = [one for one in scored.micrographs if one.errors]
    assert len(wrong) > 1
    assert list(said)[: len(wrong)] == [one.name.partition("/")[2] for one in wrong]
    for one in wrong:
        text = said[one.name.partition("/")[2]]
        missed, incorrect = one.boxes - one.correct, one.detections - one.correct
        assert text.startswith(f"{missed} of {one.boxes} missed, {incorrect} false positive")
        for title, count in (
            ("Correct", one.correct),
            ("Missed", missed),
            ("False positives", incorrect),
        ):
            listed = text.partition(f"{title}: ")[2].partition(":")[0].replace(",", "").split()
            assert sum(int(word) for word in listed if word.isdigit()) == count


def test_the_page_has_the_sections_of_the_site_and_pictures(
    detector_pages: Path, record: Record
) -> None:
    page = page_of(detector_pages, record)
    for link in [*page.links, *page.loaded]:
        if link.startswith("#"):
            assert link[1:] in page.ids
        elif link != "data:,":
            assert "://" not in link
            assert (page.path.parent / unquote(link)).is_file(), link
    assert {"scores", "card", "training", "confidence", "classes", "micrographs", "errors"} < {
        *page.ids
    }
    assert all(page.alts)
    assert HIDDEN not in page.words
    assert f"AP50 {record.test['ap50']:.3f}" in page.words
    folder = page.path.with_name(record.run)
    for name in ("confidence", "precision-recall", "classes", "curves-s0"):
        with Image.open(folder / f"{name}.png") as figure:
            assert figure.info["dpi"] == pytest.approx((300, 300), abs=1)
    with Image.open(folder / "worst-1.png") as picture:
        assert max(picture.size) == match_overlay.SIDE
    with Image.open(detector_pages / record.config / "ranking-detection.png") as figure:
        assert figure.info["dpi"] == pytest.approx((300, 300), abs=1)


def test_detectors_have_a_table_of_their_own(
    detector_pages: Path, record: Record, small: Path, tmp_path: Path
) -> None:
    classifier = copied(small, tmp_path)
    shutil.copytree(detector_pages.parent / "records", tmp_path / "records", dirs_exist_ok=True)
    assert make(tmp_path, tmp_path / "out") == 0
    first, second = (tmp_path / "out" / "index.html").read_text("utf-8").split("</table>")[:2]
    titles = {
        name: table.split("</thead>")[0].split("<thead")[1]
        for table in (first, second)
        for name in ("finder", "plain_cnn")
        if f">{name}<" in table.replace("<wbr>", "")
    }
    assert "AP50" in titles["finder"] and "count" in titles["finder"]
    assert "accuracy" in titles["plain_cnn"]
    assert "accuracy" not in titles["finder"] and "AP50" not in titles["plain_cnn"]
    assert page_of(tmp_path / "out", classifier).words


def test_a_classifier_and_a_detector_of_data_of_one_name_are_told_apart(
    small: Path, tmp_path: Path
) -> None:
    classifier = copied(small, tmp_path)
    scenes = dataclasses.replace(small_scenes.small_scenes(), config=classifier.data)
    detector = made_detector.add(tmp_path / "records", scenes=scenes)
    assert make(tmp_path, tmp_path / "out") == 0
    words = Page(tmp_path / "out" / "index.html").words
    assert words.count(f"{classifier.data} ") == 2
    assert page_of(tmp_path / "out", classifier).path != page_of(tmp_path / "out", detector).path
    folder = tmp_path / "out" / classifier.config
    assert {file.name for file in folder.glob("*.png")} == {
        "ranking-classification.png",
        "ranking-detection.png",
    }


def test_without_data_and_table_the_page_says_so(
    detector_pages: Path, record: Record, tmp_path: Path
) -> None:
    assert make(detector_pages.parent, tmp_path) == 0
    page = page_of(tmp_path, record)
    assert f"no ground-truth table of the boxes of {record.data} 1.0.0" in page.words
    assert f"{HIDDEN}--data {record.data}: unknown" in page.words
    assert "confidence" not in page.ids
    assert f"AP50 {record.test['ap50']:.3f}" in page.words


def test_where_a_table_is_shipped_only_the_pictures_need_the_data(tmp_path: Path) -> None:
    record = made_detector.add(tmp_path / "records", content_hash="f" * 64)
    arguments = ["--data-dir", tmp_path / "none"]
    assert make(tmp_path, tmp_path / "out", *arguments) == 0
    page = page_of(tmp_path / "out", record)
    assert HIDDEN in page.words and str(tmp_path / "none") in page.words
    assert len(captions(page)) == worst_micrographs.MOST + worst_micrographs.BEST
    assert not list(tmp_path.rglob("worst-*.png"))
    assert list((tmp_path / "out").rglob("precision-recall.png"))


def test_other_data_of_the_same_name_give_no_pictures(scenes_file: Path, tmp_path: Path) -> None:
    scenes = small_scenes.small_scenes()
    record = made_detector.add(tmp_path / "records", scenes=scenes, content_hash="f" * 64)
    assert make(tmp_path, tmp_path / "out", "--data", scenes_file) == 0
    assert "the run used ffffffff" in page_of(tmp_path / "out", record).words


def test_pictures_of_ones_own_folder_have_a_scale_bar_in_pixels(tmp_path: Path) -> None:
    from benchmark.detection import read as reading

    data = f"folder:{small_scenes.write_yolo_folder(tmp_path / 'mine', tmp_path / 'raw')}"
    record = made_detector.add(tmp_path / "records", right=0.5, scenes=reading.load(data))
    assert make(tmp_path, tmp_path / "out", "--data", data) == 0
    assert captions(page_of(tmp_path / "out", record))
    assert list((tmp_path / "out" / "mine" / record.run).glob("worst-*.png"))


@pytest.mark.parametrize("how", ["cut", "another id", "gone", "other scores"])
def test_broken_detections_are_named_and_stop_no_other_page(
    how: str, scenes_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    root, scenes = tmp_path / "records", small_scenes.small_scenes()
    fine = made_detector.add(root, seed=0, right=0.7, scenes=scenes)
    other = made_detector.add(root, seed=1, right=0.2, scenes=scenes)
    broken, good = (records.predictions_path(root, one, "test") for one in (other, fine))
    if how == "cut":
        broken.write_bytes(broken.read_bytes()[:60])
    elif how == "another id":
        text = gzip.decompress(broken.read_bytes()).decode()
        broken.write_bytes(gzip.compress(text.replace("test/Mixed/0", "test/Mixed/99").encode()))
    elif how == "gone":
        broken.unlink()
    else:
        shutil.copy(good, broken)
    assert make(tmp_path, tmp_path / "out", "--data", scenes_file) == 1
    (error,) = [line for line in capsys.readouterr().err.splitlines() if "error: " in line]
    assert str(broken) in error
    assert str(broken) in Page(tmp_path / "out" / "index.html").words
    assert not (tmp_path / "out" / other.config / f"{other.run}.html").exists()
    assert captions(page_of(tmp_path / "out", fine))


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


def test_markup_in_a_detectors_record_stays_text(tmp_path: Path) -> None:
    nasty = "<script>alert(1)</script>"
    record = made_detector.add(
        tmp_path / "records", scenes=small_scenes.small_scenes(), notes=nasty, device=nasty
    )
    failed = dataclasses.replace(record, seed=9, status="failed", error=nasty)
    records.write(tmp_path / "records", failed)
    assert make(tmp_path, tmp_path / "out") == 0
    page = page_of(tmp_path / "out", record)
    assert "script" not in page.tags
    assert page.text.count(nasty) == 2
    overview = Page(tmp_path / "out" / "index.html")
    assert f"Failed: {failed.run}: {nasty}" in overview.words
