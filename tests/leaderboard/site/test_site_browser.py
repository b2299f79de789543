"""The site in a real browser: on a desk and on a telephone, in light and in dark, by keyboard."""

import itertools
import re
import shutil
from pathlib import Path

import pytest
from chromium import look
from small_site import LONG
from text_contrast import TEXTS

from leaderboard.metrics import intervals
from leaderboard.metrics.intervals import Variance
from leaderboard.ranking import grouping
from leaderboard.ranking.comparison import Spread, candidate_of
from leaderboard.results import store as records

NARROW, WIDE = 390, 1280
MODELS = """
return [...document.querySelectorAll("table.sortable tbody tr:not(.group)")]
  .filter(row => row.getClientRects().length)
  .map(row => row.cells[1].dataset.order)
"""
SORTED = """
return [...document.querySelectorAll("table.sortable th[aria-sort]")]
  .map(head => [head.innerText.replace(/\\s+/g, " ").trim(), head.ariaSort])
"""
WIDTH = "return document.scrollingElement.scrollWidth"
CARDS = """
return [...document.querySelectorAll(".board tbody tr:not(.group)")]
  .map(e => e.getBoundingClientRect()).map(r => [r.left, r.top, r.right, r.bottom])
"""
READY = "return document.querySelectorAll('thead button').length > 0"


@pytest.fixture(scope="module")
def mirror(site: Path) -> Path:
    return site / "11-classes" / "index.html"


@pytest.fixture(scope="module")
def official(site: Path) -> Path:
    return site / "14-classes" / "index.html"


@pytest.fixture(scope="module")
def pages(site: Path, mirror: Path, official: Path) -> list[Path]:
    """The start page, two benchmarks, phantoms, and the longest page of a row."""
    row = site / "11-classes" / "good-scratch-quick" / "index.html"
    return [site / "index.html", mirror, official, site / "phantoms" / "index.html", row]


def go(browser, page: Path, state: str = "", width: int = WIDE) -> None:
    """Open a page with a state in its address, as a new visitor."""
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get("about:blank")
    look(browser, page, width)
    if state:
        browser.get("about:blank")
        browser.get(f"{page.as_uri()}#{state}")
    WebDriverWait(browser, 20).until(lambda b: b.execute_script(READY))


def models(browser) -> list[str]:
    return browser.execute_script(MODELS)


def head(browser, title: str):
    """Return the button in the head of a column."""
    found = browser.find_elements("css selector", "table.sortable thead button")
    return next(one for one in found if " ".join(one.text.split()).startswith(title))


def choose(browser, name: str, value: str) -> None:
    """Choose a value of a filter."""
    from selenium.webdriver.support.ui import Select

    Select(browser.find_element("name", name)).select_by_value(value)


def status(browser) -> str:
    return browser.find_element("id", "status").text


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_fits_its_screen_and_can_be_read(
    browser, pages: list[Path], width: int, scheme: str
) -> None:
    for page in pages:
        look(browser, page, width, scheme)
        browser.execute_script(
            "for (const d of document.querySelectorAll('details')) d.open = true"
        )
        assert browser.execute_script("return innerWidth") == width
        assert browser.execute_script(WIDTH) <= width
        texts = browser.execute_script(TEXTS)
        assert len(texts) > 30
        assert [one for one in texts if one[1] < 4.5] == []
        assert [one for one in texts if one[2] < 14 and "▼" not in one[0]] == []
        empty = "return [...document.images].filter(i => !i.naturalWidth).map(i => i.currentSrc)"
        assert browser.execute_script(empty) == []
        assert browser.get_log("browser") == []


def test_every_page_of_hostile_texts_fits_a_telephone(browser, site: Path) -> None:
    for page in sorted(site.rglob("*.html")):
        look(browser, page, NARROW)
        assert browser.execute_script(WIDTH) <= NARROW
        assert browser.get_log("browser") == []


def test_a_telephone_shows_a_few_screens(browser, pages: list[Path]) -> None:
    for page in pages:
        look(browser, page, NARROW)
        screens = browser.execute_script("return document.scrollingElement.scrollHeight / 844")
        assert screens < 8, page


def test_a_click_sorts_and_another_turns_the_order(browser, official: Path) -> None:
    go(browser, official)
    before = models(browser)
    assert before[0] == LONG
    assert browser.execute_script(SORTED) == [["macro F1 [95 %]", "descending"]]
    for direction in ("ascending", "descending"):
        head(browser, "trainable").click()
        assert browser.execute_script(SORTED) == [["trainable parameters", direction]]
        assert models(browser)[0] == LONG  # groups stay together
        place = models(browser).index("Sikder2024")
        assert place >= len(before) - 4  # not known: last both times
    state = browser.execute_script("return location.hash")
    assert state == "#sort=trainable-parameters.descending"
    order = models(browser)
    go(browser, official, state[1:])
    assert models(browser) == order
    head(browser, "macro F1").click()
    assert models(browser) == before


def test_the_keyboard_reaches_sorts_and_shows_where_it_is(browser, official: Path) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    go(browser, official)
    seen = []
    for _ in range(80):
        ActionChains(browser).send_keys(Keys.TAB).perform()
        here = browser.switch_to.active_element
        outline = (
            here.value_of_css_property("outline-style"),
            here.value_of_css_property("outline-width"),
        )
        assert outline == ("solid", "3px"), here.get_attribute("outerHTML")
        assert here.value_of_css_property("opacity") == "1"
        seen.append(here.tag_name)
        if here.tag_name == "button" and here.text.startswith("accuracy"):
            break
    assert {"a", "input", "select", "div", "button"} <= set(seen)
    ActionChains(browser).send_keys(Keys.ENTER).perform()
    assert browser.execute_script(SORTED) == [["accuracy", "descending"]]
    ActionChains(browser).send_keys(Keys.SPACE).perform()
    assert browser.execute_script(SORTED) == [["accuracy", "ascending"]]
    assert status(browser) == "Sorted by accuracy, ascending."


