"""Phantoms of aggregates: the same on every run, touching as they should, with masks that fit."""

import numpy as np
import pytest

from tem_virus_dataset import ExosomeBuilder
from tem_virus_dataset.micrographs import instances
from tem_virus_dataset.phantoms.aggregates import (
    appearance,
    arrangement,
    contaminants,
    micrographs,
    specimen,
)
from tem_virus_dataset.phantoms.aggregates.styles import STYLES
from tem_virus_dataset.tem_exosome import sim_to_real, sim_to_real_aggregates

CONFIG = ExosomeBuilder.builder_configs["sim_to_real_aggregates"]
X, Y = np.arange(-100.0, 100.0)[None], np.arange(-100.0, 100.0)[:, None]


@pytest.fixture(scope="module")
def generated():
    return {style: micrographs.micrograph(style, 0, 1) for style in STYLES}


def test_a_number_and_a_seed_determine_a_micrograph(generated):
    first = generated["single"]
    again = micrographs.micrograph("single", 0, 1)
    np.testing.assert_array_equal(again.image, first.image)
    np.testing.assert_array_equal(again.mask, first.mask)
    for other in (micrographs.micrograph("single", 1, 1), micrographs.micrograph("single", 0, 2)):
        assert (other.image != first.image).mean() > 0.9


def test_image_mask_and_pixel_size(generated):
    for style, item in generated.items():
        assert item.group == style
        assert item.image.shape == item.mask.shape == (500, 500)
        assert item.image.dtype == item.mask.dtype == np.uint16
        assert 1.0 <= item.nm_per_pixel <= 4.0
        assert item.image.std() > 0.02 * item.image.mean()
        assert 1 <= len(instances.boxes(item.mask).corners) <= 150


def test_vesicles_have_the_size_that_the_card_states():
    """Of those that neither the border nor another one cuts; stretch and outline add a half."""
    sides = []
    for number in range(6):
        item = micrographs.micrograph("single", number, 1)
        corners = instances.boxes(item.mask).corners
        whole = (corners.min(1) > 1) & (corners.max(1) < 499)
        sides += ((corners[:, 2:] - corners[:, :2]).mean(1)[whole] * item.nm_per_pixel).tolist()
    assert len(sides) > 30
    assert min(sides) > 0.5 * specimen.SMALLEST
    assert 45 < np.median(sides) < 100
    assert max(sides) < 1.5 * specimen.LARGEST
    assert CONFIG.size_of("single") == "30-200 nm"
    assert ExosomeBuilder.builder_configs["sim_to_real"].size_of("smooth") == "30-150 nm"


@pytest.mark.parametrize(
    "kind, lumen_is_bright, rim_is_brighter",
    [
        ("full", True, None),
        ("granular", True, None),
        ("filled", False, True),
        ("dark", False, None),
        ("dark_walled", None, False),
        ("pale_walled", True, False),
    ],
)
def test_a_kind_of_vesicle_has_its_tones(kind, lumen_is_bright, rim_is_brighter):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        population = appearance.population(rng, {kind: 1})
        tone, cover = appearance.vesicle(rng, X, Y, 40, population, [])
        middle = tone[90:110, 90:110].mean()
        if lumen_is_bright is not None:
            assert (middle > 0) == lumen_is_bright
        inner = cover > 0.9
        rim = tone[inner & (np.hypot(X, Y) > 33)].mean()
        if rim_is_brighter is not None:
            assert (rim > middle) == rim_is_brighter
        assert abs(tone[cover == 0]).max() < 0.5  # outside is the halo's


def test_a_vesicle_is_one_piece_of_its_size():
    for seed, kind in enumerate(appearance.KINDS):
        rng = np.random.default_rng(seed)
        _, cover = appearance.vesicle(
            rng, X, Y, 40, appearance.population(rng, {kind: 1}), []
        )  # fmt: skip
        parts = instances.separate_instances(np.where(cover > 0.5, 255, 0).astype(np.uint16))
        sizes = np.bincount(parts.ravel())[1:]
        assert sizes.max() / sizes.sum() > 0.98
        assert 0.6 < sizes.max() / (np.pi * 40**2) < 1.5


