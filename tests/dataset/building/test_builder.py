import csv
import subprocess
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import small_archive
import tensorflow_datasets as tfds

from tem_virus_dataset import Builder, facts
from tem_virus_dataset.building import content_hash
from tem_virus_dataset.sources import published_patches


def case(config, write):
    """What TFDS itself demands of a builder, for one config and the small data it is made of."""

    class Case(tfds.testing.DatasetBuilderTestCase):
        DATASET_CLASS = Builder
        BUILDER_CONFIG_NAMES_TO_TEST = (config,)
        SPLITS = {s: sum(row[s] for row in config.expected.values()) for s in facts.SPLITS}  # noqa: RUF012

        @classmethod
        def setUpClass(cls):
            cls.EXAMPLE_DIR = cls.enterClassContext(tempfile.TemporaryDirectory())
            write(Path(cls.EXAMPLE_DIR))
            super().setUpClass()

    return Case


TestPatches = case(small_archive.CONFIG, small_archive.write)
TestPatches22 = case(small_archive.CONFIGS[1], small_archive.write)
TestWorstCase = case(small_archive.CONFIGS[2], small_archive.write)
TestBalanced = case(small_archive.CONFIGS[3], small_archive.write)
TestRecropped = case(small_archive.CONFIGS[4], small_archive.write)
TestMicrographs = case(small_archive.CONFIGS[5], small_archive.write)
TestMirror = case(small_archive.MIRROR_CONFIG, small_archive.write_mirror)
TestPhantom = case(small_archive.PHANTOM_CONFIG, lambda folder: None)
TestBoxes = case(small_archive.BOXES_CONFIG, small_archive.write_mirror)


def examples_of(builder):
    found = {}
    for example in builder.examples():
        assert example["id"] not in found
        found[example["id"]] = example
    return found


def hash_of(builder):
    return content_hash.content_hash(
        {
            i: content_hash.example_digest(e["label"], e["image"])
            for i, e in examples_of(builder).items()
        }
    )


@pytest.fixture(scope="module")
def small(small_dir):
    return Builder(config=small_archive.CONFIG, data_dir=small_dir)


@pytest.mark.parametrize("dtype", [np.uint16, np.uint8])
def test_examples_are_the_patches_and_nothing_else(tmp_path, dtype):
    small_archive.write(tmp_path / "manual", dtype)
    found = examples_of(small_archive.build(tmp_path / "manual", tmp_path / "data"))
    # Also: nothing of _EXCLUDED, crop_outlines, augmented_train; the same name in two splits.
    assert {i: e["micrograph"] for i, e in found.items()} == small_archive.PATCHES
    for patch, example in found.items():
        image = example["image"]
        assert (image.shape, image.dtype) == ((256, 256, 1), np.uint16)
        np.testing.assert_array_equal(image[..., 0], small_archive.pixels(patch, dtype))
        assert facts.CLASSES_14[example["label"]] == patch.split("/")[1]


def test_each_split_holds_its_own(small):
    for split in facts.SPLITS:
        ids = [
            i.decode() for i in tfds.as_numpy(small.as_dataset(split=split).map(lambda e: e["id"]))
        ]
        assert sorted(ids) == sorted(i for i in small_archive.PATCHES if i.startswith(f"{split}/"))
        assert small.info.splits[split].num_examples == len(ids)


@pytest.mark.parametrize("rank, stem", [(1, "a1"), (2, "B1"), (10, "H"), (12, "J")])
def test_a_patch_knows_its_micrograph_by_rank_without_regard_to_case(archive, rank, stem):
    jobs = published_patches.jobs(archive, ["Adenovirus"])
    job = next(j for j in jobs if f"{rank}_1" in [patch.name for patch in j.items()])
    assert (job.split, job.stem) == ("train", stem)


