import csv
import io

import numpy as np
import pytest
import small_archive
from PIL import Image

from tem_virus_dataset import DatasetError, facts
from tem_virus_dataset.formats import image_file
from tem_virus_dataset.sources import mirror

DARKEST = 60  # the images written hold 105 to 195; JPEG adds a little, the frame is 0 to 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A manual dir with the small mirror some folders down; only to be read."""
    root = tmp_path_factory.mktemp("mirror")
    small_archive.write_mirror(root / "FRCNN" / "dataset-yolo")
    return root


@pytest.fixture
def own_folder(tmp_path):
    """A small mirror to damage."""
    small_archive.write_mirror(tmp_path)
    return tmp_path


def expected_patches():
    """Id, micrograph, window and centre of each patch."""
    for name, (window, centres) in small_archive.MIRROR.items():
        split, _, rest = name.replace("valid/", "validation/").partition("/")
        class_name, _, stem = rest.partition("_")
        for number, centre in enumerate(centres, start=1):
            micrograph = f"{split}/{class_name}/{stem}"
            yield f"{micrograph}_{number}", micrograph, name, window, centre


def test_the_visible_window_is_found_one_pixel_inside_the_frame():
    image = np.zeros((1000, 1000), np.uint8)
    image[203:905, :803] = 120
    image[500] = 0  # a dark line inside the image is no frame
    assert mirror.visible_window(image) == (0, 204, 802, 904)
    assert mirror.visible_window(np.full((700, 900), 50, np.uint8)) == (0, 0, 900, 700)


@pytest.mark.parametrize("name", small_archive.MIRROR)
def test_the_visible_window_of_a_jpeg(folder, name):
    path = folder / "FRCNN/dataset-yolo/images" / f"{name}.jpg"
    found = mirror.visible_window(image_file.gray(path.read_bytes(), name))
    (x0, y0, x1, y1), _ = small_archive.MIRROR[name]
    assert found == (x0 + (x0 > 0), y0 + (y0 > 0), x1 - (x1 < 1000), y1 - (y1 < 1000))


def test_every_box_gives_the_patch_around_its_centre(folder):
    found = {
        f"{job.folder}/{patch.name}": (f"{job.folder}/{job.stem}", patch)
        for job in mirror.jobs(folder)
        for patch in job.items()
    }
    expected = list(expected_patches())
    assert sorted(found) == sorted(name for name, *_ in expected)
    for patch_id, micrograph, name, (x0, y0, x1, y1), (x, y) in expected:
        found_micrograph, patch = found[patch_id]
        assert found_micrograph == micrograph
        assert patch.file.endswith(f"images/{name}.jpg")
        assert patch.image.shape == (256, 256)
        assert patch.image.min() > DARKEST  # no pixel of the black frame
        image = np.asarray(Image.open(folder / "FRCNN/dataset-yolo/images" / f"{name}.jpg"))
        if x0 < x < x1 - 1 and y0 < y < y1 - 1:
            assert patch.image[128, 128] == image[y, x]
        inside = image[max(y - 128, y0 + 1) : y, max(x - 128, x0 + 1) : x]  # above and to the left
        corner = patch.image[128 - inside.shape[0] : 128, 128 - inside.shape[1] : 128]
        if y < y1 - 1 and x < x1 - 1:
            np.testing.assert_array_equal(corner, inside)


def test_jobs_count_what_they_yield(folder):
    for job in mirror.jobs(folder):
        assert job.count == len(list(job.items()))


def test_the_config_builds_from_the_folder_and_from_a_zip(folder, tmp_path):
    small_archive.pack(folder, tmp_path / "repository.zip")
    built = [
        small_archive.build(manual_dir, tmp_path / data_dir, small_archive.MIRROR_CONFIG)
        for manual_dir, data_dir in ((folder, "a"), (tmp_path, "b"))
    ]
    one, other = ({e["id"]: e for e in builder.examples()} for builder in built)
    assert {i: e["micrograph"] for i, e in one.items()} == {
        i: micrograph for i, micrograph, *_ in expected_patches()
    }
    for patch_id, example in one.items():
        np.testing.assert_array_equal(example["image"], other[patch_id]["image"])
        assert built[0].builder_config.classes[example["label"]] == patch_id.split("/")[1]


