"""Where images and labels may lie, and which split they are in."""

import unicodedata

import pytest
import small_archive
from small_annotations import STEMS, divided, picture

from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations import yolo

NAMES = "names: [virus, exosome]\n"
KEYS = ("train", "val", "test")


def splits(found):
    return {picture.path.name[0]: picture.split for picture in found.pictures}


EXPECTED = {stem: split for split, stem in STEMS.items()}
LAYOUTS = {
    "capitals": ("Images/{}/{}.PNG", "Labels/{}/{}.txt", ("Train", "Val", "TEST")),
    "years": ("images/{}/{}.png", "labels/{}/{}.txt", ("train2017", "val2017", "test2017")),
    "nested": ("images/{}/day 1/x/{}.png", "labels/{}/day 1/x/{}.txt", KEYS),
    "nested in a split": ("{}/images/day 1/{}.png", "{}/labels/day 1/{}.txt", KEYS),
    "side by side": ("{}/{}.png", "{}/{}.txt", ("train", "valid", "test")),
    "side by side, nested": ("{}/day 1/{}.png", "{}/day 1/{}.txt", KEYS),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_splits_by_folders(tmp_path, layout):
    images, labels, names = LAYOUTS[layout]
    found = yolo.read(divided(tmp_path, images, labels, splits=names))
    assert splits(found) == EXPECTED
    assert all(len(picture.boxes) == 2 for picture in found.pictures)
    assert found.notes == ()


def pool(folder, ending="png"):
    """Images and labels of all splits in one folder."""
    for stem in STEMS.values():
        picture(folder / f"images/{stem}.{ending}")
        small_archive.text(folder / f"labels/{stem}.txt", "0 .5 .5 .1 .1")


YAMLS = {
    "folders of other names": (
        "{root}/images/y{n}",
        "train: images/y0\nval: images/y1\ntest: images/y2\n",
    ),
    "Roboflow": (
        "{root}/images/y{n}",
        "".join(f"{k}: ../images/y{n}\n" for n, k in enumerate(KEYS)),
    ),
    "a folder of another machine": (
        "{root}/images/y{n}",
        "path: /content/x\n"
        + "".join(f"{k}: /content/x/images/y{n}\n" for n, k in enumerate(KEYS)),
    ),
    "backslashes": (
        "{root}/images/y{n}",
        "".join(f"{k}: images\\y{n}\n" for n, k in enumerate(KEYS)),
    ),
    "several folders": (
        "{root}/images/y{n}",
        "train: [images/y0]\nval:\n- images/y1\ntest: images/y2\n",
    ),
}


@pytest.mark.parametrize("case", YAMLS)
def test_splits_by_data_yaml(tmp_path, case):
    _, text = YAMLS[case]
    divided(tmp_path, names="", splits=("y0", "y1", "y2"))
    (tmp_path / "data.yaml").write_text(text + NAMES)
    assert splits(yolo.read(tmp_path)) == EXPECTED


@pytest.mark.parametrize(
    "line", ["./images/{}.png", "data/images/{}.png", "C:\\mine\\images\\{}.png"]
)
def test_splits_by_lists_of_images(tmp_path, line):
    pool(tmp_path)
    for key, stem in zip(KEYS, STEMS.values(), strict=True):
        (tmp_path / f"{key}.txt").write_text(line.format(stem) + "\n")
    lists = "".join(f"{key}: {key}.txt\n" for key in KEYS)
    (tmp_path / "data.yaml").write_text(lists + NAMES)
    found = yolo.read(tmp_path)
    assert splits(found) == EXPECTED
    assert found.notes == ()
    (tmp_path / "images/a.png").unlink()
    (tmp_path / "train.txt").write_text("images/a.png\nimages/z.png\n")
    with pytest.raises(DatasetError, match=r"names 'images/a\.png', which is not there and 1 more"):
        yolo.read(tmp_path)


def test_splits_by_lists_of_pascal_voc(tmp_path):
    for stem in STEMS.values():
        picture(tmp_path / f"VOC2007/JPEGImages/{stem}.jpg")
        box = "<xmin>1</xmin><ymin>2</ymin><xmax>9</xmax><ymax>8</ymax>"
        text = f"<annotation><object><name>virus</name><bndbox>{box}</bndbox></object></annotation>"
        small_archive.text(tmp_path / f"VOC2007/Annotations/{stem}.xml", text)
    for key, stem in zip(KEYS, STEMS.values(), strict=True):
        small_archive.text(tmp_path / f"VOC2007/ImageSets/Main/{key}.txt", f"{stem}\n")
    found = yolo.read(tmp_path)
    assert splits(found) == EXPECTED
    assert {picture.boxes for picture in found.pictures} == {((1, 2, 9, 8),)}


def test_data_yaml_wins_over_the_names_of_folders_and_that_is_reported(tmp_path):
    divided(tmp_path, names="")
    text = "train: images/train\nval: images/test\ntest: images/validation\n"
    (tmp_path / "data.yaml").write_text(text + NAMES)
    found = yolo.read(tmp_path)
    assert splits(found) == {"a": "train", "b": "test", "c": "validation"}
    assert "data.yaml has them: validation is images/test, test is images/validation" in str(found)


def test_a_split_that_data_yaml_leaves_out_is_that_of_the_folder(tmp_path):
    divided(tmp_path, names="")
    (tmp_path / "data.yaml").write_text(
        f"train: images/train\nval: images/validation\ntest:\n{NAMES}"
    )
    assert splits(yolo.read(tmp_path)) == EXPECTED


BAD_YAMLS = {
    "a folder that is not there": ("train: images/y7", r"train is 'images/y7', which is not there"),
    "one folder for two splits": (
        "train: images/y0\nval: images/y1\ntest: images/y1",
        r"images/y1 is in validation and in test; expected every image in one split",
    ),
    "keypoints": ("kpt_shape: [5, 3]", "kpt_shape, so the labels are keypoints; expected boxes"),
    "another number": (
        "nc: 3",
        r"nc is 3, and there are 2 names \(virus, exosome\); expected as m",
    ),
}


@pytest.mark.parametrize("fault", BAD_YAMLS)
def test_a_bad_data_yaml_is_named(tmp_path, fault):
    text, found = BAD_YAMLS[fault]
    divided(tmp_path, names="", splits=("y0", "y1", "y2"))
    (tmp_path / "data.yaml").write_text(f"{text}\n{NAMES}")
    with pytest.raises(DatasetError, match=rf"data\.yaml: .*{found}"):
        yolo.read(tmp_path)


def test_hidden_files_and_spellings_of_names(tmp_path):
    divided(tmp_path)
    for path in [path for path in tmp_path.rglob("*.*") if path.is_file()]:
        path.with_name(f"._{path.name}").write_bytes(b"\0\5\x16\7")
    (tmp_path / "images/train/Thumbs.db").write_bytes(b"x")
    for folder, form in (("images", "NFC"), ("labels", "NFD")):
        (file,) = (tmp_path / folder / "train").glob("a.*")
        file.rename(file.with_stem(unicodedata.normalize(form, "é")))
    file = tmp_path / "labels/test/c.txt"
    file.rename(file.with_name("C.TXT"))
    found = yolo.read(tmp_path)
    assert [len(picture.boxes) for picture in found.pictures] == [2, 2, 2]
    assert found.notes == ()


def test_the_original_beside_an_image_is_not_looked_at(tmp_path):
    divided(tmp_path)
    (tmp_path / "images/train/a.dm4").write_bytes(b"x" * 99)
    found = yolo.read(tmp_path)
    assert splits(found) == EXPECTED
    assert found.notes == ("not looked at: 1 image (images/train/a.dm4)",)


def test_results_of_a_prediction_within_are_no_labels(tmp_path):
    divided(tmp_path)
    before = yolo.read(tmp_path)
    for name in ("done/a.json", "particles/a.csv", "labels/classes.txt", "labels/a.txt"):
        small_archive.text(tmp_path / "predictions" / name, "0 .5 .5 .1 .1")
    picture(tmp_path / "predictions/overlays/a.png.jpg")
    found = yolo.read(tmp_path)
    assert (splits(found), found.notes) == (splits(before), before.notes)


def test_what_is_not_looked_at_is_counted_by_kind(tmp_path):
    divided(tmp_path)
    for name in ("images/holdout/d.png", "images/holdout/e.png", "labels/holdout/d.txt", "f.webp"):
        small_archive.text(tmp_path / name, "x")
    small_archive.text(tmp_path / "README.txt", "x")
    assert yolo.read(tmp_path).notes == (
        "not looked at: 1 file .txt (labels/holdout/d.txt), 1 file .webp (f.webp), "
        "2 images (images/holdout/d.png, ...)",
    )


def test_labels_that_are_laid_out_otherwise_name_the_image(tmp_path):
    divided(tmp_path, images="images/{}/day 1/{}.png")
    with pytest.raises(DatasetError, match=r"Lay the labels out as the images are: .*day 1/a\.png"):
        yolo.read(tmp_path)
