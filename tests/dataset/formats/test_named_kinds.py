"""The kinds of files that are read are those that the help, the window and the document name."""

import re

import pytest
from project_paths import ROOT

from tem_virus_dataset.formats.read import NAMES, STARTS, UNPACKED

SPELLINGS = {".tif": "TIFF", ".jpg": "JPEG"}


def paragraph() -> str:
    """Return what docs/predict.md says of the files."""
    text = (ROOT / "docs" / "predict.md").read_text("utf-8")
    (found,) = re.findall(r"^Files: .*?\n\n", text, re.DOTALL | re.MULTILINE)
    return str(found)


@pytest.mark.parametrize("suffix", UNPACKED)
def test_every_suffix_is_named(suffix: str) -> None:
    name = SPELLINGS.get(suffix, suffix[1:].upper())
    assert name in NAMES.split(", ") or re.search(rf"\{suffix}\b", paragraph())


def test_every_name_is_read_and_in_the_document() -> None:
    for name in NAMES.split(", "):
        assert f".{name.lower()}" in UNPACKED
        assert re.search(rf"\b{name}\b", paragraph())


def test_what_is_known_by_its_first_bytes_has_a_suffix_too() -> None:
    assert {opener for _, _, opener in STARTS} <= set(UNPACKED.values())
