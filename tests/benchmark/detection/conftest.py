"""Folders of a user's micrographs with boxes, in both forms of annotations."""

from pathlib import Path

import pytest
import small_scenes


@pytest.fixture
def yolo(tmp_path: Path) -> Path:
    return small_scenes.write_yolo_folder(tmp_path / "mine", tmp_path / "raw")


@pytest.fixture
def coco(tmp_path: Path) -> Path:
    return small_scenes.write_coco_folder(tmp_path / "mine")
