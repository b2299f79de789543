"""Fields photographed again with another rotation, scale or contrast are found, others are not."""

import itertools

import numpy as np
import pytest
from PIL import Image

from tem_virus_dataset.audit import local_features, recall, search
from tem_virus_dataset.audit.audited_micrograph import AuditedMicrograph
from tem_virus_dataset.audit.confirm import confirm
from tem_virus_dataset.audit.local_features import Proposal
from tem_virus_dataset.audit.pair import Similarity
from tem_virus_dataset.audit.texture import blur


def film(seed, side=900):
    """Stained support film with particles: smooth noise of several sizes."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((3, side, side)).astype(np.float32)
    layers = [blur(n, sigma) for n, sigma in zip(noise, (3, 8, 20), strict=True)]
    total = sum(layer / layer.std() for layer in layers)
    y, x = np.mgrid[:side, :side]
    for cx, cy in rng.uniform(50, side - 50, (14, 2)):
        total = total + 4 * (np.hypot(x - cx, y - cy) < 40)
    return np.clip(120 + 14 * total, 0, 255).astype(np.uint8)


FILM = film(1)


@pytest.mark.parametrize(
    "change",
    [
        recall.Change(11, 1, 1, 100_000),
        recall.Change(180, 1, 1, 40_000),
        recall.Change(20, 1.4, 1, 60_000),
        recall.Change(20, 0.7, 1, 60_000),
        recall.Change(20, 1, -1, 60_000),
    ],
)
def test_another_rotation_scale_and_contrast_are_found(change):
    first, second = recall.made(FILM, change, 3)
    found = search.by_features(
        first, second, local_features.detect(first), local_features.detect(second)
    )
    assert found.holds
    assert abs(found.similarity.scale - change.scale) < 0.02 * change.scale
    turned = (found.similarity.degrees + change.degrees + 180) % 360 - 180
    assert abs(turned) < 1
    assert np.sign(found.correlation) == change.sign
    assert abs(found.overlap - change.area) < 0.2 * change.area


def test_pairs_of_local_features_join_the_table_of_pairs():
    first, second = recall.made(FILM, recall.Change(30, 1, 1, 60_000), 5)
    micrographs = [
        AuditedMicrograph(split, "Orf", stem, lambda image=image: image)
        for split, stem, image in (
            ("train", "a", first),
            ("test", "b", second),
            ("test", "c", film(2)),
        )
    ]
    (pair,) = search.search(micrographs)
    assert (pair.first.stem, pair.second.stem, pair.across) == ("a", "b", True)
    assert abs(pair.similarity.degrees + 30) < 1
    x0, y0, x1, y1 = pair.box
    assert 0 <= x0 < x1 <= first.shape[1]
    assert 0 <= y0 < y1 <= first.shape[0]


def test_other_films_are_no_pair():
    images = [FILM, film(2), film(3)]
    features = [local_features.detect(image) for image in images]
    for i, j in itertools.combinations(range(3), 2):
        assert search.by_features(images[i], images[j], features[i], features[j]) is None


def test_a_wrong_proposal_of_one_field_is_refused():
    first, second = FILM[:, :500], FILM[:, 200:]
    right = confirm(first, second, Proposal(Similarity(1, -200 + 0j), 1, 9))
    assert right.holds
    assert right.agreeing == right.blocks
    wrong = confirm(first, second, Proposal(Similarity(1, -60 + 80j), 1, 9))
    assert wrong is None or not wrong.holds


def test_inverted_contrast_reorders_the_descriptors():
    first, second = local_features.detect(FILM), local_features.detect(255 - FILM)
    here, there = local_features._matches(
        first.descriptors, local_features.inverted(second.descriptors)
    )
    apart = np.linalg.norm(first.points[here] - second.points[there], axis=1)
    assert (apart < 1).mean() > 0.9
    assert len(here) > 0.8 * len(first.points)


def test_an_even_image_has_no_feature():
    even = local_features.detect(np.full((300, 300), 90, np.uint8))
    assert len(even.points) == len(even.descriptors) == 0
    assert local_features.propose(even, local_features.detect(FILM)) == []


def test_the_control_compares_other_classes_alone():
    first, second = FILM[:, :500], FILM[:, 200:]
    micrographs = [
        AuditedMicrograph("train", class_name, "a", lambda image=image: image)
        for class_name, image in (("Orf", first), ("Ebola", second), ("Orf", film(2)))
    ]
    assert search.control(micrographs, 3) == (1, 2)  # the same field under two names


def test_the_made_pairs_share_the_area_that_is_asked_for():
    _, x = np.mgrid[:900, :1000]
    plane = (x // 4).astype(np.uint8)
    first, second = recall.made(plane, recall.Change(0, 1, 1, 100_000), 0)
    side = second.shape[0]
    left = 1000 - recall.SIDE * 900 - 1
    assert abs((first.shape[1] - left) * side - 100_000) < 10 * side
    assert recall.made(plane[:, :150], recall.Change(0, 1, 1, 25_000), 0) is None
    assert Image.fromarray(second).mode == "L"
