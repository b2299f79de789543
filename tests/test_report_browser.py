"""The pages in a real browser, on a desk and on a telephone, in light and in dark."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

selenium = pytest.importorskip("selenium", reason="selenium is not installed")
SWITCHES = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
)
LOADED = "return [...document.images].every(i => i.complete)"
SMALL_TEXT = """
return [...document.querySelectorAll("body *")].filter(
  e => [...e.childNodes].some(n => n.nodeType == 3 && n.textContent.trim())
    && parseFloat(getComputedStyle(e).fontSize) < 14).map(e => e.outerHTML.slice(0, 80))
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (program and driver):
        pytest.skip("needs chromium and chromedriver (Debian: chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for switch in SWITCHES.split():
        options.add_argument(switch)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = webdriver.Chrome(options=options, service=Service(driver))
    yield found
    found.quit()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_fits_its_screen_and_all_pictures_load(
    browser, pages: Path, width: int, scheme: str
) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    screen = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    wanted = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", wanted)
    (run,) = (pages / "phantom_small").glob("*.html")
    for page in (pages / "index.html", run):
        browser.get(page.as_uri())
        browser.execute_script("for (const i of document.images) i.loading = 'eager'")
        WebDriverWait(browser, 60).until(lambda b: b.execute_script(LOADED))
        assert browser.execute_script("return innerWidth") == width
        assert browser.execute_script("return document.scrollingElement.scrollWidth") <= width
        empty = "return [...document.images].filter(i => !i.naturalWidth).map(i => i.currentSrc)"
        assert browser.execute_script(empty) == []
        assert browser.execute_script(SMALL_TEXT) == []
        assert browser.get_log("browser") == []
        if page.name != "index.html":
            assert browser.execute_script("return document.images.length") > 4
            chosen = browser.execute_script("return document.images[0].currentSrc")
            assert chosen.endswith("-dark.svg") == (scheme == "dark")
