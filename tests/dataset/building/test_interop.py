"""Prepared data as others' code reads them: tf.data, random access, data frames, galleries."""

import importlib.util
import json
import re
import shutil
from pathlib import Path

import matplotlib
import numpy as np
import pytest
import small_archive
import tensorflow as tf
import tensorflow_datasets as tfds

from tem_virus_dataset import Builder, DatasetError, facts
from tem_virus_dataset.__main__ import main
from tem_virus_dataset.building import content_hash
from tem_virus_dataset.commands import figure

matplotlib.use("Agg")
NAME = "tem_virus/phantom_14class"


def hash_of(data_dir):
    builder = Builder(config="phantom_14class", data_dir=data_dir)
    digest = builder.builder_config.digest
    return content_hash.content_hash({e["id"]: digest(e) for e in builder.examples()})


def stretched(example):
    """Make uint8 of raw counts, as a user does for images on a page."""
    image = tf.cast(example["image"], tf.float32)
    low, high = tf.reduce_min(image), tf.reduce_max(image)
    return {**example, "image": tf.cast(255 * (image - low) / (high - low), tf.uint8)}


def test_slices_are_disjoint_and_whole(phantom_dir):
    parts = tfds.load(NAME, data_dir=phantom_dir, split=["train[:80%]", "train[80%:]"])
    first, rest = ({e["id"] for e in tfds.as_numpy(part)} for part in parts)
    assert (len(first), len(rest)) == (234, 58)
    assert not first & rest
    folds = [f"test[{k}%:{k + 25}%]" for k in range(0, 100, 25)]
    assert sum(map(len, tfds.load(NAME, data_dir=phantom_dir, split=folds))) == 84


def test_as_supervised_and_with_info(phantom_dir):
    (train, test), info = tfds.load(
        NAME, data_dir=phantom_dir, split=["train", "test"], as_supervised=True, with_info=True
    )
    image, label = train.element_spec
    assert (image.shape, image.dtype) == ((256, 256, 1), tf.uint16)
    assert (label.shape, label.dtype) == ((), tf.int64)
    assert info.features["label"].names == list(facts.CLASSES_14)
    assert info.splits["train"].num_examples == len(train) == 292
    labels = [int(label) for _, label in test]
    assert np.bincount(labels).tolist() == [6] * 14


def test_random_access_gives_raw_counts(array_dir):
    source = tfds.data_source(NAME, data_dir=array_dir, split="train[:80%]")
    assert len(source) == 234
    for index in (233, 0, 117):
        example = source[index]
        assert (example["image"].shape, example["image"].dtype) == ((256, 256, 1), np.uint16)
        assert example["id"].startswith(f"train/{facts.CLASSES_14[example['label']]}/".encode())
    assert example["image"].max() > 255
    batch = source.__getitems__([117, 0])  # as a DataLoader asks
    np.testing.assert_array_equal(batch[0]["image"], example["image"])
    np.testing.assert_array_equal(batch[1]["image"], source[0]["image"])


def test_both_formats_hold_the_same(phantom_dir, array_dir):
    assert hash_of(array_dir) == hash_of(phantom_dir)


def test_both_formats_give_the_same_figure(phantom_dir, array_dir, tmp_path):
    files = [tmp_path / "a.png", tmp_path / "b.png"]
    for data_dir, file in zip((phantom_dir, array_dir), files, strict=True):
        figure.write(Builder(config="phantom_14class", data_dir=data_dir), file)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_array_record_is_read_verified_and_drawn_without_tensorflow(fresh, array_dir, tmp_path):
    code = """
import json, sys
import tem_virus_dataset, tensorflow_datasets as tfds
from tem_virus_dataset.__main__ import main
place = ["phantom_14class", "--data-dir", sys.argv[1]]
source = tfds.data_source("tem_virus/phantom_14class", data_dir=sys.argv[1], split="test")
print(json.dumps([len(source), str(source[5]["image"].dtype), source[5]["image"].shape]))
print(main(["figure", *place, "--out", sys.argv[2]]), main(["verify", *place]))
print("tensorflow" in sys.modules)
"""
    process = fresh(code, array_dir, tmp_path / "a.png")
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    lines = out.splitlines()
    assert json.loads(lines[0]) == [84, "uint16", [256, 256, 1]]
    assert f"the figure is in {tmp_path / 'a.png'}" in lines
    assert lines[-3:] == [f"content hash {hash_of(array_dir)}", "0 0", "False"]


def test_the_figure_needs_no_opencv(array_dir, tmp_path, monkeypatch):
    without(monkeypatch, "cv2")
    figure.write(Builder(config="phantom_14class", data_dir=array_dir), tmp_path / "a.png")


