"""Windows along filaments: where they lie, of which classes and micrographs."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import small_filaments
from small_filaments import MICROGRAPHS

from benchmark.data import filament_windows
from benchmark.data.filament_windows import BoxedScene, Window
from tem_virus_dataset.micrographs.patch import cut
from tem_virus_dataset.sources import mirror

TRAIN = [name for name in MICROGRAPHS if name.startswith("train/")]


def windows(scenes: list[BoxedScene], per_box: int = 6, seed: int = 0) -> list[Window]:
    return filament_windows.windows(scenes, per_box, seed)


@pytest.fixture(scope="module")
def scenes() -> list[BoxedScene]:
    return [small_filaments.scene(name) for name in TRAIN]


def test_points_lie_on_the_filament_where_the_centre_of_its_box_does_not(
    scenes: list[BoxedScene],
) -> None:
    for scene in scenes[:3]:
        radius, (box,) = MICROGRAPHS[scene.micrograph], scene.boxes
        assert small_filaments.distance(box[:1], box[1:2], radius)[0] > 60
        rng = np.random.default_rng(0)
        found = filament_windows.points(filament_windows.contrast(scene.image), box, 8, rng)
        x, y = np.array(found).T
        assert small_filaments.distance(x, y, radius).max() < small_filaments.WIDTH
        between = np.hypot(x[:, None] - x, y[:, None] - y)[~np.eye(len(x), dtype=bool)]
        assert between.min() >= filament_windows.APART


def test_more_points_than_the_filament_has_room_for_are_drawn_closer(
    scenes: list[BoxedScene],
) -> None:
    assert len(windows(scenes[:1] + scenes[3:], 500)) == 0  # a single length is a fixed size
    measure = filament_windows.contrast(scenes[0].image)
    small = np.array([350.0, 250.0, 12.0, 8.0])  # 4 to 8 blocks, a third of them
    found = filament_windows.points(measure, small, 9, np.random.default_rng(0))
    assert len(found) == 9
    assert all(340 <= x <= 360 and 240 <= y <= 260 for x, y in found)


def test_only_classes_with_long_boxes_of_differing_length_have_filaments(
    scenes: list[BoxedScene],
) -> None:
    assert filament_windows.classes(scenes) == ("Ebola",)  # 320 nm of Orf: a fixed box
    small = [dataclasses.replace(scene, boxes=scene.boxes / 4) for scene in scenes]
    assert filament_windows.classes(small) == ()
    assert len(windows(small)) == 0


def test_windows_are_patches_of_their_micrograph(scenes: list[BoxedScene]) -> None:
    found = windows(scenes)
    assert len(found) == 18
    assert {window.image.shape for window in found} == {(256, 256)}
    assert {window.image.dtype for window in found} == {np.dtype(np.uint8)}
    assert {window.micrograph for window in found} == {f"train/Ebola/{stem}" for stem in "abc"}
    assert found[0].id == "train/Ebola/a#window1_1"
    assert len({window.id for window in found}) == 18
    assert all(window.id.partition("#")[0] == window.micrograph for window in found)


def test_a_window_at_the_border_is_mirrored_as_a_patch_is(
    scenes: list[BoxedScene], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filament_windows, "points", lambda *_: [(350.0, 3.0)])
    expected = cut(scenes[0].image, 350, 3)
    np.testing.assert_array_equal(windows(scenes)[0].image, expected)


def test_places_depend_on_seed_and_micrograph_alone(scenes: list[BoxedScene]) -> None:
    def images(found: list[Window]) -> list[bytes]:
        return [window.image.tobytes() for window in found]

    first = images(windows(scenes))
    assert images(windows(scenes)) == first
    assert images(windows(scenes, seed=1)) != first
    assert images(windows(scenes[1:])) == first[6:]  # a fold without the first micrograph


def test_windows_of_the_real_filaments(shared_data: Path) -> None:
    scenes = []
    for job in mirror.boxed(shared_data / "mirror_11class"):
        if job.split == "train":
            (item,) = job.items()
            low, high = np.hsplit(item.corners(), 2)
            boxes = np.hstack([(low + high) / 2, high - low])
            scenes.append(BoxedScene(job.micrograph, item.image, boxes))
    assert filament_windows.classes(scenes) == ("Ebola", "Marburg")
    found = filament_windows.windows(scenes, 4, 0)
    assert len(found) == 4 * (36 + 49)
    images = {scene.micrograph: scene.image for scene in scenes}
    darker = [  # as filaments and their stain are
        window.image[88:168, 88:168].mean() < np.percentile(images[window.micrograph], 75)
        for window in found
    ]
    assert np.mean(darker) > 0.97
