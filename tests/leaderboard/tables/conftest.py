"""Folders to render tables from and into."""

import pytest


@pytest.fixture
def folders(tmp_path):
    return tmp_path / "records", tmp_path / "out"