def without(monkeypatch, package):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == package else find(name, *a)
    )


@pytest.mark.parametrize("package, words", [("cv2", "OpenCV"), ("array_record", "array_record")])
def test_a_missing_package_is_named(array_dir, monkeypatch, capsys, package, words):
    without(monkeypatch, package)
    with pytest.raises(DatasetError, match=words) as caught:
        next(Builder(config="phantom_14class", data_dir=array_dir).examples())
    message = str(caught.value)
    assert message.startswith(f"{array_dir}/tem_virus/phantom_14class/1.0.0: ")
    assert message.endswith("pip install '.[notebook]'")
    assert main(["verify", "phantom_14class", "--data-dir", str(array_dir)]) == 1
    assert capsys.readouterr().err == f"error: {message}\n"


def test_array_record_is_not_begun_without_its_package(tmp_path, monkeypatch, capsys):
    without(monkeypatch, "array_record")
    place = ["phantom_14class", "--data-dir", str(tmp_path)]
    assert main(["prepare", *place, "--file-format", "array_record"]) == 1
    assert "expected it to be installed" in capsys.readouterr().err
    assert not small_archive.left_over(tmp_path)


def test_a_folder_holds_one_format(phantom_dir, array_dir, capsys):
    there = [("tfrecord", "array_record", phantom_dir), ("array_record", "tfrecord", array_dir)]
    for found, wanted, data_dir in there:
        place = ["phantom_14class", "--data-dir", str(data_dir)]
        assert main(["prepare", *place, "--file-format", wanted]) == 1
        folder = data_dir / "tem_virus/phantom_14class/1.0.0"
        assert capsys.readouterr().err.endswith(
            f"error: {folder}: prepared as {found}; expected {wanted}. A folder holds one format: "
            "name another data_dir, or delete this folder.\n"
        )
        assert main(["prepare", *place, "--file-format", found]) == 0
        assert main(["prepare", *place]) == 0  # whatever is there
    with pytest.raises(NotImplementedError):  # TFDS's own words
        tfds.data_source(NAME, data_dir=phantom_dir, split="train")


def flipped(data):
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :]


