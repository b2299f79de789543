"""Ctrl-C, and rerunning: nothing is half written, and the same command does only what is new."""

import dataclasses
import time

import pytest
import small_micrograph
from predicting import PLACES, RADIUS, call, rows, state, write

from benchmark.predict import models
from tem_virus_dataset.predict import micrograph, run
from tem_virus_dataset.predict.inputs import list_images
from tem_virus_dataset.predict.pipeline import Pipeline

SETTINGS = micrograph.Settings()


def interrupting(after: int, out):
    """A detector during whose work Ctrl-C is pressed, when so many images are finished."""
    calls = []

    def detect(images):
        calls.append(len(images))
        if len(calls) > after:
            while len(list((out / "done").glob("*.json"))) < after:
                time.sleep(0.005)
            raise KeyboardInterrupt
        return small_micrograph.detect_discs(images)

    return dataclasses.replace(small_micrograph.detector(tile_size=640), detect_batch=detect)


@pytest.fixture
def five(tmp_path):
    folder = tmp_path / "five"
    folder.mkdir()
    for number in range(5):
        image = small_micrograph.discs((220, 300), PLACES[: 1 + number % 3], RADIUS)
        write(folder / f"{number}.tif", image)
    return folder


def test_ctrl_c_leaves_whole_results_and_the_next_call_does_the_rest(
    five, tmp_path, monkeypatch, capsys
):
    out = tmp_path / "out"
    monkeypatch.setattr(models, "load", lambda file, runs: interrupting(2, out))
    assert call(five, out=out) == 130
    assert "Traceback" not in capsys.readouterr().err
    assert len(list((out / "done").iterdir())) == 2
    assert not list(out.rglob(".*"))  # drafts
    before = state(out)
    detector = small_micrograph.detector(tile_size=640)
    monkeypatch.setattr(models, "load", lambda file, runs: detector)
    assert call(five, out=out) == 0
    assert "micrographs: 5, 2 of them finished before" in capsys.readouterr().out
    assert {path: state(out)[path] for path in before} == before
    files = [row["file"] for row in rows(out / "particles.csv")]
    assert files == sorted(files)
    assert len(files) == 1 + 2 + 3 + 1 + 2


def test_overlapping_changes_no_result(five, tmp_path):
    """One after the other, and beside each other: the same bytes in the same order."""
    chosen = Pipeline(small_micrograph.detector(), None, 0.5)
    (five / "3.tif").write_bytes(b"damaged")
    images = list_images([five], tmp_path / "out").images
    for image in images:
        if image.file != "3.tif":
            micrograph.predict(image, (), chosen, SETTINGS, tmp_path / "in turn")
    predictions = list(run.predict_each(images, {}, chosen, SETTINGS, tmp_path / "overlapped"))
    assert [p.image for p in predictions] == list(images)
    assert [bool(p.failure) for p in predictions] == [False, False, False, True, False]

    def contents(folder):
        return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    assert contents(tmp_path / "in turn") == contents(tmp_path / "overlapped")


def test_single_images_have_settings_of_their_own(five, tmp_path):
    chosen = Pipeline(small_micrograph.detector(), None, 0.5)
    images = list_images([five], tmp_path / "out").images
    own = {"1.tif": micrograph.Settings(nm_per_pixel=0.75)}
    predictions = run.predict_each(images, {}, chosen, SETTINGS, tmp_path / "out", own)
    sizes = [p.outcome.done["nm_per_pixel"] for p in predictions if p.outcome]
    assert sizes == pytest.approx([0.5, 0.75, 0.5, 0.5, 0.5])
