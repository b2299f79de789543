"""The site in a real browser: on a desk and on a telephone, in light and in dark, by keyboard."""

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from chromium import look
from small_site import LONG, MIRROR, OFFICIAL
from text_contrast import TEXTS

NARROW, WIDE = 390, 1280
MODELS = """
return [...document.querySelectorAll("section:has([id='" + arguments[0] + "']) tbody tr")]
  .filter(row => row.getClientRects().length)
  .map(row => row.cells[0].innerText.split("\\n")[0])
"""
SORTED = """
return [...document.querySelectorAll("section:has([id='" + arguments[0] + "']) th[aria-sort]")]
  .map(head => [head.innerText.replace(/\\s+/g, " ").trim(), head.ariaSort])
"""
BOXES = """
return [...document.querySelectorAll(arguments[0])].map(e => e.getBoundingClientRect())
  .map(r => [r.left, r.top, r.right, r.bottom])
"""


@pytest.fixture(scope="module")
def three(site: Path) -> list[Path]:
    """The page of the tables, that of phantoms, and the longest page of a row."""
    row = site / "rows" / MIRROR / "good-scratch-quick" / "index.html"
    return [site / "index.html", site / "phantoms.html", row]


def head(browser, data: str, title: str):
    """Return the button in the head of a column."""
    found = browser.find_elements("css selector", f"section:has([id='{data}']) thead button")
    return next(one for one in found if " ".join(one.text.split()).startswith(title))


@pytest.fixture
def models(browser) -> Callable[[str], list[str]]:
    return lambda data: browser.execute_script(MODELS, data)


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_fits_its_screen_and_can_be_read(
    browser, three: list[Path], width: int, scheme: str
) -> None:
    for page in three:
        look(browser, page, width, scheme)
        assert browser.execute_script("return innerWidth") == width
        assert browser.execute_script("return document.scrollingElement.scrollWidth") <= width
        texts = browser.execute_script(TEXTS)
        assert len(texts) > 30
        assert [one for one in texts if one[1] < 4.5] == []
        assert [one for one in texts if one[2] < 14 and "▼" not in one[0]] == []
        empty = "return [...document.images].filter(i => !i.naturalWidth).map(i => i.currentSrc)"
        assert browser.execute_script(empty) == []
        assert browser.get_log("browser") == []
        if page == three[-1]:
            chosen = browser.execute_script("return document.images[0].currentSrc")
            assert chosen.endswith("-dark.svg") == (scheme == "dark")
            assert browser.execute_script("return document.images.length") == 6


def test_every_page_of_hostile_texts_fits_a_telephone(browser, site: Path) -> None:
    for page in sorted(site.rglob("*.html")):
        look(browser, page, NARROW)
        assert browser.execute_script("return document.scrollingElement.scrollWidth") <= NARROW
        assert browser.get_log("browser") == []


def test_a_click_sorts_and_another_turns_the_order(browser, three: list[Path], models) -> None:
    look(browser, three[0], WIDE)
    assert models(MIRROR) == ["good", "equal", "bad"]
    assert browser.execute_script(SORTED, MIRROR) == [["macro F1 [95 %]", "descending"]]
    head(browser, MIRROR, "trainable").click()
    assert models(MIRROR)[-1] == "bad"  # the largest
    assert browser.execute_script(SORTED, MIRROR) == [["trainable parameters", "ascending"]]
    head(browser, MIRROR, "model").click()
    assert models(MIRROR) == ["bad", "equal", "good"]
    head(browser, MIRROR, "model").click()
    assert models(MIRROR) == ["good", "equal", "bad"]
    assert browser.execute_script(SORTED, MIRROR) == [["model", "descending"]]
    before = models(OFFICIAL)  # another table is left as it was
    for _ in range(2):
        head(browser, OFFICIAL, "trainable").click()
        known = [name for name in models(OFFICIAL) if name == "Sikder2024"]
        assert models(OFFICIAL).index(known[0]) >= len(before) - 4  # not known: last both times
    head(browser, OFFICIAL, "macro F1").click()
    assert models(OFFICIAL) == before