@pytest.mark.parametrize(
    "line, said",
    [
        ("4 0.5 0.5 0.1", "4 numbers"),
        ("4 0.5 0.5 0.1 0.1 0.9", "6 numbers"),
        ("4 left 0.5 0.1 0.1", "'left'"),
        ("4 1.01 0.5 0.1 0.1", "centre outside the image"),
        ("4 0.5 -0.01 0.1 0.1", "centre outside the image"),
        ("4 nan 0.5 0.1 0.1", "not finite"),
        ("4 500 400 80 80", "centre outside the image"),
        ("4 0.5 0.5 0 0.1", "no size, or larger"),
        ("4 0.5 0.5 0.1 1.01", "no size, or larger"),
        ("0 0.5 0.5 0.1 0.1", "Ebola is class 4"),
    ],
)
def test_a_bad_label_line_is_named(own_folder, line, said):
    labels = own_folder / "labels/train/Ebola_x_1.txt"
    labels.write_text(f"4 0.5 0.5 0.1 0.1\n\n{line}\n")
    with pytest.raises(DatasetError) as caught:
        mirror.jobs(own_folder)
    message = str(caught.value)
    assert f"{labels}, line 3: {line!r}" in message
    assert said in message
    assert "expected `class x y width height`" in message


def test_labels_that_are_not_text_are_named(own_folder):
    labels = own_folder / "labels/test/Orf_z.txt"
    labels.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(DatasetError, match=r"Orf_z\.txt, line 1"):
        mirror.jobs(own_folder)


def test_a_picture_without_labels_is_named(own_folder):
    (own_folder / "labels/valid/Ebola_y.txt").unlink()
    with pytest.raises(
        DatasetError, match=r"labels/valid/Ebola_y\.txt: missing; expected the boxes"
    ):
        mirror.jobs(own_folder)


@pytest.mark.parametrize("removed", ["images", "labels"])
def test_no_mirror_there(own_folder, removed):
    (own_folder / removed).rename(own_folder / "moved")
    with pytest.raises(
        DatasetError, match=r"expected the mirror of 701 micrographs\. Take the zip"
    ):
        mirror.jobs(own_folder)


def test_a_truncated_picture_is_named_and_nothing_stays(own_folder, tmp_path_factory):
    picture = own_folder / "images/test/Orf_z.jpg"
    picture.write_bytes(picture.read_bytes()[:9000])
    data_dir = tmp_path_factory.mktemp("data")
    with pytest.raises(DatasetError, match=r"Orf_z\.jpg: cannot be decoded, 9000 bytes"):
        small_archive.build(own_folder, data_dir, small_archive.MIRROR_CONFIG)
    assert small_archive.left_over(data_dir) == []


def test_an_all_black_picture_is_refused(own_folder):
    Image.new("L", (1000, 1000)).save(own_folder / "images/test/Orf_z.jpg")
    job = next(j for j in mirror.jobs(own_folder) if j.class_name == "Orf")
    with pytest.raises(DatasetError, match=r"Orf_z\.jpg: all black; expected a micrograph"):
        list(job.items())


def test_a_picture_in_colour_is_refused(own_folder):
    picture = own_folder / "images/test/Orf_z.jpg"
    colour = io.BytesIO()
    Image.new("RGB", (1000, 1000), (10, 90, 200)).save(colour, "JPEG")
    picture.write_bytes(colour.getvalue())
    job = next(j for j in mirror.jobs(own_folder) if j.class_name == "Orf")
    with pytest.raises(DatasetError, match=r"Orf_z\.jpg: image of mode RGB; expected one chan"):
        list(job.items())


def test_the_labels_of_the_real_mirror_give_the_table(shared_data):
    jobs = mirror.jobs(shared_data / "mirror_11class")
    found = {
        name: {
            split: sum(j.count for j in jobs if (j.split, j.class_name) == (split, name))
            for split in facts.SPLITS
        }
        for name in {job.class_name for job in jobs}
    }
    assert found == dict(mirror.EXPECTED)
    assert [sum(row[s] for row in found.values()) for s in facts.SPLITS] == [3075, 1071, 984]
    assert len({(job.folder, job.stem) for job in jobs}) == len(jobs) == 701


def test_the_visible_windows_of_the_real_mirror(shared_data):
    folder = shared_data / "mirror_11class"
    with (folder / "visible_window.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 701
    equal = 0
    for row in rows:
        name = f"{mirror.FOLDERS[row['split']]}/{row['class']}_{row['raw_stem']}.jpg"
        image = image_file.gray((folder / "images" / name).read_bytes(), name)
        x0, y0, x1, y1 = mirror.visible_window(image)
        left, top, right, bottom = (int(row[key]) for key in ("x0", "y0", "x1", "y1"))
        assert left <= x0 < x1 <= right, name
        assert top <= y0 < y1 <= bottom, name
        equal += (x0, y0, x1, y1) == (left, top, right, bottom)
    assert equal >= 680
