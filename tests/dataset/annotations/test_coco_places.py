"""Images of COCO JSON that name the machine on which they were annotated."""

import pytest
from small_annotations import HEIGHT, WIDTH, picture
from test_coco_file import written

from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations import coco


def named(folder, *names):
    return written(
        folder, images=[{"id": n, "file_name": name} for n, name in enumerate(names, start=7)]
    )


@pytest.mark.parametrize(
    "place",
    [
        r"C:\Users\me\pictures\{}", "/home/me/data/pictures/{}", "../../upload/1/pictures/{}",
        "https://store/x/pictures/{}", r"..\pictures\{}", "/home/me/{}",
    ],
)  # fmt: skip
def test_the_longest_end_of_a_foreign_path_is_looked_for(tmp_path, place):
    path = named(tmp_path, place.format("a.png"), place.format("B.png"))
    picture(tmp_path / "pictures/day/a.png")
    found = coco.read(path, [tmp_path, tmp_path / "pictures"])
    assert [one.path.name for one in found.pictures] == ["a.png", "b.png"]
    assert {one.path.parent for one in found.pictures} == {tmp_path / "pictures"}
    assert len(found.pictures[0].boxes) == 2


def test_a_path_within_the_folder_is_taken_as_it_is(tmp_path):
    with pytest.raises(DatasetError, match=r"'old/a.png' is not there; .*Put the images there"):
        coco.read(named(tmp_path, "old/a.png", "b.png"), tmp_path / "pictures")


def test_two_images_that_are_one_file_by_the_ends_of_their_paths(tmp_path):
    path = named(tmp_path, "/day1/a.png", "/day2/a.png")
    with pytest.raises(DatasetError, match=r"images with id 7 and 8 are both .*a\.png; .*apart"):
        coco.read(path, tmp_path / "pictures")


def test_two_folders_that_the_ends_of_paths_fit(tmp_path):
    path = named(tmp_path, "/home/me/a.png", "/home/me/b.png")
    for name in ("a.png", "b.png"):
        picture(tmp_path / "copy" / name)
    places = [tmp_path / "pictures", tmp_path / "copy"]
    assert len(coco.read(path, places).pictures) == 2
    picture(tmp_path / "copy/a.png", (WIDTH, HEIGHT))
    with pytest.raises(DatasetError, match=r"a\.png have the same name, and differ"):
        coco.read(path, places)
