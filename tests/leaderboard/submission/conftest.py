"""A good submission of patches, and a copy of it to change."""

import shutil
from collections.abc import Callable
from pathlib import Path

import made_submission
import pytest


@pytest.fixture(scope="session")
def template(once: Callable[..., Path]) -> Path:
    """Only to be read."""
    return once("submission", made_submission.write) / "submissions" / "made"


@pytest.fixture
def made(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "leaderboard" / "submissions" / "made"))