def test_the_keyboard_reaches_sorts_and_shows_where_it_is(
    browser, three: list[Path], models
) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    look(browser, three[0], WIDE)
    seen = []
    for _ in range(80):
        ActionChains(browser).send_keys(Keys.TAB).perform()
        here = browser.switch_to.active_element
        outline = (
            here.value_of_css_property("outline-style"),
            here.value_of_css_property("outline-width"),
        )
        assert outline == ("solid", "3px"), here.get_attribute("outerHTML")
        seen.append(here.tag_name)
        if here.tag_name == "button" and here.text.startswith("accuracy"):
            break
    assert {"a", "input", "div", "button"} <= set(seen)
    before = models(OFFICIAL)
    ActionChains(browser).send_keys(Keys.ENTER).perform()
    assert browser.execute_script(SORTED, OFFICIAL) == [["accuracy", "descending"]]
    ActionChains(browser).send_keys(Keys.SPACE).perform()
    assert browser.execute_script(SORTED, OFFICIAL) == [["accuracy", "ascending"]]
    assert sorted(models(OFFICIAL)) == sorted(before)
    assert models(OFFICIAL)[0] == "DenseNet201"  # 0.811, from scratch
    status = browser.find_element("id", "status")
    assert status.text == "Sorted by accuracy, ascending."


def test_rows_and_columns_are_left_out_as_asked(browser, three: list[Path], models) -> None:
    look(browser, three[0], WIDE)
    whole = len(models(OFFICIAL))
    browser.find_element("id", "provenance-published").click()
    assert models(OFFICIAL) == [LONG]
    assert "rows are shown" in browser.find_element("id", "status").text
    browser.find_element("id", "provenance-published").click()
    browser.find_element("id", "initialization-transfer").click()
    assert models(MIRROR) == ["good", "equal"]
    browser.find_element("id", "initialization-transfer").click()
    assert len(models(OFFICIAL)) == whole
    shown = "return document.querySelector('td.recall').getClientRects().length > 0"
    assert not browser.execute_script(shown)
    browser.find_element("id", "more").click()
    assert browser.execute_script(shown)
    assert browser.execute_script("return document.scrollingElement.scrollWidth") <= WIDE


def test_a_wide_table_scrolls_in_its_box_and_keeps_its_names(browser, three: list[Path]) -> None:
    look(browser, three[0], 800)
    script = """
    const box = document.querySelector(".board"), name = box.querySelector("tbody th");
    const before = name.getBoundingClientRect().left;
    box.scrollLeft = 200;
    return [box.scrollLeft, before, name.getBoundingClientRect().left];
    """
    moved, before, after = browser.execute_script(script)
    assert moved > 50
    assert abs(after - before) < 2


def test_a_telephone_shows_cards_that_can_be_sorted(browser, three: list[Path], models) -> None:
    look(browser, three[0], NARROW)
    browser.execute_script("document.activeElement.blur()")
    button = head(browser, MIRROR, "training time")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()
    assert browser.execute_script(SORTED, MIRROR) == [["training time", "ascending"]]
    cards = browser.execute_script(BOXES, f"section:has([id='{MIRROR}']) tbody tr")
    assert len(cards) == 3
    assert all(above[3] <= below[1] for above, below in itertools.pairwise(cards))
    assert all(card[0] >= 0 and card[2] <= NARROW for card in cards)


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_labels_of_the_plots_lie_apart(browser, three: list[Path], width: int) -> None:
    look(browser, three[0], width)
    figures = browser.find_elements("css selector", "figure.cost")
    assert len(figures) >= 4
    for figure in figures:
        rects = [label.rect for label in figure.find_elements("css selector", ".labels li")]
        boxes = [(one["x"], one["y"], one["width"], one["height"]) for one in rects]
        assert boxes
        assert all(a[1] + a[3] <= b[1] for a, b in itertools.pairwise(boxes))
        assert all(x >= 0 and x + wide <= width for x, _, wide, _ in boxes)


def test_without_javascript_the_tables_are_there_and_filters_work(
    browser, site: Path, tmp_path: Path, models
) -> None:
    copy = tmp_path / "index.html"
    shutil.copy(site / "index.html", copy)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(copy.as_uri())
        assert browser.find_elements("css selector", "thead button") == []
        assert models(MIRROR) == ["good", "equal", "bad"]
        browser.find_element("id", "initialization-transfer").click()
        assert models(MIRROR) == ["good", "equal"]
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
