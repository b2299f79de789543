"""Files beside the pages: tables as CSV and JSON, data of comparisons, citations, addresses."""

import csv
import dataclasses
import io
import json
from pathlib import Path

import pytest
import small_site
from html_page import Page
from sample_records import FINISHED, SUBMITTED, change
from small_site import DAY, LICENCE, LONG, NASTY, OFFICIAL, PAPER, PHANTOM

from leaderboard.site import addresses
from leaderboard.site.boards import benchmarks, flags
from leaderboard.site.boards.table_files import _flat
from leaderboard.site.classes import facts
from leaderboard.site.text import citation
from tem_virus_dataset import facts as data_facts


def test_a_table_as_csv_and_json_holds_the_same_rows(site: Path) -> None:
    folder = site / "14-classes"
    content = json.loads((folder / "table.json").read_text("utf-8"))
    lines = list(csv.DictReader(io.StringIO((folder / "table.csv").read_text("utf-8"))))
    assert content["data"] == OFFICIAL and content["ranked_by"] == "macro F1"
    assert [row["model"] for row in content["rows"]] == [line["model"] for line in lines]
    row, line = content["rows"][0], lines[0]
    assert (row["model"], row["rank"], row["page"]) == (LONG, 1, "by-somebody/index.html")
    assert float(line["f1"]) == row["f1"]["mean"]
    assert float(line["f1_low"]) == row["f1"]["low"] < row["f1"]["mean"] < row["f1"]["high"]
    assert row["pretraining"] == NASTY == line["pretraining"]
    for found in (row, line):
        stated = [found[name] for name in ("paper", "weights_licence", "date")]
        assert stated == [PAPER, LICENCE, DAY]
    assert (content["rows"][-1]["paper"], content["rows"][-1]["date"]) == ("", "")  # published


def test_the_page_of_a_row_states_its_paper_licence_and_date(site: Path) -> None:
    page = Page(site / "14-classes" / "by-somebody" / "index.html")
    assert PAPER in page.links
    assert f"licence of the weights {LICENCE}" in page.words
    assert f"date {DAY}" in page.words


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\t=1"])
def test_a_spreadsheet_calculates_no_text_of_a_stranger(text: str) -> None:
    assert _flat({"source": text, "rank": None}) == {"source": f"'{text}", "rank": ""}


def test_a_citation_cannot_be_broken_by_a_name() -> None:
    text = citation.row("a{b}", "100 %, x_y", "c & d", ["E} , note = {x", "F"], "2026")
    assert text.count("{") == text.count("}")
    assert "title = {ab (100 \\%, x\\_y) on c \\& d, tem-virus leaderboard}" in text
    assert "author = {{E , note = x} and {F}}" in text
    real = (Path(__file__).parents[3] / "CITATION.cff").read_text("utf-8")
    assert "10.1016/j.cmpb.2021.106318" in real and "10.17632/x4dwwfwtw3.3" in real
    assert "10.1016/j.cmpb.2021.106318" in citation.DATA and "x4dwwfwtw3.3" in citation.DATA


def test_addresses_are_plain_and_no_new_row_takes_that_of_an_old_one() -> None:
    first = change(recipe="a+b=1", created="2026-01-01T00:00:00+00:00")
    later = change(recipe="a-b-1", created="2026-02-01T00:00:00+00:00")
    submitted = dataclasses.replace(FINISHED, submission="somebody", **SUBMITTED)
    groups = [[later], [first], [submitted]]
    names = addresses.of_rows(groups)
    assert names[1] == "tem_virus-recropped_14class/custom-scratch-a-b-1"
    assert names[0].startswith("tem_virus-recropped_14class/custom-scratch-a-b-1-")
    assert names[2] == "tem_virus-recropped_14class/by-somebody"
    assert len({name.lower() for name in names}) == 3
    assert addresses.of_rows([[first]]) == [names[1]]
    assert benchmarks.listing("folder/mine").slug == "folder-mine"


def test_a_warning_stands_beside_its_row_and_below_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "macro F1 of seed 0 is <perfect>"
    small_site.add(tmp_path / "records", PHANTOM, "odd", 0, 0.3)
    monkeypatch.setattr(flags, "of", lambda row: [flags.warning(said)] if row.records else [])
    assert small_site.build(tmp_path, tmp_path / "out") == 0
    board = Page(tmp_path / "out" / "phantoms" / "index.html")
    assert f"odd, scratch, one seed: {said}." in board.words
    assert "warning" in next(row[1] for row in board.rows if row[:1] == ["\N{EN DASH}"])
    row = Page(tmp_path / "out" / "phantoms" / "odd-scratch-quick" / "index.html")
    assert f"Warning. {said}" in row.words
    table = json.loads((tmp_path / "out" / "phantoms" / "table.json").read_text("utf-8"))
    assert table["rows"][0]["warnings"] == f"warning: {said}"


def test_files_of_the_repository_have_its_address_and_others_a_relative_one(tmp_path: Path) -> None:
    page = tmp_path / "out" / "a" / "b" / "index.html"
    file = addresses.REPOSITORY / "leaderboard" / "records" / "x+y.csv.gz"
    address = addresses.of_files("https://example.org/r/blob/main/", page)
    assert address(file) == "https://example.org/r/raw/main/leaderboard/records/x%2By.csv.gz"
    assert address(tmp_path / "records" / "a.csv") == "../../../records/a.csv"
    assert addresses.of_files("", page)(tmp_path / "records" / "a.csv") == "../../../records/a.csv"


def test_facts_of_the_classes_are_those_of_the_data_set() -> None:
    assert tuple(facts.FACTS) == tuple(sorted(data_facts.CLASSES_14))
    for name, found in facts.FACTS.items():
        assert found.diameter_nm == data_facts.DIAMETER_NM[name]
        assert (facts.PICTURES / facts.picture(name)).stat().st_size < 30_000
    assert facts.PICTURE_NM == data_facts.PATCH
    pictures = {picture for one in benchmarks.LISTINGS.values() for picture in one.pictures}
    assert pictures <= {file.name for file in facts.PICTURES.iterdir()}
    assert facts.of("exosome") is None and not facts.picture("exosome")
