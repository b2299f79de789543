"""Faults of the RAW part: one readable error each, and nothing half made."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import small_archive
from PIL import Image

from tem_virus_dataset import DatasetError, facts
from tem_virus_dataset.sources import raw

CONFIGS = [
    next(c for c in small_archive.CONFIGS if c.name == f"small_{name}")
    for name in ("recropped_14class", "micrographs_22class")
]
PICTURE = "train/Orf/tr-train.tif"
TAGS = "train/Orf/tags/tr-train.tif_tags.csv"
POSITIONS = "train/Orf/particle_positions/tr-train_particlepositions.txt"


@pytest.fixture
def folder(archive, tmp_path):
    """`context_virus_RAW` of a small archive to damage."""
    part = f"{facts.ARCHIVE}/{raw.RAW}"
    return Path(shutil.copytree(archive / part, tmp_path / "manual" / raw.RAW))


def refused(folder, config=CONFIGS[0]):
    """Build; return the error's text after a look at what is left."""
    data_dir = folder.parent.parent / "data"
    with pytest.raises(DatasetError) as caught:
        small_archive.build(folder.parent, data_dir, config)
    assert small_archive.left_over(data_dir) == []
    assert not list(data_dir.rglob("*.tfrecord*"))
    return str(caught.value)


def rewrite(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def sized(path):
    """The size line of a particle file."""
    return path.read_text().splitlines()[1]


FAULTS = {
    "pixel size missing": (
        TAGS,
        lambda path: rewrite(path, "Xscale", "Zscale"),
        "Xscale is missing; expected a line `Xscale;<nm per pixel>`",
        "Put the published file in its place",
    ),
    "pixel size in metres": (
        TAGS,
        lambda path: path.write_text("Xscale;1.05e-9\nYscale;1.05e-9\n"),
        "Xscale is 1.05e-09; expected 0.05 to 10 nm per pixel",
        "Put the published file in its place",
    ),
    "pixels not square": (
        TAGS,
        lambda path: path.write_text("Xscale;1.05\nYscale;2.1\n"),
        "Xscale is 1.05 and Yscale 2.1; expected square pixels",
        "Put the published file in its place",
    ),
    "tags missing": (TAGS, Path.unlink, "missing; expected it beside", "Complete the archive"),
    "particle file missing": (
        POSITIONS,
        Path.unlink,
        "missing; expected it beside the micrograph",
        "Complete the archive",
    ),
    "particle file empty": (
        POSITIONS,
        lambda path: path.write_text(""),
        "no size of the image; expected `image size` and `width;height`",
        "Restore the published file",
    ),
    "no particle": (
        POSITIONS,
        lambda path: path.write_text("image size\n9;9\n"),
        "no particle; expected at least one",
        "Restore the published file",
    ),
    "point outside": (
        POSITIONS,
        lambda path: path.write_text(f"{path.read_text()}5;999\n"),
        "a point at 5;999; expected points in the image of ",
        "Restore the published file",
    ),
    "image cut off": (
        PICTURE,
        lambda path: path.write_bytes(path.read_bytes()[:-200]),
        "cannot be decoded, ",
        "expected an intact gray image. Download the archive again",
    ),
    "no image": (
        PICTURE,
        lambda path: path.write_bytes(b"<html>not found</html>"),
        "cannot be decoded, 22 bytes",
        "Put the published file in its place",
    ),
    "image of floats": (
        PICTURE,
        lambda path: Image.new("F", (40, 40), 0.5).save(path),
        "image of mode F; expected one channel of 8 or 16 bits",
        "Put the published file in its place",
    ),
    "another image": (
        PICTURE,
        lambda path: small_archive.save(path, np.zeros((31, 30), np.uint16)),
        "30x31 pixels; expected ",
        "Restore the published files",
    ),
}


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_names_the_file_and_leaves_nothing(folder, fault, config):
    name, damage, found, remedy = FAULTS[fault]
    damage(folder / name)
    message = refused(folder, config)
    assert message.startswith(f"{folder}/{name}: {found}")
    assert "expected" in message
    assert remedy in message


def test_a_size_unlike_the_particle_files_names_both(folder):
    size = sized(folder / POSITIONS).replace(";", "x")
    small_archive.save(folder / PICTURE, np.zeros((31, 30), np.uint16))
    assert f"expected {size}, as {folder}/{POSITIONS} says" in refused(folder)


def test_width_and_height_swapped(folder):
    image = np.asarray(Image.open(folder / PICTURE))
    assert image.shape[0] != image.shape[1]
    small_archive.save(folder / PICTURE, np.ascontiguousarray(image.T))
    assert "pixels; expected" in refused(folder)


@pytest.mark.parametrize("class_folder", ["train/Orf", "validation/Nipah virus", "test/LCM"])
def test_a_class_folder_is_missing(folder, class_folder):
    shutil.rmtree(folder / class_folder)
    message = refused(folder, CONFIGS[1])
    assert message.startswith(f"{folder}/{class_folder}: no .tif found; expected this class's")
    assert facts.HOMEPAGE in message


def test_the_excluded_classes_may_be_missing_where_they_are_not_wanted(folder, tmp_path):
    for class_name in facts.EXCLUDED:
        for split in facts.SPLITS:
            shutil.rmtree(folder / split / class_name)
    builder = small_archive.build(folder.parent, tmp_path / "data", CONFIGS[0])
    assert len(list(builder.examples())) == len(small_archive.PATCHES)


def test_a_micrograph_too_few(folder):
    (folder / "train/Adenovirus/J.tif").unlink()  # has three patches
    assert "\n  train/Adenovirus: found 13, expected 16\n" in refused(folder)


def test_a_particle_too_many(folder):
    rewrite(folder / POSITIONS, "particleposition", "particleposition\n1;1\nparticleposition")
    assert "\n  train/Orf: found 2, expected 1\n" in refused(folder)


def test_a_constant_patch_names_its_micrograph(folder):
    image = np.asarray(Image.open(folder / PICTURE))
    small_archive.save(folder / PICTURE, np.full_like(image, 700))
    message = refused(folder)
    assert f"{folder}/{PICTURE}: patch tr-train_1 is constant, all pixels 700" in message


def test_a_fault_inside_a_zip_is_named(folder, tmp_path):
    (folder / TAGS).write_text("Xscale;one\nYscale;one\n")
    path = small_archive.pack(folder.parent, tmp_path / "raw.zip")
    with pytest.raises(DatasetError) as caught:
        small_archive.build(tmp_path, tmp_path / "data", CONFIGS[0])
    assert str(caught.value).startswith(f"{path} :: {raw.RAW}/{TAGS}: Xscale is 'one'; expected")
    assert small_archive.left_over(tmp_path / "data") == []
