"""The archive of CBIA, on a replica: images, masks, boxes, pixel sizes, splits."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
import small_archive
import small_exosome
import tensorflow_datasets as tfds

from tem_virus_dataset import ExosomeBuilder, facts
from tem_virus_dataset.__main__ import main
from tem_virus_dataset.sources import cbia

CONFIG = small_exosome.CONFIG


class TestCbia(tfds.testing.DatasetBuilderTestCase):
    """What TFDS itself demands of a builder."""

    DATASET_CLASS = ExosomeBuilder
    BUILDER_CONFIG_NAMES_TO_TEST = (CONFIG,)
    SPLITS = {"train": 43, "validation": 14, "test": 15}  # noqa: RUF012

    @classmethod
    def setUpClass(cls):
        cls.EXAMPLE_DIR = cls.enterClassContext(tempfile.TemporaryDirectory())
        small_exosome.write(Path(cls.EXAMPLE_DIR))
        super().setUpClass()


@pytest.fixture(scope="module")
def manual_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cbia")
    small_exosome.write(folder)
    return folder


@pytest.fixture(scope="module")
def examples(manual_dir, tmp_path_factory):
    builder = small_exosome.build(manual_dir, tmp_path_factory.mktemp("data"))
    return {e["id"]: e for e in builder.examples()}


def test_an_example_is_the_picture_its_mask_and_its_pixel_size(examples):
    assert len(examples) == 72
    assert {tuple(name.split("/")[1:]) for name in examples} == set(small_exosome.EVERY)
    for name, example in examples.items():
        _, group, stem = name.split("/")
        made = small_exosome.generated(group, stem)
        assert (example["micrograph"], example["set"], example["label"]) == (name, group, 0)
        for key in ("image", "mask"):
            assert example[key].dtype == np.uint16
            np.testing.assert_array_equal(example[key][..., 0], getattr(made, key))
        assert example["nm_per_pixel"] == made.nm_per_pixel


def test_there_is_a_box_for_each_instance_but_the_smallest(examples):
    for name, example in examples.items():
        made = small_exosome.generated(*name.split("/")[1:])
        height, width = made.image.shape
        expected = np.array(made.boxes)[:, [1, 0, 3, 2]] / [height, width, height, width]
        np.testing.assert_allclose(example["objects"]["bbox"], expected, rtol=0, atol=1e-6)
        assert example["objects"]["label"].tolist() == [0, 0]
        assert example["small"] == 1


def test_the_splits_are_runs_of_neighbours(examples):
    for group, number in cbia.SETS.items():
        split = {n.split("/")[2]: n.split("/")[0] for n in examples if n.split("/")[1] == group}
        order = [split[f"{index:02d}"] for index in range(1, number + 1)]
        assert order == sorted(order, key=facts.SPLITS.index)
        assert [order.count(s) for s in facts.SPLITS] == list(CONFIG.expected[group].values())
    assert [sum(row[s] for row in CONFIG.expected.values()) for s in facts.SPLITS] == [43, 14, 15]


def test_numbers_are_sorted_as_numbers():
    names = ["10.tif", "2.tif", "1.tif"]
    assert sorted(names, key=cbia._number_key) == ["1.tif", "2.tif", "10.tif"]
    stems = [str(n) for n in range(1, 21)]
    assert [s for s, split in cbia.split_of(stems).items() if split == "test"] == stems[-4:]


@pytest.mark.parametrize("place", ["FRU_processing", small_exosome.DATA, "zip"])
def test_zip_and_unpacked_folders_give_the_same(manual_dir, examples, tmp_path, place):
    folder = manual_dir / place
    if place == "zip":
        folder = tmp_path / "zip"
        folder.mkdir()
        small_archive.pack(manual_dir, folder / "FRU_processing.zip")
    built = small_exosome.build(folder, tmp_path / "data")
    found = {e["id"]: CONFIG.digest(e) for e in built.examples()}
    assert found == {name: CONFIG.digest(example) for name, example in examples.items()}


def test_the_digest_sees_mask_boxes_and_pixel_size(examples):
    example = examples["test/dataset_01/20"]
    mask = example["mask"].copy()
    mask[0, 0] += 1
    bbox = example["objects"]["bbox"] + np.float32(1e-3)
    others = (
        {"mask": mask},
        {"nm_per_pixel": example["nm_per_pixel"] + 1e-6},
        {"objects": {**example["objects"], "bbox": bbox}},
    )
    digests = {CONFIG.digest(example), *(CONFIG.digest({**example, **o}) for o in others)}
    assert len(digests) == 4


def test_prepare_verify_and_figure_by_command(manual_dir, tmp_path, capsys, monkeypatch):
    config = ExosomeBuilder.builder_configs["cbia"]
    monkeypatch.setattr(config, "megabytes", 1)
    place = ["tem_exosome/cbia", "--data-dir", str(tmp_path)]
    assert main(["prepare", *place, "--manual-dir", str(manual_dir)]) == 0
    assert main(["verify", *place]) == 0
    assert main(["figure", *place, "--out", str(tmp_path / "sheet.png")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"tem_exosome/cbia/1.0.0 is in {tmp_path}/tem_exosome/cbia/1.0.0" in lines
    rows = [line.split() for line in lines]
    assert ["dataset_03", "23", "7", "8", "38"] in rows
    assert ["total", "43", "14", "15", "72"] in rows
    assert "144 exosomes with a box" in lines
    assert "72 instances of fewer than 10 pixels, without one" in lines
    assert not any("show a field" in line for line in lines)  # nobody has looked for pairs
    assert [row[0] for row in rows[-4:-1]] == list(cbia.SETS)


def test_what_is_read_is_on_record(manual_dir, tmp_path):
    folder = Path(shutil.copytree(manual_dir, tmp_path / "manual"))
    small_exosome.build(folder, tmp_path / "data")
    record = (tmp_path / "data/tem_exosome/cbia.sha256").read_text()
    assert record.count("\n") == 2 * (72 * 2 + 3)
    assert "  dataset_02/resolution.xlsx\n" in record
