"""Faults of the archive: its folders, counts and single images."""

import shutil

import numpy as np
import pytest
import small_archive
from PIL import Image
from refusal import PATCH, PATCHES, refused
from small_archive import build

from tem_virus_dataset import facts


@pytest.mark.parametrize("part", [PATCHES, "context_virus_RAW"])
@pytest.mark.parametrize("folder", ["train/Orf", "validation/Nipah virus", "test/Rift Valley"])
def test_a_class_folder_is_missing(manual_dir, data_dir, part, folder):
    shutil.rmtree(manual_dir / facts.ARCHIVE / part / folder)
    message = refused(manual_dir, data_dir)
    assert f"{part}/{folder}: no .tif found; expected this class's folder" in message
    assert facts.HOMEPAGE in message


def test_too_few_patches(patches, manual_dir, data_dir):
    (patches / "train/Adenovirus/12_3.tif").unlink()
    (patches / "test/Nipah virus/2_2.tif").unlink()
    message = refused(manual_dir, data_dir)
    assert message.startswith(f"{manual_dir}: the number of examples differs")
    assert "\n  test/Nipah virus: found 2, expected 3\n" in message
    assert "\n  train/Adenovirus: found 15, expected 16\n" in message
    assert message.count("expected") == 2
    assert "Complete the classes named" in message


def test_a_patch_too_many(patches, manual_dir, data_dir):
    shutil.copy(patches / "train/Orf/1_1.tif", patches / "train/Orf/1_2.tif")
    assert "train/Orf: found 2, expected 1" in refused(manual_dir, data_dir)


@pytest.mark.parametrize("number", [0, 13, 99])
def test_the_micrograph_of_a_patch_is_not_in_raw(patches, manual_dir, data_dir, number):
    (patches / "train/Adenovirus/12_3.tif").rename(patches / f"train/Adenovirus/{number}_1.tif")
    message = refused(manual_dir, data_dir)
    assert f"{patches}/train/Adenovirus: 13 micrographs have patches" in message
    assert f"numbered {min(number, 1)} to {max(number, 12)}" in message
    assert "context_virus_RAW/train/Adenovirus holds 12; expected the same" in message


def test_a_micrograph_is_missing_from_raw(raw, manual_dir, data_dir):
    (raw / "train/Adenovirus/b2.tif").unlink()
    assert "RAW/train/Adenovirus holds 11; expected the same" in refused(manual_dir, data_dir)


def test_a_stray_micrograph_would_shift_the_ranks(raw, manual_dir, data_dir):
    shutil.copy(raw / "train/Adenovirus/a1.tif", raw / "train/Adenovirus/a1 copy.tif")
    assert "RAW/train/Adenovirus holds 13; expected the same" in refused(manual_dir, data_dir)


@pytest.mark.parametrize("name", ["1_1 (copy).tif", "1.tif", "1_1_2.tif", "x_1.tif"])
def test_a_stray_file_name(patches, manual_dir, data_dir, name):
    shutil.copy(patches / PATCH, patches / "train/Orf" / name)
    message = refused(manual_dir, data_dir)
    assert f"{patches}/train/Orf/{name}: not a patch's name; expected <micrograph>" in message
    assert "Remove the file" in message


def test_a_truncated_picture(patches, manual_dir, data_dir):
    (patches / PATCH).write_bytes((patches / PATCH).read_bytes()[:5000])
    message = refused(manual_dir, data_dir)
    assert f"{patches / PATCH}: cannot be decoded, 5000 bytes" in message
    assert "expected an intact gray image. Download the archive again" in message


@pytest.mark.parametrize("data", [b"", b"<html>not found</html>", b"II*\0"])
def test_a_file_that_is_no_picture(patches, manual_dir, data_dir, data):
    (patches / PATCH).write_bytes(data)
    message = refused(manual_dir, data_dir)
    assert f"{patches / PATCH}: cannot be decoded, {len(data)} bytes" in message


def test_a_picture_that_says_to_be_enormous(patches, manual_dir, data_dir, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    message = refused(manual_dir, data_dir)
    assert ".tif: cannot be decoded" in message
    assert "65536 pixels" in message


def test_a_picture_with_colours(patches, manual_dir, data_dir):
    Image.new("RGB", (256, 256), (10, 90, 200)).save(patches / PATCH)
    message = refused(manual_dir, data_dir)
    assert f"{patches / PATCH}: image of mode RGB; expected one channel" in message
    assert "Put the published file in its place" in message


def test_a_constant_patch(patches, manual_dir, data_dir):
    small_archive.save(patches / PATCH, np.full((256, 256), 900, np.uint16))
    message = refused(manual_dir, data_dir)
    assert f"{patches / PATCH}: patch 1_1 is constant, all pixels 900; expected a" in message


@pytest.mark.parametrize("shape", [(256, 255), (255, 256), (512, 512)])
def test_a_patch_of_another_size(patches, manual_dir, data_dir, shape):
    small_archive.save(patches / PATCH, np.zeros(shape, np.uint16))
    message = refused(manual_dir, data_dir)
    assert f"{patches / PATCH}: {shape[1]}x{shape[0]} pixels; expected 256x256" in message


def test_the_two_parts_of_the_archive_may_lie_apart(manual_dir, patches, data_dir, small_dir):
    patches.rename(manual_dir / PATCHES)  # out of the folder that holds RAW
    built = build(manual_dir, data_dir)
    ids = {example["id"] for example in built.examples()}
    assert ids == small_archive.PATCHES.keys()


def test_an_excluded_class_may_have_micrographs_without_patches(manual_dir, raw, data_dir):
    made = small_archive.raw("train/Dengue/tr-train")
    small_archive.write_raw(manual_dir / facts.ARCHIVE, "train/Dengue/zz", made)
    built = build(manual_dir, data_dir, small_archive.CONFIGS[1])
    assert len(list(built.examples())) == len(small_archive.ALL_PATCHES)
