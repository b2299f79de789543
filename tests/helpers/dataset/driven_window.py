"""A local window, served by the command and driven in Chromium."""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import tifffile
from chromium import screen
from project_paths import PYTHONPATH

from tem_virus_dataset.phantoms import viruses

WAIT = 120  # seconds, on a busy machine
# what a screen reader announces, and so what must have a name
NAMED = {"button", "textbox", "combobox", "radio", "link", "img", "progressbar", "spinbutton"}
BLANK = "document.querySelector('[role=status] .hint').firstChild.textContent = ''"
UNFOLDS = 1  # seconds


def write_phantom(path: Path, class_name: str = "CCHF", number: int = 0, nm: float | None = 1.0):
    """Write a phantom of 552x552 pixels at 1 nm as TIFF, with the pixel size if there is one."""
    tags = {"resolution": (1 / nm, 1 / nm), "metadata": {"unit": "nm"}} if nm else {}
    tifffile.imwrite(path, viruses.micrograph(class_name, number).image, imagej=True, **tags)
    return path


@contextlib.contextmanager
def served(
    temporary: Path, largest_file: int | None = None
) -> Iterator[tuple[str, subprocess.Popen]]:
    """Serve windows by the command; yield their address and the process, and interrupt it.

    Args:
      temporary: folder of temporary files; largest_file: in bytes, that may be written.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    environment |= {"PYTHONPATH": PYTHONPATH, "TMPDIR": str(temporary)}

    def limit() -> None:
        if largest_file:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    process = subprocess.Popen(
        [sys.executable, "-m", "tem_virus_dataset", "app", "--no-browser", "--port", "0"],
        env=environment, cwd=temporary, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=limit,
    )  # fmt: skip
    try:
        line = process.stdout.readline()
        if "http://" not in line:
            raise AssertionError(line + process.communicate()[1])
        yield line.split()[-1], process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired, ValueError):
            process.communicate(timeout=WAIT)
        process.kill()


class DrivenWindow:
    """A window in a browser, by what its user sees."""

    def __init__(self, browser, address: str, width: int = 1280) -> None:
        """Open it."""
        screen(browser, width)
        for kind in ("browser", "performance"):
            browser.get_log(kind)  # of what was open before
        browser.get(address)
        self.browser, self.address = browser, address
        self.wait(lambda: self.button("Predict"))

    def wait(self, condition, seconds: float = WAIT):
        """Wait until a condition holds, and return its value."""
        from selenium.common.exceptions import StaleElementReferenceException

        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(StaleElementReferenceException):
                if value := condition():
                    return value
            time.sleep(0.1)
        raise AssertionError(self.all("body")[0].text)

    def all(self, selector: str) -> list:
        """Return the elements of a selector."""
        return self.browser.find_elements("css selector", selector)

    def button(self, text: str):
        """Return a button by its text, None where there is none."""
        path = f"//button[normalize-space()='{text}']"
        return next(iter(self.browser.find_elements("xpath", path)), None)

    def names(self) -> list[str]:
        """Return the listed files."""
        return [e.text for e in self.all(".file .name")]

    def upload(self, *files: Path, expected: int | None = None) -> None:
        """Choose files, and wait until all are listed."""
        before = len(self.names())
        self.all("input[type=file]")[0].send_keys("\n".join(map(str, files)))
        self.wait(lambda: len(self.names()) == (expected or before + len(files)))

    def unfold(self) -> None:
        """Show the model card, and the place for networks' files."""
        for summary in self.all(".q-expansion-item .q-item"):
            summary.click()
            time.sleep(UNFOLDS)

    def size_field(self, name: str):
        """Return the field of a file's pixel size."""
        return next(
            field
            for field in self.all(".file input")
            if field.get_attribute("aria-label") == f"nm per pixel of {name}"
        )

    def predict(self) -> str:
        """Press the button, wait for the end, and return what is said of it."""
        self.browser.execute_script(BLANK)  # what was said of an earlier prediction
        self.button("Predict").click()
        ends = "Finished", "No results", "Nothing was predicted", "Stopped"
        return self.wait(lambda: self.status() if self.status().startswith(ends) else "")

    def status(self) -> str:
        """Return the line on progress."""
        return self.all("[role=status] .hint")[0].text

    def said(self, kind: str) -> list[str]:
        """Return the messages of a kind."""
        return [e.text for e in self.all(f".messages li.{kind}")]

    def overlay(self) -> tuple[str, int]:
        """Return the text and the width in pixels of the overlay that is shown."""
        shown = "const i = document.querySelector('img.overlay'); return [i.alt, i.naturalWidth]"
        text, width = self.browser.execute_script(shown)
        return text, width

    def counts(self) -> list[list[str]]:
        """Return the rows of the table of counts, the head first; [] where there is none."""
        return [
            [cell.text for cell in row.find_elements("css selector", "th, td")]
            for row in self.all("table[aria-label='counts by micrograph'] tr")
        ]

    def requests(self) -> list[str]:
        """Return the hosts of all requests since the window was opened."""
        messages = [
            json.loads(e["message"])["message"] for e in self.browser.get_log("performance")
        ]
        addresses = [
            m["params"]["request"]["url"]
            for m in messages
            if m["method"] == "Network.requestWillBeSent"
        ] + [m["params"]["url"] for m in messages if m["method"] == "Network.webSocketCreated"]
        parsed = map(urllib.parse.urlparse, addresses)
        return [url.hostname or "" for url in parsed if url.scheme not in ("data", "blob")]

    def without_name(self) -> list[str]:
        """Return the roles of what a screen reader announces without a name."""
        tree = self.browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        return [
            node["role"]["value"]
            for node in tree
            if not node["ignored"]
            and node["role"]["value"] in NAMED
            and not node.get("name", {}).get("value", "").strip()
        ]
