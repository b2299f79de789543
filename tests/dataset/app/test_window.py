"""A window in a real browser: from files to counts and a zip, on a desk and on a telephone."""

import base64
import zipfile
from pathlib import Path

import pytest
from driven_window import DrivenWindow, write_phantom
from text_contrast import TEXTS

from tem_virus_dataset.__main__ import main

NARROW, WIDE = 390, 1280
# what a browser does where files from a folder are let go
DROP = """
const files = new DataTransfer();
for (const [name, text] of arguments[0])
  files.items.add(new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], name));
const send = (to, kind) => to.dispatchEvent(
  new DragEvent(kind, {dataTransfer: files, bubbles: true, cancelable: true}));
const area = document.querySelector(".q-uploader");
send(area, "dragover");
setTimeout(() => send(document.querySelector(".q-uploader__dnd"), "drop"), 500);
"""
NATURAL_WIDTH = "return arguments[0].naturalWidth"


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def downloaded(window: DrivenWindow, folder: Path) -> dict[str, bytes]:
    """Press the button, and return the files of the zip."""
    folder.mkdir()
    window.browser.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)}
    )
    window.button("Download everything (zip)").click()
    file = folder / "predictions.zip"
    window.wait(file.is_file)
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder / "unpacked")
    return files_of(folder / "unpacked" / "predictions")


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_files_are_predicted_counted_shown_and_downloaded_as_by_the_command(
    browser, address: str, folder: Path, width: int
) -> None:
    files = write_phantom(folder / "a.tif"), write_phantom(folder / "b.tif", "Norovirus")
    window = DrivenWindow(browser, address, width)
    window.upload(*files)
    assert window.size_field("a.tif").get_attribute("value") == "1"
    assert window.predict() == "Finished: 2 micrographs."
    assert window.said("error") == []

    out = folder.parent / "by_command"
    assert main(["predict", str(folder), "--out", str(out)]) == 0
    lines = (out / "particles.csv").read_text("utf-8").splitlines()[1:]
    particles = [tuple(line.split(",")[:2]) for line in lines]
    assert len(particles) > 5
    head, *rows = window.counts()
    assert [row[0] for row in rows] == ["a.tif", "b.tif", "all micrographs"]
    for name, total, *numbers in rows[:-1]:
        assert [*map(int, numbers)] == [particles.count((name, text)) for text in head[2:]]
        assert int(total) == sum(map(int, numbers))
    assert int(rows[-1][1]) == len(particles)

    for name in ("a.tif", "b.tif"):
        window.wait(lambda name=name: window.overlay()[0].startswith(f"{name}: "))
        window.wait(lambda: window.overlay()[1] >= 1024)
        window.button("Next").click()
    diameters = window.all("img.diameters")[0]
    window.wait(lambda: browser.execute_script(NATURAL_WIDTH, diameters) > 500)

    results, expected = downloaded(window, folder.parent / "downloaded"), files_of(out)
    assert set(results) == set(expected)
    same = [name for name in expected if results[name] == expected[name]]
    # `done/` names the place of a micrograph
    assert set(expected) - set(same) == {"done/a.tif.json", "done/b.tif.json"}

    assert set(window.requests()) == {"127.0.0.1"}
    assert [line for line in browser.get_log("browser") if line["level"] == "SEVERE"] == []
    assert browser.execute_script("return document.scrollingElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_window_can_be_read_and_its_fields_have_names(
    browser, address: str, folder: Path, width: int
) -> None:
    window = DrivenWindow(browser, address, width)
    (folder / "b.tif").write_text("no image at all")
    window.upload(write_phantom(folder / "a.tif"), folder / "b.tif")
    window.unfold()
    assert window.predict() == "Finished: 1 micrograph. 1 error: see the messages."
    texts = browser.execute_script(TEXTS)
    assert len(texts) > 30
    assert [text for text in texts if text[1] < 4.5] == []
    assert [text for text in texts if text[2] < 14] == []
    assert window.without_name() == []
    shown = window.all("body")[0].text
    assert "Not for diagnosis" in shown
    assert "Scores on test micrographs" in shown  # of the model card
    assert "no image leaves it" in shown
    assert browser.execute_script("return document.scrollingElement.scrollWidth") <= width


def test_files_are_dropped(browser, address: str, folder: Path) -> None:
    window = DrivenWindow(browser, address)
    files = [write_phantom(folder / f"{name}.tif") for name in "ab"]
    contents = [(file.name, base64.b64encode(file.read_bytes()).decode()) for file in files]
    browser.execute_script(DROP, contents)
    window.wait(lambda: sorted(window.names()) == ["a.tif", "b.tif"])
    assert window.size_field("b.tif").get_attribute("value") == "1"


def test_all_is_reached_by_the_keyboard(browser, address: str, folder: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    window = DrivenWindow(browser, address)
    window.upload(write_phantom(folder / "a.tif"))
    browser.execute_script("document.activeElement.blur(); scrollTo(0, 0)")
    reached = []
    for _ in range(20):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        active = browser.switch_to.active_element
        reached.append(active.get_attribute("aria-label") or active.text)
        if active.text == "Predict":
            break
    for name in ("Choose files", "nm per pixel of a.tif", "remove a.tif", "Predict"):
        assert name in reached, reached
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    window.wait(lambda: window.status().startswith("Finished"))