def test_the_official_listing_gives_the_official_micrographs(shared_data, tmp_path):
    """Every one of the 9,889 patches, against the manifest; the images are empty here."""
    official = shared_data / "official"
    with (official / "patches_14class_manifest.csv").open(newline="") as lines:
        manifest = {
            f"{row['split']}/{row['class']}/{row['patch']}": row["raw_image"]
            for row in csv.DictReader(lines)
        }
    listing = (official / "raw_file_listing.txt").read_text().split("\n")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        for name in (*listing, *(f"context_virus_1nm_256x256/{patch}" for patch in manifest)):
            archive.writestr(f"TEM virus dataset/{name.strip()}", "")
    jobs = published_patches.jobs(tmp_path)
    found = {}
    for job in jobs:
        for file in job.files:
            found[file.name.partition("/")[2]] = f"{job.folder}/{job.stem}.tif"
    assert found == manifest
    counts = {n: dict.fromkeys(facts.SPLITS, 0) for n in facts.CLASSES_14}
    for job in jobs:
        counts[job.class_name][job.split] += job.count
    assert counts == dict(facts.PATCHES_14CLASS)


def test_zip_unpacked_folder_and_a_second_build_give_one_content_hash(
    small, archive, archive_zip, tmp_path
):
    expected = hash_of(small)
    for number, manual_dir in enumerate([archive_zip.parent, archive / facts.ARCHIVE, archive]):
        assert hash_of(small_archive.build(manual_dir, tmp_path / str(number))) == expected
    small_archive.write(tmp_path / "eight", np.uint8)
    assert hash_of(small_archive.build(tmp_path / "eight", tmp_path / "other")) != expected


def test_the_zip_itself_will_do_as_manual_dir(archive_zip, tmp_path):
    built = small_archive.build(archive_zip, tmp_path)
    assert examples_of(built).keys() == small_archive.PATCHES.keys()


def test_a_second_build_is_a_no_op(archive, tmp_path):
    def stamps():
        folder = tmp_path / "tem_virus/small/1.0.0"
        return {p: (p.stat().st_mtime_ns, p.stat().st_ino) for p in folder.iterdir()}

    small_archive.build(archive, tmp_path)
    before = stamps()
    small_archive.build(tmp_path / "gone", tmp_path)  # reads no archive
    assert stamps() == before
    assert len(before) > 3


def test_the_phantom_loads_in_a_fresh_process_by_the_import_alone(fresh, phantom_dir):
    code = """
import sys
import tem_virus_dataset, tensorflow_datasets as tfds
name, kwargs = "tem_virus/phantom_14class", dict(data_dir=sys.argv[1], download=False)
supervised = tfds.load(name, split="train", as_supervised=True, **kwargs)
image, label = next(iter(supervised))
print(image.shape, image.dtype.name, label.dtype.name)
everything, info = tfds.load(name, with_info=True, **kwargs)
print([len(everything[split]) for split in ("train", "validation", "test")])
print(sorted(everything["test"].element_spec))
print(len(tfds.load(name, split="train[:10]+test[50%:]", **kwargs)))
print(info.features["label"].names == list(tem_virus_dataset.facts.CLASSES_14))
"""
    assert output(fresh(code, phantom_dir)) == [
        "(256, 256, 1) uint16 int64",
        "[292, 112, 84]",
        "['id', 'image', 'label', 'micrograph']",
        "52",
        "True",
    ]


def test_prepared_data_loads_without_the_package(fresh, small_dir):
    code = """
import sys
import tensorflow_datasets as tfds
dataset = tfds.load("tem_virus/small", data_dir=sys.argv[1], split="test")
print(len(dataset), "tem_virus_dataset" in sys.modules)
"""
    assert output(fresh(code, small_dir, path="")) == ["16 False"]


def test_the_import_does_not_import_tensorflow(fresh):
    code = "import sys, tem_virus_dataset; print('tensorflow' in sys.modules)"
    assert output(fresh(code)) == ["False"]


def output(process: subprocess.Popen) -> list[str]:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out.splitlines()


def test_the_card_of_the_data_set(small):
    assert "10.1016/j.cmpb.2021.106318" in small.info.citation
    assert small.info.homepage == facts.HOMEPAGE
    assert small.info.supervised_keys == ("image", "label")