@pytest.mark.parametrize(
    "change",
    [
        flipped,
        lambda data: data[: len(data) // 2],
        lambda data: data[:-100],
        lambda data: b"",
        lambda data: b"no record",
        None,  # deleted
    ],
    ids=["flipped", "half", "end cut off", "empty", "text", "deleted"],
)
@pytest.mark.parametrize("split", ["train", "test"])
def test_damaged_array_record_is_named_with_the_remedy(array_dir, tmp_path, split, change):
    shutil.copytree(array_dir / "tem_virus", tmp_path / "tem_virus")
    folder = tmp_path / "tem_virus/phantom_14class/1.0.0"
    (file,) = folder.glob(f"*-{split}.array_record*")
    if change:
        file.write_bytes(change(file.read_bytes()))
    else:
        file.unlink()
    with pytest.raises(DatasetError) as caught:
        list(Builder(config="phantom_14class", data_dir=tmp_path).examples())
    message = str(caught.value)
    assert message.startswith(f"{folder}, split {split}: damaged (")
    number = {"train": 292, "test": 84}[split]
    assert message.endswith(
        f"expected {number} intact examples. Delete the folder and prepare the config again."
    )


def test_as_dataframe(phantom_dir):
    dataset, info = tfds.load(NAME, data_dir=phantom_dir, split="test", with_info=True)
    frame = tfds.as_dataframe(dataset.take(4), info)
    assert list(frame.columns) == ["id", "image", "label", "micrograph"]
    assert len(frame) == 4
    assert frame["image"][0].dtype == np.uint16
    for identifier, label in zip(frame["id"], frame["label"], strict=True):
        assert identifier.decode().split("/")[1] == facts.CLASSES_14[label]
    page = tfds.as_dataframe(dataset.take(4).map(stretched), info)._repr_html_()
    assert len(re.findall("<img", page)) == 4


def test_mocked_data_need_none_that_are_prepared():
    of_tfds = Path(tfds.testing.__file__).parent
    before = set(of_tfds.rglob("tem_virus/**/*"))
    with tfds.testing.mock_data(num_examples=3):
        for name in (NAME, "tem_virus/patches_14class"):  # the latter has an archive
            train = tfds.load(name, split="train", as_supervised=True)
            assert [image.shape for image, _ in tfds.as_numpy(train)] == [(256, 256, 1)] * 3
    assert set(of_tfds.rglob("tem_virus/**/*")) == before


def test_a_build_of_some_examples_is_refused(tmp_path, phantom_dir):
    some = {"download_config": tfds.download.DownloadConfig(max_examples_per_split=5)}
    with pytest.raises(DatasetError, match=r'per_split=5: a build is of all .* split="train\[:10'):
        tfds.load(NAME, data_dir=tmp_path, download_and_prepare_kwargs=some)
    assert not list(tmp_path.rglob("*.json"))
    found = tfds.load(NAME, data_dir=phantom_dir, split="train", download_and_prepare_kwargs=some)
    assert len(found) == 292  # all are there


def test_show_examples(phantom_dir):
    dataset, info = tfds.load(NAME, data_dir=phantom_dir, split="test", with_info=True)
    drawn = tfds.show_examples(dataset, info, rows=2, cols=3)
    assert isinstance(drawn, matplotlib.figure.Figure)
    titles = [axes.get_title() or axes.get_xlabel() for axes in drawn.axes]
    names = "|".join(facts.CLASSES_14)
    assert len(titles) == 6
    assert all(re.match(rf"({names}) \(\d+\)", title) for title in titles), titles
    matplotlib.pyplot.close(drawn)


@pytest.fixture(scope="module")
def micrographs(archive, tmp_path_factory):
    config = next(c for c in small_archive.CONFIGS if c.name == "small_micrographs_22class")
    data_dir = tmp_path_factory.mktemp("micrographs")
    small_archive.build(archive, data_dir, config)
    return tfds.load("tem_virus/small_micrographs_22class", data_dir=data_dir, split="train")


@pytest.fixture(scope="module")
def boxes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("boxes")
    small_archive.write_mirror(folder / "mirror")
    small_archive.build(folder / "mirror", folder / "data", small_archive.BOXES_CONFIG)
    return tfds.load("tem_virus/small_mirror_11class_boxes", data_dir=folder / "data")


def test_micrographs_are_padded_to_the_largest(micrographs):
    alone = list(micrographs.take(4))
    batch = next(iter(micrographs.padded_batch(4, padding_values=padding(micrographs))))
    sides = np.array([e["image"].shape for e in alone])
    assert batch["image"].shape == (4, *sides.max(0))
    assert batch["points"].shape == (4, max(len(e["points"]) for e in alone), 2)
    for number, example in enumerate(alone):
        height, width, _ = example["image"].shape
        np.testing.assert_array_equal(batch["image"][number, :height, :width], example["image"])
        assert not batch["image"][number, height:].numpy().any()
        particle = batch["particle"][number].numpy()
        assert particle[particle >= 0].tolist() == example["particle"].numpy().tolist()


def padding(dataset):
    """Pad labels and particles with -1, since 0 is a class and a particle; all else with 0."""
    values = {tf.int32: -1, tf.int64: -1, tf.string: ""}
    return tf.nest.map_structure(
        lambda spec: tf.constant(values.get(spec.dtype, 0), spec.dtype), dataset.element_spec
    )


def test_micrographs_make_ragged_batches(micrographs):
    alone = list(micrographs.take(4))
    batch = next(iter(micrographs.ragged_batch(4)))
    for number, example in enumerate(alone):
        np.testing.assert_array_equal(batch["image"][number].to_tensor(), example["image"])
        np.testing.assert_array_equal(batch["points"][number], example["points"])
        assert batch["nm_per_pixel"][number] == example["nm_per_pixel"]


def test_boxes_come_as_n_by_4_and_can_be_batched(boxes):
    train = boxes["train"]
    spec = train.element_spec["objects"]["bbox"]
    assert (spec.shape.as_list(), spec.dtype) == ([None, 4], tf.float32)
    alone = {e["id"].numpy().decode(): e["objects"] for e in train}
    found = {name: e["bbox"].shape.as_list() for name, e in alone.items()}
    assert found == {"train/Ebola/x_1": [3, 4], "train/Rift Valley/a b-2": [2, 4]}
    (padded,) = train.padded_batch(2, padding_values=padding(train))
    (ragged,) = train.ragged_batch(2)
    for number, name in enumerate(padded["id"].numpy()):
        expected = alone[name.decode()]
        there = padded["objects"]["label"][number] >= 0
        for objects in (
            tf.nest.map_structure(lambda v, n=number, t=there: v[n][t], padded["objects"]),
            tf.nest.map_structure(lambda v, n=number: v[n], ragged["objects"]),
        ):
            np.testing.assert_array_equal(objects["bbox"], expected["bbox"])
            np.testing.assert_array_equal(objects["label"], expected["label"])
