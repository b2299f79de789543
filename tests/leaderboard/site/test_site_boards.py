"""The pages of unknown viruses and of hard conditions: what they show, their CSV, and refusals."""

import csv
import io
import shutil
from pathlib import Path

import made_boards
import made_conditions
import pytest
from chromium import look
from html_page import Page
from small_site import NASTY, build
from text_contrast import TEXTS

from leaderboard.open_set import boards
from leaderboard.open_set.folder import SCORES
from leaderboard.ranking import conditions as ranking
from leaderboard.results import conditions as results
from leaderboard.site import condition_pages, open_set_pages
from leaderboard.tables import conditions as tables

UNKNOWN, LEFT_OUT = "unknown-viruses", "unknown-classes"
HARD, HARD_BOXES = "hard-conditions-11-classes", "hard-conditions-detection"
PAGES = (UNKNOWN, LEFT_OUT, HARD, HARD_BOXES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("boards")
    with pytest.MonkeyPatch.context() as patch:
        made_boards.ship(patch, folder / "tables")
        made_boards.write(folder)
        yield folder


@pytest.fixture(scope="module")
def site(folder: Path) -> Path:
    assert build(folder, folder / "site") == 0
    return folder / "site"


def lines(file: Path) -> dict[str, dict[str, str]]:
    return {line["row"]: line for line in csv.DictReader(io.StringIO(file.read_text("utf-8")))}


def test_every_board_has_a_card_and_a_page_that_loads_nothing_else(site: Path) -> None:
    start = Page(site / "index.html")
    for name in PAGES:
        assert f"{name}/index.html" in start.links
        page = Page(site / name / "index.html")
        assert set(page.loaded) <= {"data:,", "../style.css", "../updated.js", "../site.js"}
        assert not page.handlers
        assert {f"../{other}/index.html" for other in PAGES if other != name} <= set(page.links)
        for link in page.links:
            path, _, place = link.partition("#")
            target = (site / name / path).resolve() if path else page.path
            assert target.is_file(), link
            assert not place or place in Page(target).ids, link
    assert NASTY in Page(site / UNKNOWN / "index.html").words
    assert "first, =1+1, 3 seeds" in start.words
    assert "AUROC 0.901 ± 0.001 [0.850, 0.940]" in start.words.replace("\xa0", " ")
    assert "No rows yet" in start.words  # of the classes that are left out


def test_rows_of_three_seeds_are_ranked_and_compared(site: Path) -> None:
    page = Page(site / UNKNOWN / "index.html")
    order = [row for row in page.rows if row[1:] and row[1].startswith(("first", "second", "only"))]
    assert [row[0] for row in order] == ["1", "2", "\N{EN DASH}"]
    assert [row[1].split()[0] for row in order] == ["first", "second", "only_one"]
    found = lines(site / UNKNOWN / "table.csv")
    assert [row["rank"] for row in found.values()] == ["1", "2", ""]
    assert found["first"]["against_best_state"] == "best"
    assert float(found["second"]["against_best"]) == pytest.approx(-0.1)
    assert found["first"]["about"].startswith("'=1+1")  # a spreadsheet does not calculate it
    assert float(found["first"]["auroc_low"]) == pytest.approx(0.85)
    assert float(found["first"]["auroc Lassa"]) == pytest.approx(0.123)
    assert not (site / LEFT_OUT / "table.csv").exists()


def test_the_hard_conditions_follow_their_files(site: Path, folder: Path) -> None:
    page = Page(site / HARD / "index.html")
    read = results.read_all(folder / "hard_conditions", made_conditions.DATA, made_conditions.CELLS)
    rows = ranking.rows_of(read)
    found = lines(site / HARD / "table.csv")
    assert {row.first.model for row in rows} == set(found)
    for row in rows:
        total = row.total("accuracy")
        line = found[row.first.model]
        assert float(line["accuracy"]) == pytest.approx(total.mean, abs=1e-6)
        assert float(line["accuracy_low"]) == pytest.approx(total.interval[0], abs=1e-6)
        defocus = row.mean(ranking.accuracy, "defocus")
        assert float(line["accuracy defocus"]) == pytest.approx(defocus.mean, abs=1e-6)
    cells = (site / HARD / "cells.csv").read_text("utf-8")
    assert cells == tables.cells_text(rows, made_conditions.CELLS)
    (shades,) = [row for row in page.rows if row[0].startswith("plain_cnn scratch")]
    gamma = next(row for row in rows if row.first.model == "plain_cnn").mean(
        ranking.accuracy, "gamma"
    )
    assert f"{gamma.mean:.2f}"[1:] + "†" in shades
    assert "0.5, 1 um" in page.words


def test_a_detector_has_every_score_of_every_condition(site: Path) -> None:
    line = lines(site / HARD_BOXES / "table.csv")["detector"]
    assert (line["clean-0 f1"], line["dose-3 f1"]) == ("0.700000", "0.350000")
    assert line["dose-3 recall"] == "0.700000"
    page = Page(site / HARD_BOXES / "index.html")
    assert ["detector F1, seed 0", ".70", ".35"] in page.rows
    assert "augmentation resembles: dose" in page.words


@pytest.mark.parametrize("pages", [open_set_pages, condition_pages])
def test_records_without_boards_have_no_pages_of_them(pages, tmp_path: Path) -> None:
    assert pages.of_folder(tmp_path / "nothing", str) == []


def test_a_row_of_other_predictions_is_one_line_and_keeps_the_site(
    folder: Path, tmp_path: Path, capsys
) -> None:
    (tmp_path / "records").mkdir()
    row = made_boards.add_open_set(tmp_path / "novelty", "first", 0.9, (0, 1, 2))
    assert build(tmp_path, tmp_path / "site") == 0
    before = (tmp_path / "site" / UNKNOWN / "index.html").read_bytes()
    (row / "seed0.csv").write_text("other", "utf-8")
    assert build(tmp_path, tmp_path / "site") == 1
    (error,) = capsys.readouterr().err.splitlines()
    assert str(row / SCORES) in error
    assert "other predictions" in error
    shutil.rmtree(row)
    made_boards.add_open_set(tmp_path / "novelty", "second", 0.9, (0, 1, 2))
    (tmp_path / "hard_conditions" / "no_such_config").mkdir(parents=True)
    (tmp_path / "hard_conditions" / "no_such_config" / "a.json").write_text("{}")
    assert build(tmp_path, tmp_path / "site") == 1
    (error,) = capsys.readouterr().err.splitlines()
    assert "no_such_config: scores of a config without a table of cells" in error
    assert (tmp_path / "site" / UNKNOWN / "index.html").read_bytes() == before


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_their_screen_and_can_be_read(
    browser, site: Path, width: int, scheme: str
) -> None:
    for name in PAGES:
        look(browser, site / name / "index.html", width, scheme)
        height = browser.execute_script("return document.scrollingElement.scrollHeight / 844")
        assert height < 8
        browser.execute_script(
            "for (const d of document.querySelectorAll('details')) d.open = true"
        )
        assert browser.execute_script("return document.scrollingElement.scrollWidth") <= width
        texts = browser.execute_script(TEXTS)
        assert [one for one in texts if one[1] < 4.5] == []
        assert browser.get_log("browser") == []


def test_a_click_sorts_the_rows_of_a_board(browser, site: Path) -> None:
    look(browser, site / UNKNOWN / "index.html", 1280)
    buttons = browser.find_elements("css selector", "table.sortable thead button")
    next(one for one in buttons if one.text.startswith("AUROC [95")).click()
    names = browser.execute_script(
        "return [...document.querySelectorAll('table.sortable tbody tr:not(.group)')]"
        ".map(row => row.cells[1].dataset.order)"
    )
    assert names == ["second", "first", "only_one"]  # groups stay together
    assert boards.OFFICIAL in browser.find_element("css selector", "h1").text


def test_only_what_is_computed_again_is_said_to_be(site: Path) -> None:
    for name in PAGES:
        words = Page(site / name / "index.html").words
        assert "computed again" not in words
        assert "from the committed scores of this board" in words
    assert "computed again" in Page(site / "14-classes" / "index.html").words
