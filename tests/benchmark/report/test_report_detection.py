"""The pages of detectors' runs."""

import dataclasses
import gzip
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

import made_detector
import pytest
import small_scenes
from html_page import Page
from PIL import Image
from small_report import copied, make, page_of

from benchmark.detection import ground_truth
from benchmark.report import match_overlay, worst_micrographs
from leaderboard.predictions import detection as detections
from leaderboard.results import store as records
from leaderboard.results.record import Record
from leaderboard.scoring import detection as scoring

HIDDEN = "No images: "
CAPTION = (
    r"(\d+ of \d+ missed, \d+ false positives?.*?) Micrograph (.+?)"
    r"(?= \d+ of \d+ missed| Micrographs without| ¶ Card)"
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
    assert f"{HIDDEN}{record.data}: unknown" in page.words
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
