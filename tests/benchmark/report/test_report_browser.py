"""The pages in a real browser, on a desk and on a telephone, in light and in dark."""

from pathlib import Path

import pytest
from chromium import look

SMALL_TEXT = """
return [...document.querySelectorAll("body *")].filter(
  e => [...e.childNodes].some(n => n.nodeType == 3 && n.textContent.trim())
    && parseFloat(getComputedStyle(e).fontSize) < 14).map(e => e.outerHTML.slice(0, 80))
"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_fits_its_screen_and_all_pictures_load(
    browser, pages: Path, detector_pages: Path, width: int, scheme: str
) -> None:
    (run,) = (pages / "phantom_small").glob("*.html")
    (detector,) = (detector_pages / "phantom_small_boxes").glob("*.html")
    for page in (pages / "index.html", run, detector_pages / "index.html", detector):
        look(browser, page, width, scheme)
        assert browser.execute_script("return innerWidth") == width
        assert browser.execute_script("return document.scrollingElement.scrollWidth") <= width
        empty = "return [...document.images].filter(i => !i.naturalWidth).map(i => i.currentSrc)"
        assert browser.execute_script(empty) == []
        assert browser.execute_script(SMALL_TEXT) == []
        assert browser.get_log("browser") == []
        if page.name != "index.html":
            assert browser.execute_script("return document.images.length") > 0
