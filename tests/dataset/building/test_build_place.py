"""The place to build in: too small, read-only, or of a format that loses examples."""

import collections
import errno
import os
import shutil
from pathlib import Path

import filelock
import pytest
import tensorflow_datasets as tfds
from refusal import refused
from small_archive import build

from tem_virus_dataset import DatasetError

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
