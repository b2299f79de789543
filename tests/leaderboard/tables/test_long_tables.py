"""Tables of many rows: the best fifty on the page, all of them in a CSV."""

import csv
import io
import re
from pathlib import Path

import pytest
from markdown_table import models_of
from sample_records import FAILED, SUBMITTED, change, scored

from leaderboard.ranking.grouping import rows_of
from leaderboard.render import main, render
from leaderboard.results.store import write
from leaderboard.tables import whole_tables
from leaderboard.tables.tables import MOST_ROWS, summary_text

CSV = "whole_tables/tem_virus-recropped_14class.csv"


def fill(root: Path, count: int) -> None:
    for number in range(count):
        write(root, scored(0.9 - number / 1000, model=f"m{number:03d}", notes=f"note {number:03d}"))


def test_a_table_of_fifty_is_whole_and_of_more_is_linked(folders) -> None:
    fill(folders[0], MOST_ROWS)
    assert [file.name for file in render(*folders)] == ["README.md"]
    assert "all of them" not in (folders[1] / "README.md").read_text()
    write(folders[0], scored(0.1, model="last", notes="hidden"))
    assert render(*folders) == [folders[1] / "README.md", folders[1] / CSV]
    text = (folders[1] / "README.md").read_text()
    assert models_of(text) == [f"m{number:03d}" for number in range(MOST_ROWS)]
    assert f"The first 50 of 51 rows; [all of them]({CSV})." in text
    assert "note 049" in text and "hidden" not in text
    with (folders[1] / CSV).open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["model"] for row in rows] == [*models_of(text), "last"]
    assert (rows[-1]["rank"], rows[-1]["f1"], rows[-1]["seeds"]) == ("51", "0.100000", "0")
    assert render(*folders) == []
    whole = folders[1] / CSV
    whole.write_bytes(whole.read_bytes().replace(b"\n", b"\r\n"))  # a checkout on Windows
    assert render(*folders) == []


def test_a_csv_is_deleted_when_its_table_fits_the_page(folders) -> None:
    fill(folders[0], MOST_ROWS + 1)
    render(*folders)
    next(folders[0].rglob("m003-*.json")).unlink()
    assert render(*folders, check=True) == [folders[1] / "README.md", folders[1] / CSV]
    assert (folders[1] / CSV).exists()
    render(*folders)
    assert not (folders[1] / CSV).exists()
    assert render(*folders) == []


def test_the_front_page_links_from_where_it_is(folders, tmp_path: Path) -> None:
    fill(folders[0], MOST_ROWS + 1)
    front = tmp_path / "FRONT.md"
    front.write_text("<!-- table:tem_virus/recropped_14class -->\n<!-- end -->\n")
    render(*folders, front=front)
    (link,) = re.findall(r"\[leaderboard\]\((.*?)\)", front.read_text())
    assert (tmp_path / link).is_file()


def test_no_cell_of_the_csv_is_a_formula(folders) -> None:
    fill(folders[0], MOST_ROWS)
    write(folders[0], scored(0.5, model="x", source='=HYPERLINK("https://a.example") ,"b'))
    render(*folders)
    with (folders[1] / CSV).open(newline="") as lines:
        (row,) = [row for row in csv.DictReader(lines) if row["model"] == "x"]
    assert row["source"] == """'=HYPERLINK("https://a.example") ,"b"""


def test_the_csv_states_paper_licence_and_date() -> None:
    stated = {"paper": "https://a.example/p", "weights_licence": "=1", "submitted": "2026-01-30"}
    own, theirs = scored(0.9), scored(0.8, submission="swin", **SUBMITTED, **stated)
    found = list(csv.DictReader(io.StringIO(whole_tables.text(rows_of([own, theirs])))))
    names = ("paper", "weights_licence", "date")
    assert [found[0][name] for name in names] == ["", "", own.created[:10]]
    assert [found[1][name] for name in names] == ["https://a.example/p", "'=1", "2026-01-30"]


def test_a_long_list_of_failed_runs_is_cut(folders) -> None:
    for seed in range(MOST_ROWS + 7):
        write(folders[0], change(seed=seed, status="failed", error=FAILED.error, test=None))
    text = (render(*folders)[0]).read_text()
    assert text.count("\n* Failed: custom") == MOST_ROWS
    assert "* Failed: 7 more." in text


def test_the_terminal_shows_fifty_rows_or_those_around_one() -> None:
    rows = rows_of(scored(0.9 - n / 1000, model=f"m{n:03d}") for n in range(60))
    assert summary_text(rows).splitlines()[-1] == "and 10 more rows"
    lines = summary_text(rows, around=rows[20]).splitlines()[2:]
    assert [line.split()[0] for line in lines] == [str(rank) for rank in range(18, 25)]
    assert lines[3].split()[:3] == ["21", "*", "m020"]
    assert len(summary_text(rows, around=rows[0]).splitlines()) == 2 + 4


def check_records(folders, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    arguments = ["--records", str(folders[0]), "--out", str(folders[1]), "--check", "records"]
    return main(arguments), "".join(capsys.readouterr())


def test_a_pull_request_needs_no_tables(folders, capsys) -> None:
    fill(folders[0], 2)
    assert check_records(folders, capsys) == (
        0, "2 records: their scores are those of their predictions\n"
    )  # fmt: skip
    assert not folders[1].exists()
    next(folders[0].rglob("m001-*.json")).write_text("{")
    status, said = check_records(folders, capsys)
    assert status == 1 and "m001-" in said
