"""A table of more rows than its page holds, in a real browser."""

import dataclasses
from pathlib import Path

import pytest
import small_site
from chromium import look
from small_site import PHANTOM

from leaderboard.results import store as records
from leaderboard.site import benchmark_page
from leaderboard.site.boards import flags

MODELS = ("quick_a", "quick_b", "quick_c")
READY = "return document.querySelectorAll('thead button').length > 0"
STATUS = "return document.getElementById('status').textContent"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A benchmark of three rows, of which the page holds one."""
    folder = tmp_path_factory.mktemp("long")
    for number, model in enumerate(MODELS):
        small_site.add(folder / "records", PHANTOM, model, 0, 0.1 + number / 10)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(benchmark_page, "SHOWN", 1)
        assert small_site.build(folder, folder / "out") == 0
    assert (folder / "out" / "phantoms" / benchmark_page.MORE).exists()
    return folder / "out" / "phantoms" / "index.html"


def test_many_warnings_and_failed_runs_are_folded(
    browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = small_site.add(tmp_path / "records", PHANTOM, "odd", 0, 0.3)
    lost = {"status": "failed", "error": "lost", "test": None, "predictions": None}
    for seed in range(1, 7):
        failed = dataclasses.replace(record, seed=seed, confusion=None, **lost)
        records.write(tmp_path / "records", failed)
    found = [flags.warning(f"odd {number}") for number in range(200)]
    monkeypatch.setattr(flags, "of", lambda row: found if row.records else [])
    assert small_site.build(tmp_path, tmp_path / "out") == 0
    look(browser, tmp_path / "out" / "phantoms" / "index.html", 1280)
    details = browser.find_elements("css selector", "section[aria-labelledby=table] > details")
    assert [one.text for one in details] == ["200 warnings", "6 failed runs"]
    details[0].find_element("css selector", "summary").click()
    assert "odd 199." in details[0].text


def test_rows_come_once_however_fast_a_name_is_typed(browser, page: Path) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    look(browser, page, 1280)
    WebDriverWait(browser, 20).until(lambda b: b.execute_script(READY))
    browser.execute_script(
        """
        const field = document.querySelector("input[name=q]");
        for (let length = 1; length <= 6; length++) {
          field.value = "quick_".slice(0, length);
          field.dispatchEvent(new Event("input"));
        }
        """
    )
    WebDriverWait(browser, 20).until(lambda b: b.execute_script(STATUS))
    assert browser.execute_script(STATUS) == "3 of 3 rows fit."
    names = browser.execute_script(
        "return [...document.querySelectorAll('.board tbody tr:not(.group) th')]"
        ".map(name => name.dataset.order)"
    )
    assert names == list(MODELS)
    assert browser.get_log("browser") == []
