"""The site's table and pages of detectors."""

from pathlib import Path
from urllib.parse import unquote

import made_detector
import pytest
from html_page import Page, pages_of
from made_detector import HISTORY

from leaderboard.ranking import grouping
from leaderboard.results import store as records
from leaderboard.scoring.detection import COMPANIONS
from leaderboard.site import __main__ as site_command
from leaderboard.tables.detection import TITLES


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("source") / "records"
    for seed in (0, 1):
        made_detector.add(root, "finder", seed, history=HISTORY, epochs=3, best_epoch=3)
    made_detector.add(root, "worse", 0, right=0.4, notes="<b>only tried</b>")
    return root


@pytest.fixture(scope="module")
def out(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    assert site_command.main(["--out", str(out), "--records", str(root)]) == 0
    return out


def test_the_table_of_detectors_says_what_the_records_say(root: Path, out: Path) -> None:
    found = {row.model: row for row in grouping.rows_of(records.read_all(root), root)}
    page = Page(out / "detection" / "index.html")
    heads = [line for line in page.rows if line[:2] == ["#", "model"]]
    rows = [line for line in page.rows if len(line) == len(heads[0]) and line[0] != "#"]
    lines = {line[1].split()[0]: dict(zip(heads[0], line, strict=True)) for line in rows}
    assert list(lines) == ["finder", "worse", "YOLOv8"]
    assert not any("accuracy" in title or "macro" in title for title in heads[0])
    for name, row in found.items():
        line = lines[name]
        assert line["F1 [95 %]"].startswith(f"{row.test['f1'].mean:.3f}")
        assert line["AP50-95"].startswith(f"{row.test['ap50_95'].mean:.3f}")
        assert line["count error"].startswith(f"{row.test['count_error'].mean:.3f}")
        assert line["validation AP50"].startswith(f"{row.validation_ap50.mean:.3f}")
    assert lines["finder"]["vs best [95 %]"] == "open"
    assert lines["YOLOv8"]["validation AP50"] == "0.900"
    assert lines["YOLOv8"]["AP50"] == "\N{EN DASH}"  # not known
    assert "source below the table" in lines["YOLOv8"]["model"]  # else its row is very high
    assert "YOLOv8: github.com/deep-disease-detection" in page.words
    assert "<b>only tried</b>" not in page.words  # a note is on the row's page
    assert "<b>only tried</b>" in Page(next((out / "detection").glob("worse-*/index.html"))).words
    assert "Not comparable with scores of patches" in page.words
    index = Page(out / "index.html").words
    assert "Detection of viruses, public mirror" in index and "Detection of exosomes" in index


def test_the_page_of_a_detector_holds_its_evidence(root: Path, out: Path) -> None:
    assert len(pages_of(out / "detection")) == 1 + 2
    row = next(r for r in grouping.rows_of(records.read_all(root), root) if r.model == "finder")
    page = Page(next((out / "detection").glob("finder-*/index.html")))
    by_name = {line[0]: line[1:] for line in page.rows}
    header = by_name["score"]
    assert header == ["test split", "95 %", "seed 0", "seed 1", "validation"]
    for name, title in TITLES.items():
        cells = dict(zip(header, by_name[title], strict=True))
        for record in row.records:
            assert cells[f"seed {record.seed}"] == f"{record.test[name]:.3f}"
        assert cells["test split"].startswith(f"{row.test[name].mean:.3f}")
    for name, title in COMPANIONS.items():
        cells = dict(zip(header, by_name[title], strict=True))
        for seed, scored in enumerate(row.evidence.scored):
            assert cells[f"seed {seed}"] == f"{scored.companions[name]:.3f}"
    one, other = (scored.classes for scored in row.evidence.scored)
    place = list(row.evidence.truth.classes).index("Ebola")
    expected = (one[place].ap50 + other[place].ap50) / 2
    assert by_name["Ebola"][0] == str(one[place].boxes)
    assert by_name["Ebola"][5].startswith(f"{expected:.3f}")
    errors = [int(line[2]) + int(line[3]) for line in page.rows[-142:]]
    assert errors == sorted(errors, reverse=True)
    assert sum(int(line[1]) for line in page.rows[-142:]) == 2 * 984
    figures = [tag for tag in page.tags if tag == "figure"]
    assert len(figures) == 4  # confidence, precision over recall, loss, validation F1
    files = [a for a in page.links if a.endswith(".csv.gz")]
    assert len(files) == 4
    assert all((page.path.parent / unquote(a)).is_file() for a in files)
    assert (
        "the confidence threshold that is best on validation, one line for each seed" in page.words
    )
