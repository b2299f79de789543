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
from leaderboard.site.boards.leaderboards import in_order
from leaderboard.site.text import links
from leaderboard.site.text.rendering import breakable
from leaderboard.tables import tables

DASH = "\N{EN DASH}"
SLUGS = {
    MIRROR: "11-classes", OFFICIAL: "14-classes", WORST_CASE: "14-classes-worst-case",
    PHANTOM: "phantoms",
}  # fmt: skip


def row_page(out: Path, data: str, name: str) -> Page:
    return Page(out / SLUGS[data] / name / "index.html")


def board_page(out: Path, data: str) -> Page:
    return Page(out / SLUGS[data] / "index.html")


def lines_of(page: Page) -> dict[str, dict[str, str]]:
    """Return the rows of a benchmark's table, as cells by title, by the model's name."""
    head = next(row for row in page.rows if row[:2] == ["#", "model"])
    rows = [row for row in page.rows if len(row) == len(head) and row is not head]
    return {row[1].split()[0]: dict(zip(head, row, strict=True)) for row in rows}


def test_every_link_leads_somewhere_and_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    made = {page.path.resolve(): page for page in pages_of(site)}
    assert len(made) == 1 + 6 + 6  # the start, a page for each benchmark, one for each own row
    outside = set()
    for page in made.values():
        assert "main" in page.tags and page.tags.count("h1") == 1
        assert None not in page.alts and not page.open
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
    for name in ("style.css", "site.js", "updated.js"):
        assert not re.search(r"url\(|@import|fetch\(|https?:|XMLHttp", (site / name).read_text())


def test_the_start_page_has_a_card_for_each_benchmark_and_phantoms_apart(site: Path) -> None:
    index = Page(site / "index.html")
    assert "tem-virus leaderboard" in index.words
    links = [link.split("/")[0] for link in index.links if link.count("/") == 1]
    assert set(links) >= {*SLUGS.values(), "detection", "exosomes"}
    words = index.words
    places = [words.index(title) for title in (
        "Eleven classes, public mirror", "Detection of exosomes", "Synthetic micrographs: these "
        "scores say nothing about viruses", "Phantoms of 14 classes",
    )]  # fmt: skip
    assert places == sorted(places)
    assert "good, scratch, 3 seeds macro F1" in words
    assert "3 rows scored here" in words
    assert "Best published row, not checked here" in words
    assert all((site / source).is_file() for source in index.loaded if source.endswith(".jpg"))
    extra = ["tem_virus/a_3class", "folder/mine", PHANTOM, MIRROR]
    assert in_order(extra) == [MIRROR, "folder/mine", "tem_virus/a_3class", PHANTOM]


def test_a_benchmark_says_what_must_be_known_and_phantoms_are_marked(site: Path) -> None:
    mirror, phantoms = board_page(site, MIRROR), board_page(site, PHANTOM)
    assert "Eleven classes, NOT comparable with the 14-class tables." in mirror.words
    assert "Not comparable with the official split." in board_page(site, WORST_CASE).words
    assert "of_phantoms" not in mirror.text
    assert "these scores say nothing about viruses" in phantoms.words
    assert set(lines_of(phantoms)) == {"of_phantoms"}
    assert "say nothing about viruses" in row_page(site, PHANTOM, "of_phantoms-scratch-quick").words


def test_a_table_says_what_the_records_say(site: Path, site_source: Path) -> None:
    root = site_source / "records"
    found = {
        row.model: row for row in grouping.rows_of(records.read_all(root, "mirror_11class"), root)
    }
    page = board_page(site, MIRROR)
    lines = lines_of(page)
    assert list(lines) == ["good", "equal", "bad"]
    for name, line in lines.items():
        row = found[name]
        f1 = row.test["f1"]
        low, high = f1.interval
        spread = f"± {f1.std:.3f} " if f1.std is not None else ""
        assert line["macro F1 [95 %]"] == f"{f1.mean:.3f} {spread}[{low:.3f}, {high:.3f}]"
        assert line["F1, clean patches"].startswith(f"{row.clean_f1.mean:.3f}")
        assert line["validation F1"].startswith(f"{row.validation_f1.mean:.3f}")
        assert line["calibration error"].startswith(f"{row.calibration_error.mean:.3f}")
        assert line["mean of micrographs"].startswith(f"{row.micrograph_mean.mean:.3f}")
        worst_name, worst = row.worst_class
        assert line["worst class, F1"] == f"{worst_name} {worst.mean:.2f}"
        assert line["training time"] == "10 min"
        assert line["provenance"] == "reproduced"
        assert line["extra data"] == "none"
    assert [line["#"] for line in lines.values()] == ["1", DASH, DASH]
    against = [line["vs best [95 %]"] for line in lines.values()]
    assert against[0] == "best"
    assert against[1].startswith("tied")
    assert against[2].startswith("-0.")
    assert "good ¶ scratch, 3 seeds" in lines["good"]["model"]
    assert "fewer than three seeds" in page.words
    assert "Failed: broken-transfer-quick-s0: " in page.words
    assert "not shown" not in page.words
    assert "Other work" not in page.words and NASTY not in lines["good"]["model"]


