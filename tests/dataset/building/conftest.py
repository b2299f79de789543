"""A small archive to damage, and a place to build in."""

import shutil
from pathlib import Path

import pytest
from refusal import PATCHES

from tem_virus_dataset import facts


@pytest.fixture
def manual_dir(archive, tmp_path):
    """A small archive to damage."""
    return Path(shutil.copytree(archive, tmp_path / "manual"))


@pytest.fixture
def patches(manual_dir):
    return manual_dir / facts.ARCHIVE / PATCHES


@pytest.fixture
def raw(manual_dir):
    return manual_dir / facts.ARCHIVE / "context_virus_RAW"


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "data"
