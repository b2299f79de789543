"""Phantoms of exosomes: the same on every run, of the sizes they say, with masks that fit."""

import numpy as np
import pytest

from tem_virus_dataset import ExosomeBuilder, facts
from tem_virus_dataset.micrographs import instances
from tem_virus_dataset.phantoms import exosome_specimen, exosomes, vesicle_shapes
from tem_virus_dataset.phantoms.exosome_style import STYLES

NUMBERS = (0, 8, 16, 24, 32)  # one of each style


@pytest.fixture(scope="module")
def made():
    return [exosomes.micrograph(number) for number in NUMBERS]


def test_same_seed_same_picture_other_seed_another(made):
    again, other = exosomes.micrograph(0), exosomes.micrograph(0, seed=1)
    np.testing.assert_array_equal(again.image, made[0].image)
    np.testing.assert_array_equal(again.mask, made[0].mask)
    assert again.nm_per_pixel == made[0].nm_per_pixel != other.nm_per_pixel
    assert (again.image != other.image).mean() > 0.9
    assert exosomes.micrograph(1).image.tobytes() != again.image.tobytes()


def test_picture_mask_and_pixel_size(made):
    assert [item.group for item in made] == list(STYLES)
    for item in made:
        assert item.image.shape == item.mask.shape == (500, 500)
        assert item.image.dtype == item.mask.dtype == np.uint16
        assert 1.0 <= item.nm_per_pixel <= 2.5
        assert 500 < item.image.mean() < 10000
        assert ((item.image == 0) | (item.image == 65535)).mean() < 0.001


def test_vesicles_have_the_size_of_exosomes(made):
    """Of those that neither the border nor another one cuts; outlines are uneven by a fifth."""
    whole = []
    for item in made:
        corners = instances.boxes(item.mask).corners
        inside = (corners.min(1) > 1) & (corners.max(1) < 499)
        whole += ((corners[:, 2:] - corners[:, :2]).max(1)[inside] * item.nm_per_pixel).tolist()
    assert len(whole) > 40
    assert 25 < np.percentile(whole, 10) < np.percentile(whole, 90) < 170
    assert max(whole) < 1.4 * exosome_specimen.LARGEST


def test_what_is_labelled_stands_out_from_what_is_around_it():
    """Where vesicles keep out stain: brighter than the halo; one in a hundred may be hidden."""
    brighter = []
    for number in (0, 1, 16, 17):
        item = exosomes.micrograph(number)
        for label in np.unique(item.mask)[1:]:
            y, x = np.nonzero(item.mask == label)
            if len(y) < 30:
                continue
            low, high = np.maximum([y.min(), x.min()] - np.array(6), 0), [y.max() + 7, x.max() + 7]
            window = np.s_[low[0] : high[0], low[1] : high[1]]
            outside = item.image[window][item.mask[window] == 0]
            brighter.append(item.image[y, x].mean() > outside.mean())
    assert len(brighter) > 50
    assert np.mean(brighter) > 0.9


def test_debris_is_not_labelled():
    layers = np.zeros((2, 200, 200), np.float32)
    field = exosome_specimen.Specimen(*layers, np.zeros((200, 200), np.uint16), 1.0)
    rng = np.random.default_rng(0)
    for shape in (vesicle_shapes.arc, vesicle_shapes.speck, vesicle_shapes.lump):
        field.paste(rng, shape, np.array([100.0, 100.0]), 30)
    assert field.protein.max() > 0.2
    assert not field.mask.any()
    field.paste(rng, vesicle_shapes.ring, np.array([60.0, 60.0]), 30, label=7)
    assert set(np.unique(field.mask)) == {0, 7}
    field.paste(rng, vesicle_shapes.ring, np.array([900.0, 60.0]), 30, label=8)  # past the border
    assert 8 not in field.mask


@pytest.mark.parametrize(
    "shape",
    [
        vesicle_shapes.ring,
        vesicle_shapes.cup,
        vesicle_shapes.ball,
        vesicle_shapes.grainy,
        vesicle_shapes.stained,
    ],
)
def test_a_vesicle_is_one_piece_without_holes(shape):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        layers = np.zeros((2, 200, 200), np.float32)
        field = exosome_specimen.Specimen(*layers, np.zeros((200, 200), np.uint16), 1.0)
        field.paste(rng, shape, np.array([100.0, 100.0]), 40, label=1)
        parts = instances.separate_instances(np.where(field.mask, 255, 0).astype(np.uint16))
        sizes = np.bincount(parts.ravel())[1:]
        assert sizes.max() / sizes.sum() > 0.98
        assert 0.5 < sizes.max() / (np.pi * 40**2) < 1.5
        assert field.uptake.any() == (shape is vesicle_shapes.stained)


def test_every_style_is_in_every_split():
    counts = exosomes.expected_counts()
    assert tuple(counts) == tuple(STYLES)
    assert all(row[s] > 0 for row in counts.values() for s in facts.SPLITS)
    assert [sum(row[s] for row in counts.values()) for s in facts.SPLITS] == [24, 8, 8]
    assert len({stem for stem, *_ in exosomes.design()}) == exosomes.NUMBER


def test_the_config_is_made_of_these(tmp_path, monkeypatch, made):
    """All forty jobs are listed; of each style the first is built, to save time."""
    config = ExosomeBuilder.builder_configs["phantom"]
    jobs = exosomes.jobs(tmp_path)
    assert [job.stem for job in jobs] == [f"phantom_{n:02d}" for n in range(40)]
    few = [jobs[number] for number in NUMBERS]
    counts = {job.class_name: {s: int(s == job.split) for s in facts.SPLITS} for job in few}
    monkeypatch.setattr(config, "jobs", lambda _: few)
    monkeypatch.setattr(config, "expected", counts)
    builder = ExosomeBuilder(config="phantom", data_dir=tmp_path)
    builder.download_and_prepare()
    found = {example["set"]: example for example in builder.examples()}
    for job, item in zip(few, made, strict=True):
        example = found[item.group]
        assert example["id"] == f"{job.split}/{item.group}/{job.stem}"
        np.testing.assert_array_equal(example["image"][..., 0], item.image)
        np.testing.assert_array_equal(example["mask"][..., 0], item.mask)
        assert example["nm_per_pixel"] == item.nm_per_pixel
        assert len(example["objects"]["label"]) == len(instances.boxes(item.mask).corners)
