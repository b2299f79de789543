"""Config `sim_to_real`: phantoms to learn from, pairs of a user's to be tested on."""

import dataclasses
import math

import numpy as np
import pytest
import small_exosome
from small_pairs import write

from benchmark.detection import evaluate as whole
from benchmark.detection import ground_truth
from benchmark.detection import read as reading
from benchmark.detection.data import Scenes
from leaderboard.ground_truth import detection as box_truth
from tem_virus_dataset import ExosomeBuilder, facts
from tem_virus_dataset.micrographs import instances
from tem_virus_dataset.phantoms import exosomes
from tem_virus_dataset.phantoms.exosome_style import STYLES
from tem_virus_dataset.tem_exosome import sim_to_real, sim_to_real_aggregates

CONFIG = ExosomeBuilder.builder_configs["sim_to_real"]
PER_STYLE = exosomes.NUMBER // len(STYLES)


@pytest.fixture(scope="module")
def manual_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pairs")
    for name in ("a", "b", "same_as_b"):
        write(folder, name, size=(40, 50) if name == "a" else (41, 51))
    return folder


def test_phantoms_are_learned_from_and_pairs_are_tested_on(manual_dir):
    jobs = CONFIG.jobs(manual_dir)
    assert len({job.micrograph for job in jobs}) == len(jobs) == 240 + 40 + 2
    assert [job.micrograph for job in jobs if job.split == "test"] == [
        "test/pairs/a",
        "test/pairs/b",  # the same image again is left out
    ]
    for name in STYLES:
        counts = {s: sum(j.folder == f"{s}/{name}" for j in jobs) for s in facts.SPLITS}
        assert counts == CONFIG.expected[name]


def test_no_phantom_is_one_of_config_phantom():
    first, shown = sim_to_real.phantoms()[0].items(), exosomes.micrograph(0)
    (item,) = first
    assert item.group == shown.group
    assert not np.array_equal(item.image, shown.image)
    stems = {job.stem for job in sim_to_real.phantoms()}
    assert not stems & {stem for stem, _, _ in exosomes.design()}


@pytest.fixture(scope="module")
def built(manual_dir, tmp_path_factory):
    generated = sim_to_real.phantoms()
    few = [next(one for one in generated if one.split == s) for s in ("train", "validation")]
    small = dataclasses.replace(
        CONFIG,
        name="small_sim_to_real",
        megabytes=1,
        jobs=lambda folder: [*few, *sim_to_real.real(folder)],
        expected={
            "smooth": {"train": 1, "validation": 1, "test": 0},
            "pairs": CONFIG.expected["pairs"],
        },
    )
    with pytest.warns(UserWarning, match="test/pairs: found 2, expected 25"):
        return small_exosome.build(manual_dir, tmp_path_factory.mktemp("data"), small)


def test_a_pair_has_boxes_and_no_pixel_size(built):
    found = {example["id"]: example for example in built.examples()}
    pair = found["test/pairs/a"]
    assert pair["image"].shape == pair["mask"].shape == (40, 50, 1)
    assert len(pair["objects"]["bbox"]) == 3
    assert math.isnan(pair["nm_per_pixel"])
    assert 1 <= found["train/smooth/phantom_00_1"]["nm_per_pixel"] <= 2.5


def test_a_detector_is_shown_pairs_as_they_are(built):
    scenes = [reading._scene(example) for example in built.examples()]
    pair = next(one for one in scenes if one.id == "test/pairs/a")
    assert pair.nm_per_pixel is None
    assert whole.rescaled(pair, 3.0) is pair
    phantom_seen = whole.rescaled(next(s for s in scenes if s.id.startswith("train/")), 3.0)
    assert phantom_seen.image.shape[0] < exosomes.SIDE
    splits = {"validation": [], "test": [pair]}
    table = ground_truth.table(Scenes("tem_exosome/x", "1.0.0", ("exosome",), "", splits), "test")
    assert np.isnan(table.nm_per_pixel).all()
    assert len(table.boxes) == 3


@pytest.mark.parametrize(
    "config, count", [(sim_to_real, 40), (sim_to_real_aggregates, 60)], ids=["styles", "aggregates"]
)
def test_the_shipped_table_holds_the_boxes_of_the_phantoms(config, count):
    table = box_truth.read(f"tem_exosome/{config.__name__.rpartition('.')[2]}", "validation")
    assert len(table) == count
    for job in config.phantoms()[-count::13]:
        (made,) = job.items()
        number = table.ids.tolist().index(job.micrograph)
        check_boxes(table, number, made.mask)
        assert table.nm_per_pixel[number] == made.nm_per_pixel


@pytest.mark.parametrize("config", ["sim_to_real", "sim_to_real_aggregates"])
def test_the_shipped_table_holds_the_boxes_of_the_real_pairs(config, shared_data):
    table = box_truth.read(f"tem_exosome/{config}", "test")
    jobs = sim_to_real.real(shared_data / "exosome_samples")
    assert [job.micrograph for job in jobs] == table.ids.tolist()
    for number, job in enumerate(jobs):
        check_boxes(table, number, job.decode(job.read()).mask)
    assert (len(table), len(table.boxes)) == (25, 222)


def check_boxes(table, number, mask):
    """The table's boxes of one image are those of its mask, in any order."""
    corners = instances.boxes(mask).corners
    expected = np.hstack([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]])
    assert tuple(table.sizes[number]) == mask.shape[::-1]
    found = table.boxes[table.micrographs == number]
    assert sorted(map(tuple, found)) == sorted(map(tuple, expected))
