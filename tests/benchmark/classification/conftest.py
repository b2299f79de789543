"""A user's own folder of patches."""

from pathlib import Path

import pytest
from own_patches import CLASSES, SAVED, save

from tem_virus_dataset import facts


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Two images of 32x32 a class and split: `mine/train/Orf/a.png`, `b.png`."""
    images = iter(SAVED)
    for split in facts.SPLITS:
        for name in CLASSES:
            for stem in "ab":
                save(next(images), tmp_path / "mine" / split / name / f"{stem}.png")
    return tmp_path / "mine"