def test_filters_stand_in_the_address_and_come_back(browser, official: Path, mirror: Path) -> None:
    go(browser, official)
    whole = len(models(browser))
    choose(browser, "prov", "submitted")
    assert models(browser) == [LONG]
    assert status(browser) == f"1 of {whole} rows fit."
    assert browser.execute_script("return location.hash") == "#prov=submitted"
    go(browser, official, "prov=published&q=vgg+table")
    assert models(browser) and set(models(browser)) == {"VGG16", "VGG19"}
    browser.find_element("css selector", ".reset").click()
    assert len(models(browser)) == whole
    go(browser, official, "q=no+such+model")
    assert models(browser) == []
    go(browser, mirror, "size=10000000")
    assert models(browser) == ["good", "equal"]
    shown = "return document.querySelector('td.recall').getClientRects().length > 0"
    assert not browser.execute_script(shown)
    browser.find_element("name", "cols").click()
    assert browser.execute_script(shown)
    assert browser.execute_script(WIDTH) <= WIDE


def test_two_ticked_rows_are_compared_as_the_table_does(
    browser, mirror: Path, site_source: Path
) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    go(browser, mirror)
    for name in ("good-scratch-quick", "bad-transfer-quick"):
        browser.find_element("css selector", f"tr[id='{name}'] [type=checkbox]").click()
    panel = browser.find_element("id", "comparison")
    WebDriverWait(browser, 20).until(lambda _: "95 % interval" in panel.text)
    root = site_source / "records"
    rows = grouping.rows_of(records.read_all(root, "mirror_11class"), root)
    known = {row.model: candidate_of(row) for row in rows}
    one, other = known["good"], known["bad"]
    spread = Spread.pooled(list(known.values()))
    gap = one.residuals.mean(axis=0) - other.residuals.mean(axis=0)
    over_seeds = max(spread.total - spread.by_micrograph, 0) * (1 / 3 + 1)
    half = intervals.half_width(
        intervals.of_micrographs(gap) + Variance(over_seeds, spread.degrees)
    )
    mean = one.scores.mean() - other.scores.mean()
    text = panel.text.replace("\N{MINUS SIGN}", "-")
    numbers = [float(number) for number in re.findall(r"[-+]\d\.\d{3}", text)]
    assert numbers[:3] == pytest.approx([mean, mean - half, mean + half], abs=2e-3)
    assert "Adenovirus" in panel.text
    state = browser.execute_script("return location.hash")[1:]
    go(browser, mirror, state)
    panel = browser.find_element("id", "comparison")
    WebDriverWait(browser, 20).until(lambda _: "Adenovirus" in panel.text)
    panel.find_element("css selector", "button").click()
    assert not panel.is_displayed()
    assert browser.get_log("browser") == []


def test_a_wide_table_scrolls_in_its_box_and_keeps_its_names(browser, official: Path) -> None:
    go(browser, official, width=800)
    script = """
    const box = document.querySelector(".board");
    const name = box.querySelector("tbody tr:not(.group) th");
    const before = name.getBoundingClientRect().left;
    box.scrollLeft = 200;
    return [box.scrollLeft, before, name.getBoundingClientRect().left];
    """
    moved, before, after = browser.execute_script(script)
    assert moved > 50
    assert after < before and after >= 0


def test_a_telephone_shows_small_cards_that_unfold_and_sort(browser, mirror: Path) -> None:
    go(browser, mirror, width=NARROW)
    browser.execute_script("document.activeElement.blur()")
    button = head(browser, "training time")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()
    assert browser.execute_script(SORTED) == [["training time", "ascending"]]
    cards = browser.execute_script(CARDS)
    assert len(cards) == 3
    assert all(above[3] <= below[1] for above, below in itertools.pairwise(cards))
    assert all(card[0] >= 0 and card[2] <= NARROW for card in cards)
    assert all(card[3] - card[1] < 180 for card in cards)
    more = browser.find_element("css selector", "tr.reproduced .unfold")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", more)
    time = browser.find_element("css selector", "tr.reproduced td.time")
    assert not time.is_displayed()
    more.click()
    assert time.is_displayed() and more.get_attribute("aria-expanded") == "true"


def test_a_permalink_is_seen_where_it_is_focused_and_unfolds_its_section(
    browser, mirror: Path
) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    go(browser, mirror, width=NARROW)
    link = browser.find_element("css selector", "a.permalink[href='#classes']")
    assert link.value_of_css_property("opacity") == "0"
    browser.execute_script("arguments[0].focus({focusVisible: true})", link)
    assert link.value_of_css_property("opacity") == "1"
    inside = browser.find_element("css selector", ".classes")
    assert not inside.is_displayed()
    link.click()
    WebDriverWait(browser, 20).until(lambda _: inside.is_displayed())  # the hash changes later


def test_without_javascript_the_tables_are_there(browser, site: Path, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "site")
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        for width in (WIDE, NARROW):
            look(browser, tmp_path / "site" / "11-classes" / "index.html", width)
            assert browser.find_elements("css selector", "thead button") == []
            assert models(browser) == ["good", "equal", "bad"]
            assert not browser.find_element("css selector", "form.tools").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
