"""What the site states beside the scores: the official note, and which weights were kept."""

from pathlib import Path

import numpy as np
import pytest
import small_site
from html_page import Page
from small_site import HISTORY, MIRROR

from leaderboard.metrics.classification import scores_of_confusion
from leaderboard.results import official
from leaderboard.results.official import OfficialScores
from leaderboard.results.record import Record
from leaderboard.site import pages

PATCHES = 1567


def scored(record: Record) -> OfficialScores:
    """Return scores of a network that never was, on the classes of a record."""
    confusion = np.diag(np.full(len(record.classes), 10))
    confusion[0, 1] = PATCHES - confusion.sum()
    scores = {name: float(value) for name, value in scores_of_confusion(confusion).items()}
    return OfficialScores(
        data=record.data, run=record.run, trained=record.created,
        network={"file": "a.onnx", "sha256": "0" * 64}, images="0" * 64, classes=record.classes,
        patches=PATCHES, micrographs=158, scores=scores, intervals={"f1": [0.1, 0.9]},
        confusion=confusion.tolist(), created="2026-02-01T00:00:00+00:00",
    )  # fmt: skip


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of two classifiers; one keeps an average of weights and has official scores."""
    folder = tmp_path_factory.mktemp("notes")
    root = folder / "records"
    averaged = {"recipe_settings": {"ema": 0.999}, "history": HISTORY, "best_epoch": 3}
    first = small_site.add(root, MIRROR, "averaged", 0, 0.1, **averaged)
    small_site.add(root, MIRROR, "other", 0, 0.2, history=HISTORY)
    official.write(official.path(root, first), scored(first))
    pages.write(folder / "site", root)
    return folder / "site"


def row_page(out: Path, model: str) -> Page:
    return Page(out / "11-classes" / f"{model}-scratch-quick" / "index.html")


def test_the_official_note_is_below_its_table_and_on_the_page_of_its_row(out: Path) -> None:
    for page in (Page(out / "11-classes" / "index.html"), row_page(out, "averaged")):
        assert "1,567 patches of 158 micrographs" in page.words
        assert "never comparable with scores of 14 classes." in page.words
        assert "averaged, scratch, quick, seed 0: macro F1 " in page.words
        assert "macro F1 95 %: [0.100, 0.900]" in page.words
    assert "1,567 patches" not in row_page(out, "other").words


def test_a_page_states_which_weights_were_kept(out: Path) -> None:
    averaged, other = row_page(out, "averaged").words, row_page(out, "other").words
    assert "3 (the last average of weights is kept)" in averaged
    assert "the epoch that was kept: the last average of weights." in averaged
    assert "3 (epoch 2 is kept)" in other
    assert "the epoch that was kept: the best on validation." in other
