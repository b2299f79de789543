"""The site of the leaderboard, without a browser: what its pages say, and what they never do."""

import html.parser
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
import small_site
from html_page import Page, pages_of
from small_site import CODE, LONG, MIRROR, NASTY, OFFICIAL, PHANTOM, WORST_CASE, build

from leaderboard.ranking import grouping
from leaderboard.results import store as records
from leaderboard.site import __main__ as site_command
from leaderboard.site import links
from leaderboard.site.leaderboards import in_order
from leaderboard.site.rendering import breakable
from leaderboard.tables import tables

OWN = ("good", "equal", "bad")


def row_page(out: Path, data: str, name: str) -> Page:
    return Page(out / "rows" / data / name / "index.html")


def test_every_link_leads_somewhere_and_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    made = {page.path.resolve(): page for page in pages_of(site)}
    assert len(made) == 2 + 6  # a page for each own row
    outside = set()
    for page in made.values():
        assert "main" in page.tags and page.tags.count("h1") == 1
        assert all(page.alts) and not page.open
        for link in [*page.loaded, *page.links]:
            address, _, place = link.partition("#")
            if link.startswith(("https://", "http://")):
                assert link in page.links  # to follow, never to load
                outside.add(link)
            elif link != "data:,":
                assert ":" not in link.split("/")[0]
                target = (page.path.parent / unquote(address)).resolve() if address else page.path
                assert target.is_file(), link
                assert not place or unquote(place) in made[target.resolve()].ids, link
        assert not re.search(r"url\(|@import|fetch\(|https?:", page.code)
    assert "https://arxiv.org/abs/2405.15563" in outside
    assert "https://github.com/usmanuhaka/tem-virus-multiprotocol" in outside
    linked = {Path(p.path.parent, unquote(link)) for p in made.values() for link in p.links}
    for page in made.values():
        for file in page.path.parent.glob("*.csv.gz"):
            assert file in linked


def test_tables_stand_in_order_and_phantoms_apart(site: Path) -> None:
    index, phantoms = Page(site / "index.html"), Page(site / "phantoms.html")
    titles = ["14 classes, official split", "14 classes, worst-case split", "Eleven classes"]
    found = [heading for heading in index.headings if "classes" in heading]
    assert len(found) == 3
    assert all(heading.startswith(title) for heading, title in zip(found, titles, strict=True))
    assert "Eleven classes, NOT comparable with the 14-class tables." in index.words
    assert "Not comparable with the official split." in index.words
    assert "of_phantoms" not in index.path.read_text("utf-8")
    assert PHANTOM not in index.path.read_text("utf-8")
    assert "these scores say nothing about viruses" in phantoms.words
    names = {row[0].split()[0] for row in phantoms.rows}
    assert names == {"model", "of_phantoms"}
    assert "say nothing about viruses" in row_page(site, PHANTOM, "of_phantoms-scratch-quick").words
    extra = ["tem_virus/a_3class", "folder/mine", PHANTOM, MIRROR]
    assert in_order(extra) == [MIRROR, "folder/mine", "tem_virus/a_3class", PHANTOM]


def test_a_table_says_what_the_records_say(site: Path, site_source: Path) -> None:
    root = site_source / "records"
    found = {
        row.model: row for row in grouping.rows_of(records.read_all(root, "mirror_11class"), root)
    }
    index = Page(site / "index.html")
    heads = [row for row in index.rows if row[0] == "model"]
    lines = [
        dict(zip(heads[2], row, strict=True)) for row in index.rows if row[0].split()[0] in OWN
    ]
    assert [line["model"].split()[0] for line in lines] == ["good", "equal", "bad"]
    for line in lines:
        row = found[line["model"].split()[0]]
        f1 = row.test["f1"]
        low, high = f1.interval
        spread = f"± {f1.std:.3f} " if f1.std is not None else ""
        assert line["macro F1 [95 %]"] == f"{f1.mean:.3f} {spread}[{low:.3f}, {high:.3f}]"
        assert line["F1, clean patches"].startswith(f"{row.clean_f1.mean:.3f}")
        assert line["validation F1"].startswith(f"{row.validation_f1.mean:.3f}")
        assert line["calibration error"].startswith(f"{row.calibration_error.mean:.3f}")
        assert line["mean of micrographs"].startswith(f"{row.micrograph_mean.mean:.3f}")
        name, worst = row.worst_class
        assert line["worst class, F1"] == f"{name} {worst.mean:.2f}"
        assert line["training time"] == "10 min"
        assert line["provenance"] == "reproduced"
        assert line["extra data"] == "none"
    against = [line["vs best [95 %]"] for line in lines]
    assert against[0] == "best"
    assert against[1].startswith("tied")
    assert against[2].startswith("-0.")
    assert "seeds 0, 1, 2" in lines[0]["model"]
    assert "Failed: broken-transfer-quick-s0: " in index.words
    assert "not shown" not in index.words


def test_without_several_seeds_a_comparison_is_open_and_never_tied(tmp_path: Path) -> None:
    root = tmp_path / "records"
    small_site.add(root, PHANTOM, "good", 0, 0.1)
    small_site.add(root, PHANTOM, "bad", 0, 0.6)
    assert build(tmp_path, tmp_path / "out") == 0
    page = Page(tmp_path / "out" / "phantoms.html")
    head, good, bad = (row for row in page.rows if row[0].split()[0] in ("model", "good", "bad"))
    place = head.index("vs best [95 %]")
    assert good[place] == bad[place] == "open"
    found = grouping.rows_of(records.read_all(root), root)
    assert "| open " in " ".join(tables.table_text(found).split())  # as in Markdown


