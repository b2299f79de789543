"""Modes that build again: the sources are read first, and the old data stay until the new stand."""

import collections
import shutil
from pathlib import Path

import filelock
import pytest
import small_archive
import tensorflow_datasets as tfds
from refusal import PATCH
from small_archive import build, left_over
from tensorflow_datasets.core.shuffle import Shuffler

from tem_virus_dataset import Builder, DatasetError
from tem_virus_dataset.__main__ import main
from tem_virus_dataset.building import rebuild

MODES = [tfds.GenerateMode.REUSE_CACHE_IF_EXISTS, tfds.GenerateMode.FORCE_REDOWNLOAD]
Usage = collections.namedtuple("Usage", "total used free")


def again(manual_dir, data_dir, mode, config=small_archive.CONFIG, **options):
    """Build once more in a mode."""
    builder = Builder(config=config, data_dir=data_dir)
    download = tfds.download.DownloadConfig(manual_dir=manual_dir, download_mode=mode)
    builder.download_and_prepare(download_config=download, **options)
    return builder


@pytest.fixture
def built(archive, data_dir):
    """The folder of the prepared version."""
    return Path(build(archive, data_dir).data_dir)


def state(folder):
    """Return the files of a folder with their inodes and times, which a new build changes."""
    return {p.name: (p.stat().st_ino, p.stat().st_mtime_ns) for p in folder.iterdir()}


@pytest.mark.parametrize("mode", MODES)
def test_a_wrong_folder_costs_no_data(built, data_dir, tmp_path, mode):
    before = state(built)
    with pytest.raises(DatasetError, match=r"wrong: does not exist; expected the folder that"):
        again(tmp_path / "wrong", data_dir, mode)
    assert state(built) == before
    assert left_over(data_dir) == ["1.0.0"]


def test_a_faulty_file_costs_no_data_and_the_builder_goes_on(
    built, data_dir, manual_dir, patches, archive
):
    (patches / PATCH).write_bytes(b"")
    before = state(built)
    builder = Builder(config=small_archive.CONFIG, data_dir=data_dir)
    download = tfds.download.DownloadConfig(manual_dir=manual_dir, download_mode=MODES[0])
    with pytest.raises(DatasetError, match=r"1_1\.tif: 0 bytes"):
        builder.download_and_prepare(download_config=download)
    assert state(built) == before
    assert builder.data_dir == str(built)
    assert len(list(builder.examples())) == len(small_archive.PATCHES)


def test_an_error_in_the_middle_costs_no_data(built, data_dir, archive, monkeypatch):
    def fail(*_):
        raise KeyboardInterrupt

    before = state(built)
    monkeypatch.setattr(Shuffler, "add", fail)
    with pytest.raises(KeyboardInterrupt):
        again(archive, data_dir, MODES[0])
    assert state(built) == before
    assert left_over(data_dir) == ["1.0.0"]


@pytest.mark.parametrize("mode", [*MODES, "reuse_cache_if_exists"])
def test_the_new_data_take_the_place_of_the_old(built, data_dir, archive, mode):
    before = state(built)
    builder = again(archive, data_dir, mode)
    assert not set(state(built).values()) & set(before.values())
    assert left_over(data_dir) == ["1.0.0"]
    assert builder.data_dir == str(built)
    assert len(list(builder.examples())) == len(small_archive.PATCHES)
    assert sorted(p.name for p in data_dir.iterdir()) == ["downloads", "tem_virus"]


def test_it_may_be_built_again_in_another_format(built, data_dir, archive):
    pytest.importorskip("array_record", reason="needs array_record")
    builder = again(archive, data_dir, MODES[0], file_format="array_record")
    assert builder.info.file_format.value == "array_record"
    assert len(list(builder.examples())) == len(small_archive.PATCHES)


def test_the_space_is_checked(built, data_dir, archive, monkeypatch):
    before = state(built)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(2**40, 2**40, 2**20 - 1))
    with pytest.raises(DatasetError, match="not enough disk space"):
        again(archive, data_dir, MODES[1])
    assert state(built) == before


def test_the_lock_is_held(built, data_dir, archive, monkeypatch):
    held = []
    lock = filelock.FileLock(built.parent / ".build.lock")

    def look(*_):
        with pytest.raises(filelock.Timeout):
            lock.acquire(timeout=0)
        held.append(True)
        raise KeyboardInterrupt

    monkeypatch.setattr(Shuffler, "add", look)
    with pytest.raises(KeyboardInterrupt):
        again(archive, data_dir, MODES[0])
    assert held


def test_old_data_that_a_killed_swap_has_moved_away_come_back(built, data_dir, tmp_path):
    before = state(built)
    built.rename(built.with_name(rebuild.REPLACED + built.name))
    builder = build(tmp_path / "gone", data_dir)  # as if nothing were to be built
    assert state(built) == before
    assert len(list(builder.examples())) == len(small_archive.PATCHES)


def test_an_unknown_mode_is_refused(built, data_dir, archive):
    with pytest.raises(DatasetError, match=r"download_mode='fresh': unknown; expected one of REU"):
        again(archive, data_dir, "fresh")


def test_only_prepared_data_have_an_info_to_update(data_dir, archive):
    with pytest.raises(DatasetError, match="not prepared"):
        again(archive, data_dir, tfds.GenerateMode.UPDATE_DATASET_INFO)


def test_through_tfds_load(phantom_dir, tmp_path):
    data_dir = Path(shutil.copytree(phantom_dir, tmp_path / "copy"))
    before = state(data_dir / "tem_virus/phantom_14class/1.0.0")
    for mode in MODES:
        with pytest.raises(DatasetError, match="found an address; expected the folder of this"):
            tfds.load(
                "tem_virus/phantom_14class",
                data_dir=data_dir,
                download_and_prepare_kwargs={
                    "download_config": tfds.download.DownloadConfig(
                        manual_dir="gs://bucket/x", download_mode=mode
                    )
                },
            )
    assert state(data_dir / "tem_virus/phantom_14class/1.0.0") == before


def test_the_command_builds_again(archive, data_dir, tmp_path, monkeypatch, capsys):
    config = Builder.builder_configs["patches_14class"]
    monkeypatch.setattr(config, "expected", small_archive.EXPECTED)
    monkeypatch.setattr(config, "megabytes", 1)
    command = ["prepare", "patches_14class", "--data-dir", str(data_dir)]
    assert main([*command, "--manual-dir", str(archive)]) == 0
    folder = data_dir / "tem_virus/patches_14class/1.0.0"
    before = state(folder)
    assert main([*command, "--rebuild", "--manual-dir", str(tmp_path / "wrong")]) == 1
    assert "does not exist" in capsys.readouterr().err
    assert state(folder) == before
    assert main([*command, "--rebuild", "--manual-dir", str(archive)]) == 0
    assert not set(state(folder).values()) & set(before.values())
