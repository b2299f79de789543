"""The place to build in: too small, read-only, or of a format that loses examples."""

import collections
import errno
import os
import shutil
import sys
from pathlib import Path

import filelock
import pytest
import tensorflow_datasets as tfds
from refusal import refused
from small_archive import build

from tem_virus_dataset import Builder, DatasetError

Usage = collections.namedtuple("Usage", "total used free")


def test_too_little_space_before_the_build(archive, data_dir, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(2**40, 2**40, 2**20 - 1))
    message = refused(archive, data_dir)
    assert message.startswith(f"{data_dir}/tem_virus/small: not enough disk space")
    assert "0 MB free); expected 1 MB. Free some" in message


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_read_only_data_dir(archive, data_dir, monkeypatch, number):
    def refuse(path, *_, **__):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)  # root may write anywhere
    with pytest.raises(DatasetError) as caught:
        build(archive, data_dir)
    assert str(caught.value).startswith(f"{data_dir}/tem_virus/small: cannot be written (")
    assert os.strerror(number) in str(caught.value)
    assert "Choose another --data-dir" in str(caught.value)


def test_a_folder_of_the_config_that_is_read_only(archive, data_dir, monkeypatch):
    folder = data_dir / "tem_virus/small"
    folder.mkdir(parents=True)

    def refuse(*_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(folder / ".build.lock"))

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    with pytest.raises(DatasetError) as caught:
        build(archive, data_dir)
    assert str(caught.value).startswith(f"{folder}: cannot be written (")
    assert list(folder.iterdir()) == []


def test_a_data_dir_that_is_a_file(archive, data_dir):
    data_dir.write_text("")
    with pytest.raises(DatasetError, match=r"small: cannot be written \("):
        build(archive, data_dir)
    assert data_dir.read_text() == ""


@pytest.mark.parametrize("file_format", ["parquet", tfds.core.FileFormat.PARQUET])
def test_parquet_is_refused(archive, data_dir, file_format):
    message = refused(archive, data_dir, file_format=file_format)
    assert "file_format=parquet: TFDS loses examples" in message
    assert "expected tfrecord" in message


@pytest.mark.parametrize(
    ("file_format", "message"),
    [
        ("TFRecord", "file_format=TFRecord: no such format, did you mean 'tfrecord'?; expected tf"),
        ("h5", "file_format=h5: no such format; expected tfrecord (for tfds.load) or array_rec"),
        ("riegeli", "the format is riegeli, which takes the package of that name; expected it to"),
    ],
)
def test_a_format_that_cannot_be_written_is_refused_before_the_build(
    archive, data_dir, monkeypatch, file_format, message
):
    monkeypatch.setattr(Builder, "_build", lambda *_: pytest.fail("it was built"))
    monkeypatch.setitem(sys.modules, "riegeli", None)
    assert message in refused(archive, data_dir, file_format=file_format)


@pytest.mark.parametrize("kind", [str, Path])
@pytest.mark.parametrize("address", ["gs://bucket/x", "s3://bucket/x"])
def test_a_bucket_is_refused_in_one_sentence_and_nothing_is_written(
    tmp_path, monkeypatch, address, kind
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatasetError, match=r"found an address; expected a folder of this machine"):
        tfds.load("tem_virus/phantom_14class", data_dir=kind(address))
    monkeypatch.setattr(tfds.core.constants, "DATA_DIR", address)
    with pytest.raises(DatasetError, match=r"found an address; expected a folder of this machine"):
        Builder(config="phantom_14class")
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_cannot_be_written_names_the_option(archive, tmp_path):
    (tmp_path / "home").write_text("")
    with pytest.raises(DatasetError) as caught:
        build(archive, tmp_path / "home/tensorflow_datasets")
    assert "cannot be written (Not a directory)" in str(caught.value)
    assert "Choose another --data-dir (data_dir of tfds.load)" in str(caught.value)


def test_a_parent_of_the_data_dir_that_cannot_be_made(archive, tmp_path):
    if not Path("/proc/self").exists():
        pytest.skip("needs a folder in which nobody can make another: /proc")
    with pytest.raises(DatasetError, match=r"nohome.*cannot be written .*another --data-dir"):
        build(archive, Path("/proc/nohome/tensorflow_datasets"))


def test_a_data_dir_in_the_home_or_relative_is_absolute(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    home = Builder(config="phantom_14class", data_dir="~/é data")
    assert home.data_dir == str(tmp_path / "é data/tem_virus/phantom_14class/1.0.0")
    relative = Builder(config="phantom_14class", data_dir="data")
    assert relative.data_dir == str(tmp_path / "data/tem_virus/phantom_14class/1.0.0")


def test_prepared_data_without_their_description(archive, data_dir):
    folder = Path(build(archive, data_dir).data_dir)
    (folder / "dataset_info.json").unlink()
    with pytest.raises(DatasetError, match=r"has no dataset_info\.json; expected complete"):
        build(archive, data_dir)


def test_a_builder_leaves_nothing_in_the_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    Builder(config="phantom_14class", data_dir=tmp_path / "data")
    assert not list(tmp_path.iterdir())
