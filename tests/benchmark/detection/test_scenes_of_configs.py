"""Micrographs with boxes of the configs, as TFDS prepares them."""

from pathlib import Path

import numpy as np
import pytest
import small_archive
import small_exosome
from scene_checks import check_same, task_of

from benchmark import export, tasks
from benchmark.data.address import About
from benchmark.detection import read
from benchmark.errors import BenchmarkError
from leaderboard.tasks import DETECTION
from tem_virus_dataset import Builder, DatasetError, ExosomeBuilder, facts
from tem_virus_dataset.building import content_hash
from tem_virus_dataset.networks.boxes import corners


def configured(monkeypatch: pytest.MonkeyPatch, builder: type, config: object) -> None:
    """Let a small config of the tests be one of the builder's."""
    known = {**builder.builder_configs, config.name: config}
    monkeypatch.setattr(builder, "builder_configs", known)


def test_a_config_of_viruses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_archive.write_mirror(tmp_path / "mirror")
    config = small_archive.BOXES_CONFIG
    configured(monkeypatch, Builder, config)
    builder = small_archive.build(tmp_path / "mirror", tmp_path / "data", config)
    data = f"tem_virus/{config.name}"
    assert task_of(data) == DETECTION
    about = About(data, "1.0.0", config.classes)
    assert tasks.describe(data, tmp_path / "data") == about
    found = read.load(data, tmp_path / "data")
    examples = {example["id"]: example for example in builder.examples()}
    scenes = {one.id: one for several in found.splits.values() for one in several}
    assert list(scenes) == sorted(examples, key=lambda i: (facts.SPLITS.index(i.split("/")[0]), i))
    for name, example in examples.items():
        one, (height, width) = scenes[name], example["image"].shape[:2]
        np.testing.assert_array_equal(one.image, example["image"][..., 0])
        assert one.image.dtype == np.uint8
        y0, x0, y1, x1 = example["objects"]["bbox"].T
        expected = np.stack([x0 * width, y0 * height, x1 * width, y1 * height], axis=1)
        np.testing.assert_allclose(corners(one.boxes), expected, rtol=0, atol=1e-3)
        assert one.labels.tolist() == example["objects"]["label"].tolist()
        assert one.nm_per_pixel == 1.0
    digests = {name: config.digest(example) for name, example in examples.items()}
    assert found.content_hash == content_hash.content_hash(digests)


def test_a_config_of_exosomes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(monkeypatch, ExosomeBuilder, small_exosome.CONFIG)
    small_exosome.write(tmp_path / "cbia")
    small_exosome.build(tmp_path / "cbia", tmp_path / "data")
    data = f"tem_exosome/{small_exosome.CONFIG.name}"
    assert task_of(data) == DETECTION
    found = read.load(data, tmp_path / "data")
    assert (found.config, found.classes) == (data, ("exosome",))
    assert [len(several) for several in found.splits.values()] == [43, 14, 15]
    for one in (one for several in found.splits.values() for one in several):
        made = small_exosome.generated(*one.id.split("/")[1:])
        np.testing.assert_array_equal(one.image, made.image)
        np.testing.assert_allclose(corners(one.boxes), made.boxes, rtol=0, atol=1e-4)
        assert one.labels.tolist() == [0, 0]
        assert one.nm_per_pixel == made.nm_per_pixel
    file = tmp_path / "exosomes.npz"
    assert export.main([data, str(file), "--data-dir", str(tmp_path / "data")]) == 0
    again = read.load(str(file))
    check_same(again, found)
    assert again.content_hash == found.content_hash


@pytest.mark.parametrize(
    "data, message",
    [
        (
            "tem_virus/none",
            r"/none: unknown.*; expected one of tem_virus/.*tem_exosome/cbia",
        ),
        ("tem_exosome/none", r"tem_exosome/none: unknown.*; expected one of tem_virus/"),
        ("cbya", r"^cbya: unknown, did you mean 'tem_exosome/cbia'\?; expected one of"),
        ("tem_virus/micrographs_22class", r"whole micrographs with points, which no model is trai"),
    ],
)
def test_an_unknown_config_is_told(data: str, message: str) -> None:
    for function in (task_of, tasks.describe, tasks.load):
        with pytest.raises(BenchmarkError, match=message):
            function(data)


def test_a_config_that_is_not_prepared_is_told_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"not prepared\..*prepare mirror_11class_boxes"):
        read.load("tem_virus/mirror_11class_boxes", tmp_path)