def test_the_header_links_the_project_where_its_address_is_given(tmp_path: Path) -> None:
    small_site.add(tmp_path / "records", PHANTOM, "of_phantoms", 0, 0.3)
    base, out = "https://example.org/x/blob/main", tmp_path / "out"
    store = ["--records", str(tmp_path / "records"), "--repository", f"{base}/"]
    assert site_command.main(["--out", str(out), *store]) == 0
    for page in pages_of(out):
        assert "tem-virus leaderboard" in page.words
        assert f"{base}/docs/submit.md" in page.links and f"{base}/docs/rules.md" in page.links
        assert f"{base}/tem_virus_dataset/tem_virus/README.md" in page.links
        assert base in page.links


def test_published_rows_have_a_source_but_no_page(site: Path) -> None:
    index = Page(site / "index.html")
    vgg = [row for row in index.rows if row[0].startswith("VGG16")]
    assert len(vgg) == 3
    for row in vgg:
        assert "published Matuszewski & Sintorn 2021, Table 2, not checked here" in row
    folders = {path.parent.name for path in site.rglob("rows/*/*/*/index.html")}
    assert not any(name.startswith(("VGG", "Sikder", "Custom")) for name in folders)
    assert "mean ± standard deviation over seeds: no 95 % interval" in index.words


def test_a_reproduced_row_has_all_its_evidence(site: Path, site_source: Path) -> None:
    root = site_source / "records"
    page = row_page(site, MIRROR, "good-scratch-quick")
    (row,) = [
        row
        for row in grouping.rows_of(records.read_all(root, "mirror_11class"), root)
        if row.model == "good"
    ]
    by_name: dict[str, list[str]] = {}
    for line in page.rows:
        by_name.setdefault(line[0], line[1:])
    seeds = [f"{one.test['f1']:.3f}" for one in row.records]
    assert by_name["macro F1"][2:5] == seeds
    assert by_name["macro F1"][5].startswith(f"{row.clean_f1.mean:.3f}")
    assert by_name["score"][5] == "test, clean patches (946)"
    matrix = sum(one.confusion for one in row.evidence.scored)
    for place, name in enumerate(row.records[0].classes):
        recall = matrix[place, place] / matrix[place].sum()
        assert by_name[name][1] == f"{recall:.3f}"
    worst = min(row.evidence.scored[0].micrographs, key=lambda one: one.accuracy)
    assert worst.accuracy == 0
    micrographs = [float(line[3]) for line in page.rows[-142:]]
    assert len(page.rows[-142]) == 4 and micrographs == sorted(micrographs)
    for name in ("confusion", "classes", "reliability", "curves-s0", "curves-s2"):
        for ending in (".svg", "-dark.svg"):
            assert (page.path.parent / f"{name}{ending}").stat().st_size > 1000
    for one in row.records:
        file = records.predictions_path(root, one, "test")
        assert (page.path.parent / file.name).read_bytes() == file.read_bytes()


def test_a_submitted_row_shows_its_card(site: Path) -> None:
    page = row_page(site, OFFICIAL, f"{LONG}-transfer-own")
    for text in (NASTY, "B. Other", CODE, "2,000,000", "30 min", "0, 1, 2", "N" * 300):
        assert text in page.text
    assert "https://example.org/" in page.links  # as far as it is an address
    assert "predictions are those of others" in page.words


def test_a_row_without_evidence_has_a_page_of_its_record(site: Path) -> None:
    (page,) = [page for page in pages_of(site) if WORST_CASE in str(page.path)]
    assert "macro F1" in page.words
    assert "Micrographs" not in page.headings and "Predictions" not in page.headings
    assert (page.path.parent / "confusion.svg").exists()


def test_markup_in_texts_of_strangers_stays_text(site: Path) -> None:
    for page in pages_of(site):
        is_table = page.path.parent == site
        assert page.tags.count("script") == is_table
        assert page.handlers == []
        assert not [link for link in page.links if link.startswith("javascript")]
        assert "x" not in page.loaded
        assert "49" not in page.words or "{{ 7 * 7 }}" in page.words or not is_table
    shown = Page(site / "index.html").text
    assert shown.count(NASTY) >= 5  # model, pretraining and source, twice; a note; an error


@pytest.mark.parametrize("text", [NASTY, LONG, "a+b=c", '"', "'", "&lt;", "&+<"])
def test_a_divided_name_stays_escaped(text: str) -> None:
    made = str(breakable(text))
    parser = html.parser.HTMLParser()
    pieces: list[str] = []
    parser.handle_data = pieces.append
    parser.feed(made.replace("<wbr>", ""))
    parser.close()
    assert "".join(pieces) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nothing", []),
        ("see https://a.org/x.", ["https://a.org/x"]),
        ("(github.com/a/b-c)", ["https://github.com/a/b-c"]),
        ("doi:10.1016/j.x.2021, arXiv:2405.15563", ["https://doi.org/10.1016/j.x.2021", "https://arxiv.org/abs/2405.15563"]),
        ("javascript:alert(1) data:text/html,x ftp://a", []),
        ('http://a.org/"><b>', ["http://a.org/"]),
    ],
)  # fmt: skip
def test_addresses_in_a_text(text: str, expected: list[str]) -> None:
    found = links.parts(text)
    assert "".join(part for part, _ in found) == text
    assert [address for _, address in found if address] == expected
