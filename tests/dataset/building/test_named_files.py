"""A file that is missing, foreign or of an unknown class is told by its name."""

import dataclasses
import logging
import shutil

import pytest
import small_archive
from PIL import Image
from refusal import PATCH, refused
from small_archive import build

from tem_virus_dataset import DatasetError
from tem_virus_dataset.sources import raw as raw_source

LATER = dataclasses.replace(small_archive.CONFIG, name="later")


def refused_later(manual_dir, data_dir):
    """Build another config of the same files, after one has recorded them."""
    with pytest.raises(DatasetError) as caught:
        build(manual_dir, data_dir, LATER)
    assert not list(data_dir.glob("tem_virus/later/1*"))
    return str(caught.value)


def test_missing_and_foreign_files_are_named_from_the_record(manual_dir, patches, data_dir):
    build(manual_dir, data_dir)
    (patches / "train/Adenovirus/12_3.tif").unlink()
    (patches / "test/Nipah virus/2_2.tif").unlink()
    shutil.copy(patches / PATCH, patches / "train/Orf/1_2.tif")
    message = refused_later(manual_dir, data_dir)
    assert "2 missing: context_virus_1nm_256x256/test/Nipah virus/2_2.tif, " in message
    assert "/train/Adenovirus/12_3.tif; 1 not on record: context_virus_1nm" in message
    assert "train/Orf/1_2.tif; expected the files on record, " in message
    assert f"{data_dir}/tem_virus/mendeley.sha256 (if it is wrong, delete it)" in message


def test_one_file_lost_and_one_added_leave_the_counts_but_not_the_names(
    manual_dir, patches, data_dir
):
    build(manual_dir, data_dir)
    (patches / PATCH).rename(patches / "train/Orf/1_1.TIFF.tif")
    assert "not a patch's name" in refused_later(manual_dir, data_dir)
    (patches / "train/Orf/1_1.TIFF.tif").unlink()
    shutil.copy(patches / "train/CCHF/1_1.tif", patches / "train/CCHF/1_2.tif")
    assert "no .tif found; expected this class's folder" in refused_later(manual_dir, data_dir)


def test_at_most_ten_names_and_their_number(manual_dir, patches, data_dir):
    build(manual_dir, data_dir)
    for number in range(2, 14):
        shutil.copy(patches / PATCH, patches / f"train/Orf/1_{number}.tif")
    message = refused_later(manual_dir, data_dir)
    assert "12 not on record: " in message
    assert message.count("train/Orf/1_") == 10
    assert " and 2 more; expected" in message


def test_a_gap_in_the_numbers_of_patches_is_named_without_a_record(manual_dir, patches, data_dir):
    (patches / "train/Adenovirus/12_2.tif").unlink()
    message = refused(manual_dir, data_dir)
    assert f"{patches}/train/Adenovirus: 1 missing: 12_2.tif; expected" in message


def test_the_micrograph_that_is_missing_or_foreign_is_named(manual_dir, raw, data_dir):
    (raw / "train/Adenovirus/b2.tif").unlink()
    assert "Without image: b2.tif." in refused(manual_dir, data_dir)
    shutil.copy(raw / "train/Adenovirus/a1.tif", raw / "train/Adenovirus/b2.tif")
    shutil.copy(raw / "train/Adenovirus/a1.tif", raw / "train/Adenovirus/a1 copy.tif")
    assert "Without tags: a1 copy.tif." in refused(manual_dir, data_dir)


def test_the_micrograph_without_patches_is_named(manual_dir, patches, data_dir):
    (patches / "train/Adenovirus/5_1.tif").unlink()
    assert "Missing: 5_1.tif." in refused(manual_dir, data_dir)


def test_all_missing_folders_and_files_of_raw_are_named(manual_dir, raw):
    for stem in ("b2", "C-1"):
        (raw / f"train/Adenovirus/tags/{stem}.tif_tags.csv").unlink()
    with pytest.raises(DatasetError, match=r"\(2 such: .*C-1\.tif_tags\.csv, .*b2\.tif_tags\.csv"):
        raw_source.micrographs(manual_dir)
    for name in ("Orf", "Ebola"):
        shutil.rmtree(raw / "test" / name)
    with pytest.raises(DatasetError, match=r"no \.tif found \(2 such: .*Ebola, .*/Orf\)"):
        raw_source.micrographs(manual_dir)


def test_an_unknown_class_folder_is_reported(manual_dir, patches, data_dir, caplog):
    shutil.copytree(patches / "train/Orf", patches / "train/Zika")
    shutil.copytree(patches / "train/Orf", patches / "validate/Orf")
    with caplog.at_level(logging.WARNING, logger="tem_virus_dataset"):
        build(manual_dir, data_dir)
    (warning,) = [r.getMessage() for r in caplog.records if "no known class" in r.getMessage()]
    assert "2 folders of no known class or split, which are not read: train/Zika, vali" in warning


def test_a_misspelled_class_folder_is_named_beside_the_missing_one(manual_dir, patches, data_dir):
    (patches / "train/Nipah virus").rename(patches / "train/Nipah")
    message = refused(manual_dir, data_dir)
    assert "train/Nipah virus: no .tif found" in message
    assert "Unknown folders beside it: Nipah." in message


def test_a_patch_of_several_pages_is_refused(manual_dir, patches, data_dir):
    with Image.open(patches / PATCH) as image:
        image.save(patches / PATCH, save_all=True, append_images=[image, image])
    message = refused(manual_dir, data_dir)
    assert f"{patches / PATCH}: image of mode I;16 in 3 pages; expected one" in message


def test_a_preview_is_no_page(manual_dir, patches, data_dir):
    with Image.open(patches / PATCH) as image:
        preview = image.resize((32, 32), Image.Resampling.NEAREST)
        preview.encoderinfo = {"tiffinfo": {254: 1}}
        image.save(patches / PATCH, save_all=True, append_images=[preview])
    builder = build(manual_dir, data_dir)
    assert len(list(builder.examples())) == len(small_archive.PATCHES)
