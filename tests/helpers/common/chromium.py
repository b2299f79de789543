"""A headless Chromium with its driver, as `browser` in conftest.py."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

SWITCHES = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
)
_LOADED = "return [...document.images].every(i => i.complete)"


def start(profile: Path) -> Iterator:
    """Start a browser, and end it; skips the test where there is none."""
    pytest.importorskip("selenium", reason="selenium is not installed")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (program and driver):
        pytest.skip("needs chromium and chromedriver (Debian: chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for switch in SWITCHES.split():
        options.add_argument(switch)
    options.add_argument(f"--user-data-dir={profile}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    found = webdriver.Chrome(options=options, service=Service(driver))
    yield found
    found.quit()


def look(browser, page: Path, width: int, scheme: str = "light") -> None:
    """Open a page on a screen so many CSS pixels wide, and wait for its images."""
    from selenium.webdriver.support.ui import WebDriverWait

    screen(browser, width)
    wanted = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", wanted)
    browser.get(page.as_uri())
    browser.execute_script("for (const i of document.images) i.loading = 'eager'")
    WebDriverWait(browser, 60).until(lambda b: b.execute_script(_LOADED))


def screen(browser, width: int) -> None:
    """Give pages a screen so many CSS pixels wide, a telephone's below 500."""
    metrics = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
