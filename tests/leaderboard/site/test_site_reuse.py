"""What is built again: pages of rows that changed, and nothing else."""

import json
import os
from pathlib import Path

import pytest
import small_site
from small_site import PHANTOM, build

from leaderboard.site import pages, reuse


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the rows whose pages are written, as they are."""
    names: list[str] = []
    write = pages.row_page.write

    def noted(place, row, *args, **more) -> None:
        names.append(row.model)
        write(place, row, *args, **more)

    monkeypatch.setattr(pages.row_page, "write", noted)
    return names


def test_only_changed_rows_are_built_again(tmp_path: Path, rendered: list[str]) -> None:
    root, out = tmp_path / "records", tmp_path / "out"
    first = small_site.add(root, PHANTOM, "first", 0, 0.3)
    small_site.add(root, PHANTOM, "second", 0, 0.4)
    assert build(tmp_path, out) == 0
    assert sorted(rendered) == ["first", "second"]
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    rendered.clear()
    assert build(tmp_path, out) == 0
    assert rendered == []
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    small_site.add(root, PHANTOM, "second", 0, 0.4, notes="changed")
    small_site.add(root, PHANTOM, "third", 0, 0.5)
    assert build(tmp_path, out) == 0
    assert sorted(rendered) == ["second", "third"]
    assert "changed" in (out / "phantoms" / "second-scratch-quick" / "index.html").read_text()
    for file in root.rglob(f"{first.run}*"):
        file.unlink()
    assert build(tmp_path, out) == 0
    assert not (out / "phantoms" / "first-scratch-quick").exists()


def test_a_page_that_is_gone_and_a_damaged_manifest_cost_a_build_alone(
    tmp_path: Path, rendered: list[str]
) -> None:
    small_site.add(tmp_path / "records", PHANTOM, "first", 0, 0.3)
    out = tmp_path / "out"
    assert build(tmp_path, out) == 0
    page = out / "phantoms" / "first-scratch-quick" / "index.html"
    page.unlink()
    assert build(tmp_path, out) == 0 and page.is_file()
    assert rendered == ["first", "first"]
    (out / "build.json").write_text('{"top": 3}')
    assert reuse.read(out) == {"top": [], "rows": {}}


def test_without_links_files_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "index.html").write_text("page")

    def refused(*_: object) -> None:
        raise OSError("not on this disk")

    monkeypatch.setattr(os, "link", refused)
    assert reuse.link(tmp_path / "a", tmp_path / "b" / "c")
    assert (tmp_path / "b" / "c" / "index.html").read_text() == "page"
    assert not reuse.link(tmp_path / "none", tmp_path / "d")


def test_the_manifest_lists_what_may_be_replaced(site: Path) -> None:
    names = {path.name for path in site.iterdir()}
    assert set(json.loads((site / "build.json").read_text())["top"]) == names
    assert names <= reuse.top(site)
