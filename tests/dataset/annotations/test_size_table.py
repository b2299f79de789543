"""`pixel_sizes.csv`: which line is of which image, and which tables count."""

import difflib
from pathlib import Path

import pytest
import small_archive

from tem_virus_dataset.annotations.folders import size_table

FILES = ("a.tif", "sub/a.tif", "sub/deep/b.tif")
HEADER = "file,nm_per_pixel\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for file in FILES:
        small_archive.text(tmp_path / file, "")
    return tmp_path


def sizes(root: Path, *given: str, files: tuple[str, ...] = FILES) -> dict[str, float]:
    """Return the sizes of images by their paths, none of whose lines may be unknown."""
    table = size_table.of_given([root / path for path in given], [root / file for file in files])
    assert list(table.unknown) == []
    return {file.relative_to(root).as_posix(): nm for file, nm in table.nm.items()}


@pytest.mark.parametrize("line", ["a.tif", "./a.tif", "a"])
def test_a_path_from_the_folder_is_that_image_though_another_has_its_name(root, line):
    small_archive.text(root / "pixel_sizes.csv", f"{HEADER}{line},0.5\n")
    assert sizes(root, "") == {"a.tif": 0.5}


@pytest.mark.parametrize("given", [("",), ("", "sub"), ("a.tif", "sub"), ("sub/deep", "a.tif")])
def test_a_table_counts_for_a_folder_in_it_that_is_given_too(root, given):
    """As a pattern of the shell gives them, such as mine/*."""
    small_archive.text(root / "pixel_sizes.csv", f"{HEADER}a.tif,0.5\nsub/deep/b.tif,0.7\n")
    assert sizes(root, *given) == {"a.tif": 0.5, "sub/deep/b.tif": 0.7}


def test_a_table_above_what_is_given_does_not_count(root):
    small_archive.text(root / "pixel_sizes.csv", f"{HEADER}b,0.7\n")
    assert sizes(root, "sub", files=FILES[1:]) == {}


def test_a_long_table_of_other_images_is_read_at_once(root, monkeypatch):
    """Near names are looked for among all images: for one line, since it alone is shown."""
    asked = []
    monkeypatch.setattr(difflib, "get_close_matches", lambda *_, **__: asked.append(1) or [])
    lines = "".join(f"{number}.tif,1\n" for number in range(5))
    small_archive.text(root / "pixel_sizes.csv", HEADER + lines)
    table = size_table.of_given([root], [root / file for file in FILES])
    assert (len(table.unknown), len(asked)) == (5, 1)
