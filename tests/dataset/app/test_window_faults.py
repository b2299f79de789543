"""A window that is given what cannot be predicted: the command's lines, and no old results."""

import signal
from pathlib import Path

import pytest
from driven_window import WAIT, DrivenWindow, served, write_phantom

from tem_virus_dataset.__main__ import main


@pytest.fixture
def window(browser, address: str) -> DrivenWindow:
    return DrivenWindow(browser, address)


def errors_of_command(capsys, folder: Path) -> list[str]:
    """Return the errors of the command for a folder, without the folder's path."""
    assert main(["predict", str(folder), "--out", str(folder.parent / "out")]) == 1
    said = capsys.readouterr().err.replace(f"{folder}/", "")
    return [line for line in said.splitlines() if line.startswith("error: ")]


def test_faulty_files_have_the_lines_of_the_command_and_stop_no_other(
    window: DrivenWindow, folder: Path, capsys
) -> None:
    write_phantom(folder / "good.tif")
    damaged = write_phantom(folder / "damaged.tif")
    damaged.write_bytes(damaged.read_bytes()[:5000])
    (folder / "text.tif").write_text("no image at all")
    (folder / "notes.txt").write_text("grid 4, square 7")
    window.upload(*sorted(folder.iterdir()))
    assert window.predict() == "Finished: 1 micrograph. 2 errors: see the messages."
    expected = errors_of_command(capsys, folder)
    assert len(expected) == 2
    assert window.said("error") == expected
    assert "not read: 1 .txt" in window.said("remark")
    assert [row[0] for row in window.counts()] == ["micrograph", "good.tif"]


def test_missing_pixel_sizes_are_asked_for_before_anything_begins(
    window: DrivenWindow, folder: Path
) -> None:
    window.upload(write_phantom(folder / "a.tif"), write_phantom(folder / "b.tif", nm=None))
    assert window.predict() == "Nothing was predicted: see the messages."
    (message,) = window.said("error")
    assert message.startswith("error: nm per pixel: missing for b.tif; expected the size")
    window.size_field("b.tif").send_keys("1")
    assert window.predict() == "Finished: 2 micrographs."


def test_results_do_not_stay_after_an_error(window: DrivenWindow, folder: Path) -> None:
    window.upload(write_phantom(folder / "a.tif"))
    assert window.predict() == "Finished: 1 micrograph."
    assert window.counts()
    field = window.size_field("a.tif")
    field.send_keys("000000")  # 1 becomes 1000000
    assert window.predict() == "Nothing was predicted: see the messages."
    (message,) = window.said("error")
    assert message.startswith("error: a.tif: nm per pixel: 1000000: expected 0.01 to 100 nm")
    assert window.counts() == []
    assert window.all("img.overlay") == []
    assert window.button("Download everything (zip)") is None


def test_what_is_typed_takes_precedence_with_the_warning_of_the_command(
    window: DrivenWindow, folder: Path
) -> None:
    window.upload(write_phantom(folder / "a.tif"), write_phantom(folder / "b.tif", nm=None))
    window.size_field("a.tif").send_keys(",5")  # 1 becomes 1,5
    window.size_field("b.tif").send_keys("1.5")
    assert window.predict() == "Finished: 2 micrographs."
    (warning,) = window.said("warning")
    assert warning.startswith("warning: a.tif: its pixels measure 1 nm according to ImageJ")
    (line,) = [text for text in window.said("remark") if text.startswith("nm per pixel")]
    assert line == 'nm per pixel: 1.5 according to the field "nm per pixel" in 2 micrographs'


def test_without_a_file_nothing_is_predicted(window: DrivenWindow) -> None:
    assert window.predict() == "Nothing was predicted: see the messages."
    assert window.said("error") == [
        "error: micrographs: none; expected one file or more. Choose or drop them."
    ]


def test_names_are_told_apart_and_may_hold_any_sign(window: DrivenWindow, folder: Path) -> None:
    odd = "β <b>50% #1 & 'x'?.tif"
    other = folder / "other"
    other.mkdir()
    window.upload(write_phantom(folder / odd), write_phantom(folder / "a.tif"))
    window.upload(write_phantom(other / "a.tif", "Norovirus"))
    names = ["a (2).tif", "a.tif", "β _b_50% #1 & 'x'_.tif"]
    assert sorted(window.names()) == names
    assert window.predict() == "Finished: 3 micrographs."
    assert sorted(row[0] for row in window.counts()[1:-1]) == names
    for name in names:
        window.wait(lambda name=name: window.overlay()[0].startswith(f"{name}: "))
        window.wait(lambda: window.overlay()[1])
        window.button("Next").click()
    window.all("button[aria-label='remove a.tif']")[0].click()
    window.wait(lambda: len(window.names()) == 2)


def test_a_network_of_ones_own_is_added_and_a_broken_one_refused(
    window: DrivenWindow, folder: Path
) -> None:
    from tem_virus_dataset.predict import models

    window.unfold()
    broken = folder / "broken.onnx"
    broken.write_bytes(b"no network")
    window.all("input[type=file][accept='.onnx']")[0].send_keys(str(broken))
    (message,) = window.wait(lambda: window.said("error"))
    assert message.startswith("error: broken.onnx: ONNX Runtime cannot read it")
    mine = folder / "mine.onnx"
    mine.write_bytes(models.find("exosome-detector").read_bytes())
    window.all("input[type=file][accept='.onnx']")[0].send_keys(str(mine))
    window.wait(lambda: "mine.onnx" in window.all(".q-select")[0].text)
    window.upload(write_phantom(folder / "a.tif"))
    assert window.predict() == "Finished: 1 micrograph."
    assert "mine.onnx" in window.all("section[aria-label=Results] .hint")[0].text


def test_a_prediction_is_stopped(window: DrivenWindow, folder: Path) -> None:
    window.upload(*(write_phantom(folder / f"{n}.tif", number=n) for n in range(8)))
    window.button("Predict").click()
    window.wait(lambda: window.status().startswith("1 of 8"))
    window.button("Stop").click()
    window.wait(lambda: window.status() == "Stopped. There are no results.")
    assert window.counts() == []


def test_a_full_disk_is_one_line_and_the_window_goes_on(
    browser, nicegui: None, folder: Path, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    large = folder / "large.tif"
    large.write_bytes(bytes(3_000_000))
    with served(temporary, largest_file=2_000_000) as (address, process):
        window = DrivenWindow(browser, address)
        window.all("input[type=file]")[0].send_keys(str(large))
        (message,) = window.wait(lambda: window.said("error"))
        assert message.startswith("error: a file could not be copied; expected space for it")
        window.upload(write_phantom(folder / "small.tif"))
        assert window.predict() == "Finished: 1 micrograph."
        browser.get("about:blank")
        process.send_signal(signal.SIGINT)
        *lines, last = process.communicate(timeout=WAIT)[1].splitlines()
    assert last == "closed; its temporary files are deleted"
    (line,) = lines
    assert line.startswith(f"error: {temporary}")
    assert "cannot be written to (File too large)" in line
