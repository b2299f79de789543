"""From what is typed into a window to the options of a prediction."""

from pathlib import Path

import pytest
from PIL import Image

from tem_virus_dataset import DatasetError
from tem_virus_dataset.app import uploads
from tem_virus_dataset.app.choices import Choice
from tem_virus_dataset.app.job import Event, Job
from tem_virus_dataset.app.uploads import Upload
from tem_virus_dataset.app.window import Window, described
from tem_virus_dataset.predict import inputs

CHOICE = Choice("virus-detector (11 classes)", "virus-detector", None, 0.25, "card")


@pytest.fixture
def window(tmp_path: Path) -> Window:
    """A window with a file that states its pixel size, one that does not, and no micrograph."""
    made = Window.below(tmp_path)
    made.add(Upload(made.micrographs / "stated.tif", nm_per_pixel=0.5))
    made.add(Upload(made.micrographs / "unstated.tif"))
    made.add(Upload(made.micrographs / "notes.txt", is_read=False))
    made.form.confidence = "0.25"
    return made


def test_untouched_fields_leave_all_to_files_and_model(window: Window) -> None:
    job = window.job(CHOICE)
    assert job == Job(str(window.micrographs), str(window.out), "virus-detector")
    assert "confidence threshold 0.25, info strip: found automatically" in described(
        job, CHOICE, window.files
    )


def test_what_is_typed_takes_precedence(window: Window) -> None:
    window.form.nm_per_pixel |= {"stated.tif": "0,7", "unstated.tif": " 2 "}
    window.form.confidence = "0.6"
    window.form.finds_strip, window.form.strip_rows = False, "70"
    job = window.job(CHOICE)
    assert job.nm_per_pixel == {"stated.tif": 0.7, "unstated.tif": 2.0}
    assert (job.confidence, job.crop_bottom) == (0.6, 70)
    assert Job.of_json(job.to_json()) == job
    assert "info strip: 70 rows" in described(job, CHOICE, window.files)


@pytest.mark.parametrize(
    ("sizes", "confidence", "rows", "said"),
    [
        ("500", "", "0", ["unstated.tif: nm per pixel: 500: expected 0.01 to 100 nm"]),
        ("", "1.5", "0", ["confidence threshold: 1.5: expected a number from 0 to 1"]),
        ("", "", "", ["rows of the info strip: empty; expected a number"]),
        ("x", "y", "-1", ["unstated.tif: nm per pixel: x", "confidence", "rows of the info strip"]),
    ],
)
def test_every_faulty_field_has_a_line(
    window: Window, sizes: str, confidence: str, rows: str, said: list[str]
) -> None:
    window.form.nm_per_pixel["unstated.tif"] = sizes
    window.form.confidence = confidence
    window.form.finds_strip, window.form.strip_rows = False, rows
    with pytest.raises(DatasetError) as caught:
        window.job(CHOICE)
    lines = str(caught.value).splitlines()
    assert len(lines) == len(said)
    for line, start in zip(lines, said, strict=True):
        assert line.startswith(start)


def test_files_without_a_pixel_size_are_named_before_anything_begins(window: Window) -> None:
    for name in ("a.png", "b.png"):
        Image.new("L", (8, 8)).save(window.micrographs / name)
        window.add(uploads.examined(window.micrographs / name))
    with pytest.raises(DatasetError, match=r"^nm per pixel: missing for a\.png, b\.png; expected"):
        window.job(CHOICE)
    window.form.nm_per_pixel |= {"a.png": "1", "b.png": "2"}
    assert window.job(CHOICE).nm_per_pixel == {"a.png": 1.0, "b.png": 2.0}


def test_an_export_is_left_out_unless_it_is_ticked(window: Window) -> None:
    for name in ("stated.tif", "stated.png"):
        Image.new("L", (8, 8)).save(window.micrographs / name)
    window.add(uploads.examined(window.micrographs / "stated.png"))
    assert window.exports() == {"stated.png": "stated.tif"}
    assert window.job(CHOICE).named == []  # nor does it need a pixel size
    window.form.named["stated.png"] = True
    with pytest.raises(DatasetError, match=r"missing for stated\.png"):
        window.job(CHOICE)
    window.form.nm_per_pixel["stated.png"] = "1"
    job = window.job(CHOICE)
    assert job.named == ["stated.png"]
    named = [window.micrographs / name for name in job.named]
    listing = inputs.list_images([window.micrographs, *named], window.out)
    assert [image.file for image in listing.images] == ["stated.tif", "stated.png"]
    assert not any("exports" in remark for remark in listing.remarks)


def test_what_is_no_event_is_refused() -> None:
    event = Event("finished", "", "ü.tif", 1, 2)
    assert Event.of_json(event.to_json()) == event
    for text in ("a library's words", '{"file": "a.tif", "lines": 3}', "[]"):
        with pytest.raises(ValueError, match=r"."):
            Event.of_json(text)
