"""Prepared data that are damaged or not there, and the command's one error."""

import shutil
from pathlib import Path

import pytest
import small_archive
import tensorflow_datasets as tfds
from small_archive import left_over

from tem_virus_dataset import Builder, DatasetError
from tem_virus_dataset.__main__ import main


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)


@pytest.mark.parametrize(
    "damage",
    [
        flip,
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        lambda path: path.write_bytes(b""),
        Path.unlink,
    ],
    ids=["a flipped byte", "cut off", "emptied", "deleted"],
)
def test_a_damaged_shard_is_named_on_reading(small_dir, data_dir, damage):
    shutil.copytree(small_dir, data_dir)
    folder = data_dir / "tem_virus/small/1.0.0"
    damage(folder / "tem_virus-test.tfrecord-00000-of-00001")
    with pytest.raises(DatasetError) as caught:
        list(Builder(config=small_archive.CONFIG, data_dir=data_dir).examples())
    assert str(caught.value).startswith(f"{folder}, split test: damaged (")
    assert "expected 16 intact examples. Delete the folder and prepare" in str(caught.value)


def test_reading_a_config_that_is_not_prepared(data_dir):
    with pytest.raises(DatasetError, match=r"1\.0\.0: not prepared\. .*prepare"):
        list(Builder(config=small_archive.CONFIG, data_dir=data_dir).examples())


@pytest.mark.parametrize("read", [tfds.load, tfds.data_source])
def test_loading_without_download_says_how_to_prepare(data_dir, read):
    with pytest.raises(DatasetError) as caught:
        read("tem_virus/mirror_11class", split="test", data_dir=data_dir, download=False)
    assert f"{data_dir}/tem_virus/mirror_11class/1.0.0: not prepared." in str(caught.value)
    assert "Then: tem-virus prepare mirror_11class --manual-dir FOLDER" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("mirror", ", did you mean 'mirror_11class'?"),
        ("tem", ""),
        ("Phantom_14clas", ", did you mean 'phantom_14class'?"),
    ],
)
def test_an_unknown_config_is_answered_with_the_known_ones(data_dir, name, guess):
    with pytest.raises(DatasetError) as caught:
        tfds.load(f"tem_virus/{name}", data_dir=data_dir)
    said = f"tem_virus/{name}: no such config{guess}; expected one of patches_14class, patches_22"
    assert said in str(caught.value)


def test_the_command_prints_one_error(archive, tmp_path, data_dir, capfd):
    arguments = ["--data-dir", str(data_dir), "--manual-dir"]
    assert main(["prepare", "patches_14class", *arguments, str(tmp_path / "none")]) == 1
    err = capfd.readouterr().err
    assert err.count("error: ") == 1
    assert f"error: {tmp_path}/none: does not exist; expected" in err
    assert "tem-virus prepare patches_14class --manual-dir" in err
    assert "Traceback" not in err
    assert main(["prepare", "patches_14class", *arguments, str(archive)]) == 1  # too small
    err = capfd.readouterr().err
    assert "train/Ebola: found 1, expected 1118" in err
    assert "Traceback" not in err
    assert left_over(data_dir) == []


def test_verify_of_a_config_that_is_not_prepared(data_dir, capsys):
    assert main(["verify", "mirror_11class", "--data-dir", str(data_dir)]) == 1
    assert capsys.readouterr().err.startswith(
        f"error: {data_dir}/tem_virus/mirror_11class/1.0.0: not"
    )


def test_verify_of_damaged_data(phantom_dir, data_dir, capsys):
    shutil.copytree(phantom_dir, data_dir)
    flip(next(data_dir.glob("tem_virus/phantom_14class/1.0.0/*-validation.tfrecord*")))
    assert main(["verify", "phantom_14class", "--data-dir", str(data_dir)]) == 1
    err = capsys.readouterr().err
    assert "split validation: damaged" in err
    assert "expected 112 intact examples" in err
