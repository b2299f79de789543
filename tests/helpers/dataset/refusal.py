"""A build that must be refused."""

from pathlib import Path

import pytest
from small_archive import build, left_over

from tem_virus_dataset import DatasetError

PATCHES = "context_virus_1nm_256x256"
PATCH = "train/Orf/1_1.tif"


def refused(manual_dir: Path | None, data_dir: Path, **options) -> str:
    """Build; return the error's text after a look at what is left."""
    with pytest.raises(DatasetError) as caught:
        build(manual_dir, data_dir, **options)
    assert left_over(data_dir) == []
    return str(caught.value)