def nearest_gap(placed: np.ndarray) -> np.ndarray:
    """Distance to the nearest other vesicle, as a share of the sum of the radii."""
    apart = np.hypot(*(placed[:, None, :2] - placed[None, :, :2]).transpose(2, 0, 1))
    apart = apart / (placed[:, None, 2] + placed[None, :, 2])
    np.fill_diagonal(apart, np.inf)
    return apart.min(axis=1)


@pytest.mark.parametrize("compact", [0.0, 1.0])
def test_vesicles_touch_as_far_as_they_should(compact):
    radii = np.random.default_rng(1).uniform(20, 60, 60)
    for together in (0.0, 1.0):
        layout = arrangement.Arrangement(together, compact, overlap=0.8)
        placed = arrangement.places(np.random.default_rng(0), radii, 2000, layout)
        assert len(placed) > 30
        assert 0 <= placed[:, :2].min() <= placed[:, :2].max() <= 2000
        gaps = nearest_gap(placed)
        assert gaps.min() >= (0.8 if together else 1.15)
        assert (gaps < 1.05).mean() == together


def test_a_compact_aggregate_is_smaller_than_chains():
    radii = np.full(50, 30.0)
    widths = []
    for compact in (0.0, 1.0):
        layout = arrangement.Arrangement(1.0, compact, overlap=0.9)
        seeds = range(4)
        fields = [arrangement.places(np.random.default_rng(s), radii, 3000, layout) for s in seeds]
        widths.append(np.mean([field[:, :2].std(axis=0) for field in fields]))
    assert widths[1] < 0.9 * widths[0]


def test_pressed_vesicles_meet_in_a_plane_and_share_no_pixel():
    placed = np.array([[-30.0, 0, 40], [30.0, 0, 30]])
    rng = np.random.default_rng(0)
    population = appearance.population(rng, {"dark": 1})
    covers = []
    for number, (x, y, radius) in enumerate(placed):
        (contact,) = arrangement.contacts(number, placed, gap=0)
        covers.append(
            appearance.vesicle(rng, X - x, Y - y, radius, population, [contact])[1] > 0.5
        )  # fmt: skip
    assert not (covers[0] & covers[1]).any()
    plane = -30 + (60**2 + 40**2 - 30**2) / (2 * 60)
    assert abs(X[0, covers[0].any(axis=0)].max() - plane) <= 2
    assert abs(X[0, covers[1].any(axis=0)].min() - plane) <= 2


def test_contaminants_are_drawn_without_label():
    for shape in (
        contaminants.lipoprotein,
        contaminants.protein,
        contaminants.fragment,
        contaminants.crystal,
        contaminants.precipitate,
        contaminants.fibre,
    ):
        layers = np.zeros((2, 200, 200), np.float32)
        field = specimen.Specimen(*layers, np.zeros((200, 200), np.uint16), 1.0)
        centre = np.array([100.0, 100.0])
        window, x, y = field.window(centre, 13)
        rng = np.random.default_rng(2)
        field.paste(window, shape(rng, x, y, 13))
        assert abs(field.tone).max() > 0.1, shape
        assert not field.mask.any()
        assert not field.cover.any()
    field.paste(window, shape(rng, x, y, 13), label=7)
    assert set(np.unique(field.mask)) == {0, 7}
    assert field.window(np.array([900.0, 100.0]), 13) is None  # past the border


def test_the_config_lists_phantoms_of_every_style_and_the_pairs_of_sim_to_real(tmp_path):
    jobs = sim_to_real_aggregates.phantoms()
    assert len({job.micrograph for job in jobs}) == len(jobs) == 660
    for style in STYLES:
        counts = {s: sum(j.folder == f"{s}/{style}" for j in jobs) for s in ("train", "validation")}
        assert {**counts, "test": 0} == CONFIG.expected[style]
    assert CONFIG.expected["pairs"] == sim_to_real.expected_counts()["pairs"]
    (of_train,), (of_validation,) = jobs[0].items(), jobs[600].items()
    assert of_train.group == of_validation.group
    assert not np.array_equal(of_train.image, of_validation.image)