def test_rows_scored_here_come_before_published_ones(site: Path) -> None:
    page = board_page(site, OFFICIAL)
    lines = lines_of(page)
    assert next(iter(lines)) == LONG
    assert lines[LONG]["#"] == "1"
    assert {line["#"] for name, line in lines.items() if name != LONG} == {DASH}
    words = page.words
    assert words.index("Scored here, three seeds or more") < words.index("Published, not checked")


def test_what_nobody_rescored_is_marked(site: Path) -> None:
    assert "not rescored" in lines_of(board_page(site, WORST_CASE))["elsewhere"]["model"]
    (page,) = [page for page in pages_of(site) if "elsewhere" in str(page.path)]
    assert "Nobody here computed these scores" in page.words
    assert "not rescored" not in board_page(site, MIRROR).words


def test_without_several_seeds_a_comparison_is_open_and_never_tied(tmp_path: Path) -> None:
    root = tmp_path / "records"
    small_site.add(root, PHANTOM, "good", 0, 0.1)
    small_site.add(root, PHANTOM, "bad", 0, 0.6)
    assert build(tmp_path, tmp_path / "out") == 0
    lines = lines_of(board_page(tmp_path / "out", PHANTOM))
    assert {line["vs best [95 %]"] for line in lines.values()} == {"open"}
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
    page = board_page(site, OFFICIAL)
    line = lines_of(page)["VGG16"]
    assert "Matuszewski & Sintorn 2021, Table 2" in line["model"]
    assert line["provenance"] == "published, not checked here"
    folders = {path.parent.name for path in site.rglob("*/*/index.html")}
    assert not any(name.startswith(("VGG", "Sikder", "Custom")) for name in folders)
    assert "mean ± standard deviation over seeds: no 95 % interval" in page.words


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
        assert by_name[name][3] == f"{recall:.3f}"
    worst = min(row.evidence.scored[0].micrographs, key=lambda one: one.accuracy)
    assert worst.accuracy == 0
    micrographs = [float(line[3]) for line in page.rows[-142:]]
    assert len(page.rows[-142]) == 4 and micrographs == sorted(micrographs)
    headings = [text.removesuffix(" ¶") for text in page.headings]
    assert headings[:3] == ["Classes", "Confusion matrix", "Scores"]
    assert page.words.count("seed 2") >= 4  # two curves, two files
    for one in row.records:  # linked where they are, not copied
        file = records.predictions_path(root, one, "test")
        assert file.resolve() in {(page.path.parent / unquote(a)).resolve() for a in page.links}
    assert {file.name for file in page.path.parent.iterdir()} == {"index.html", "compare.js"}


def test_a_submitted_row_shows_its_card_and_has_an_address_of_its_own(site: Path) -> None:
    page = row_page(site, OFFICIAL, "by-somebody")
    for text in (NASTY, "B. Other", CODE, "2,000,000", "30 min", "0, 1, 2", "N" * 300):
        assert text in page.text
    assert "https://example.org/" in page.links  # as far as it is an address
    assert "predictions are those of others" in page.words


def test_a_row_without_evidence_has_a_page_of_its_record(site: Path) -> None:
    (page,) = [page for page in pages_of(site) if "elsewhere" in str(page.path)]
    assert "macro F1" in page.words
    assert "Micrographs" not in page.headings and "Predictions" not in page.headings
    assert "Confusion matrix" in page.headings


def test_markup_in_texts_of_strangers_stays_text(site: Path) -> None:
    for page in pages_of(site):
        assert page.tags.count("script") == 2  # both of the site itself
        assert page.handlers == []
        assert not [link for link in page.links if link.startswith("javascript")]
        assert "x" not in page.loaded
        assert "49" not in page.words or "{{ 7 * 7 }}" in page.words or page.path.parent != site
    shown = "".join(page.text for page in pages_of(site))
    assert shown.count(NASTY) >= 5  # model, pretraining and source, a note; an error
    for page in pages_of(site):
        assert NASTY not in page.path.read_text("utf-8")


@pytest.mark.parametrize("text", [NASTY, LONG, "a+b=c", '"', "'", "&lt;", "&+<"])
def test_a_divided_name_stays_escaped(text: str) -> None:
    made = str(breakable(text))
    parser = html.parser.HTMLParser()
    pieces: list[str] = []
    parser.handle_data = pieces.append
    parser.feed(made.replace("<wbr>", ""))
    parser.close()
    assert "".join(pieces) == text


def test_a_divided_name_keeps_a_value_with_its_setting() -> None:
    name = "brief+image_size=128_then_b"
    assert breakable(name) == "brief<wbr>+image_<wbr>size=128_<wbr>then_<wbr>b"


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
