"""The trained network on the page of its row: its file to download, or why there is none."""

import dataclasses
import hashlib
from pathlib import Path
from urllib.parse import unquote

import pytest
from html_page import Page
from sample_records import FINISHED, change

from leaderboard.results import store as records
from leaderboard.results.record import RecordError
from leaderboard.site import pages


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Records of two seeds, one with a network beside it, one with the reason why not."""
    content = b"a network"
    stated = {
        "file": f"{FINISHED.run}.onnx", "bytes": len(content), "dtype": "float16",
        "sha256": hashlib.sha256(content).hexdigest(), "score_difference": 0.0,
    }  # fmt: skip
    root = tmp_path / "records"
    records.write(root, dataclasses.replace(FINISHED, network=stated))
    records.network_path(root, FINISHED).write_bytes(content)
    records.write(root, change(seed=1, no_network="it is <too> large"))
    return root


def test_the_page_of_a_row_has_its_networks(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    pages.write(out, root)
    (page,) = out.glob("*/*/index.html")
    text = page.read_text(encoding="utf-8")
    link = next(unquote(a) for a in Page(page).links if a.endswith(".onnx"))
    assert (page.parent / link).read_bytes() == b"a network"
    assert not list(out.rglob("*.onnx"))  # linked, not copied
    assert hashlib.sha256(b"a network").hexdigest() in text
    assert "seed 1: not kept: it is &lt;too&gt; large" in text


def test_a_page_without_a_network_claims_none(tmp_path: Path) -> None:
    root, out = tmp_path / "records", tmp_path / "site"
    records.write(root, dataclasses.replace(FINISHED, no_network="it is too large"))
    pages.write(out, root)
    (page,) = out.glob("*/*/index.html")
    text = page.read_text(encoding="utf-8")
    assert "seed 0: not kept: it is too large" in text
    assert "The file was run" not in text


def test_a_damaged_network_is_not_published(root: Path, tmp_path: Path) -> None:
    records.network_path(root, FINISHED).write_bytes(b"damaged")
    with pytest.raises(RecordError, match="found 7 bytes"):
        pages.write(tmp_path / "site", root)
