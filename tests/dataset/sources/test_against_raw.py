import shutil
from pathlib import Path

import numpy as np
import pytest
import small_archive
from PIL import Image

from tem_virus_dataset import DatasetError, facts
from tem_virus_dataset.__main__ import main
from tem_virus_dataset.sources import against_raw, published_patches, raw

PATCHES = Path(facts.ARCHIVE) / published_patches.PATCHES


@pytest.fixture(scope="module")
def agreeing(tmp_path_factory):
    """A small archive whose published patches were cut from its RAW part; only to be read."""
    manual_dir = tmp_path_factory.mktemp("agreeing")
    small_archive.write(manual_dir)
    cut = {job.micrograph: list(job.items()) for job in raw.recropped(manual_dir)}
    for job in published_patches.jobs(manual_dir):
        for file, patch in zip(job.files, cut[job.micrograph], strict=True):
            small_archive.save(file.source / file.member, patch.image)
    return manual_dir


@pytest.fixture
def own(agreeing, tmp_path):
    """The same, to change."""
    return Path(shutil.copytree(agreeing, tmp_path / "own"))


def change(manual_dir, patch, how):
    path = manual_dir / PATCHES / f"{patch}.tif"
    small_archive.save(path, how(np.asarray(Image.open(path))))


def compared(manual_dir):
    found = list(against_raw.compare(manual_dir))
    return {a.patch: a for a in found if isinstance(a, against_raw.Agreement)}, [
        text for text in found if isinstance(text, str)
    ]


def test_patches_that_were_cut_from_raw_agree(agreeing):
    patches, texts = compared(agreeing)
    assert texts == []
    assert {name: a.micrograph for name, a in patches.items()} == small_archive.PATCHES
    assert {a.largest for a in patches.values()} == {0}
    assert min(a.correlation for a in patches.values()) == pytest.approx(1)


def test_another_depth_is_no_disagreement(own):
    change(own, "test/Orf/1_1", lambda image: (image >> 8).astype(np.uint8))
    found = compared(own)[0]["test/Orf/1_1"]
    assert found.largest is None
    assert found.correlation > 0.999


def test_the_worst_patch_comes_first(own, capsys):
    change(own, "train/Adenovirus/10_2", lambda image: np.roll(image, 40, axis=1))
    change(own, "test/Orf/1_1", lambda image: image ^ 3)
    patches, _ = compared(own)
    assert patches["test/Orf/1_1"].largest == 3
    assert patches["train/Adenovirus/10_2"].correlation < 0.5
    assert main(["verify", "patches_14class", "--against-raw", str(own)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{len(small_archive.PATCHES)} patches compared: correlation 0.98")
    assert lines[1] == "58 correlate by more than .99; 57 of the same depth agree within 1 count"
    assert lines[2].endswith("correlates best when shifted by (x, y) pixels: 54 by (0, 0)")
    assert lines[3] == "the 20 worst:"
    assert "train/Adenovirus/10_2  (train/Adenovirus/H)" in lines[4]
    assert len(lines) == 4 + 20


@pytest.mark.parametrize("shift", [(1, -2), (-1, 0), (0, 2)])
def test_another_origin_shows_as_a_shift(own, shift):
    change(own, "train/Adenovirus/10_1", lambda image: np.roll(image, shift, axis=(1, 0)))
    found = compared(own)[0]["train/Adenovirus/10_1"]
    assert found.shift == tuple(-step for step in shift)


def test_another_number_of_patches_is_told(own):
    (own / PATCHES / "train/Adenovirus/12_3.tif").unlink()
    patches, texts = compared(own)
    assert texts == ["train/Adenovirus/J: 2 published patches, 3 from RAW"]
    assert patches.keys() == small_archive.PATCHES.keys() - {
        f"train/Adenovirus/12_{number}" for number in (1, 2, 3)
    }


def test_both_parts_must_be_there(own, capsys):
    shutil.rmtree(own / PATCHES)
    with pytest.raises(DatasetError, match=f"no folder {published_patches.PATCHES} in it"):
        list(against_raw.compare(own))
    assert main(["verify", "patches_14class", "--against-raw", str(own)]) == 1
    assert "error: " in capsys.readouterr().err
