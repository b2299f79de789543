"""The pages by the accessibility checker axe-core: wide and narrow, light and dark."""

from pathlib import Path

import pytest
from chromium import look

axe = pytest.importorskip(
    "axe_core_python.selenium", reason='axe-core-python is not installed: pip install -e ".[test]"'
)
NARROW, WIDE = 390, 1280
UNFOLD = "for (const one of document.querySelectorAll('details')) one.open = true"
PAGES = ("index.html", "11-classes/index.html", "11-classes/good-scratch-quick/index.html")


def faults(browser) -> list[tuple[str, str]]:
    """Return rule and element of every violation on the page that is open."""
    # every element of what passes is not listed: that takes half of the time
    found = axe.Axe().run(browser, options={"resultTypes": ["violations"]})
    assert len(found["passes"]) > 10  # it has looked
    return [(rule["id"], node["html"]) for rule in found["violations"] for node in rule["nodes"]]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_violation(browser, site: Path, page: str) -> None:
    for width in (NARROW, WIDE):
        for scheme in ("light", "dark"):
            look(browser, site / page, width, scheme)
            browser.execute_script(UNFOLD)
            assert faults(browser) == [], (width, scheme)


def test_a_violation_is_found(browser, tmp_path: Path) -> None:
    page = tmp_path / "faulty.html"
    page.write_text(
        '<!doctype html><html lang="en"><title>t</title><main><h1>t</h1><img src="data:,">'
        '<p style="color:#999;background:#fff">hardly to be read</p></main></html>'
    )
    look(browser, page, WIDE)
    found = {rule["id"] for rule in axe.Axe().run(browser)["violations"]}
    assert {"image-alt", "color-contrast"} <= found
