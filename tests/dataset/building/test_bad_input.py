"""One test for each failure that a user can cause: one readable error, and nothing half made."""

import collections
import dataclasses
import errno
import hashlib
import os
import shutil
import socket
import zipfile
from pathlib import Path

import filelock
import numpy as np
import pytest
import small_archive
import tensorflow as tf
import tensorflow_datasets as tfds
from PIL import Image
from small_archive import build, left_over
from tensorflow_datasets.core.shuffle import Shuffler

from tem_virus_dataset import Builder, DatasetError, facts
from tem_virus_dataset.__main__ import main
from tem_virus_dataset.files import download, manifest, tree
from tem_virus_dataset.sources import mirror

PATCHES = "context_virus_1nm_256x256"
PATCH = "train/Orf/1_1.tif"


def refused(manual_dir: Path | None, data_dir: Path, **options) -> str:
    """Build; return the error's text after a look at what is left."""
    with pytest.raises(DatasetError) as caught:
        build(manual_dir, data_dir, **options)
    assert left_over(data_dir) == []
    return str(caught.value)


@pytest.fixture
def manual_dir(archive, tmp_path):
    """A small archive to damage."""
    return Path(shutil.copytree(archive, tmp_path / "manual"))


@pytest.fixture
def patches(manual_dir):
    return manual_dir / facts.ARCHIVE / PATCHES


@pytest.fixture
def raw(manual_dir):
    return manual_dir / facts.ARCHIVE / "context_virus_RAW"


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "data"


# --- the archive: folders and counts ---------------------------------------------------------


@pytest.mark.parametrize("part", [PATCHES, "context_virus_RAW"])
@pytest.mark.parametrize("folder", ["train/Orf", "validation/Nipah virus", "test/Rift Valley"])
def test_a_class_folder_is_missing(manual_dir, data_dir, part, folder):
    shutil.rmtree(manual_dir / facts.ARCHIVE / part / folder)
    message = refused(manual_dir, data_dir)
    assert f"{part}/{folder}: no .tif found; expected this class's folder" in message
    assert facts.HOMEPAGE in message


def test_too_few_patches(patches, manual_dir, data_dir):
    (patches / "train/Adenovirus/12_3.tif").unlink()
    (patches / "test/Nipah virus/2_2.tif").unlink()
    message = refused(manual_dir, data_dir)
    assert message.startswith(f"{manual_dir}: the number of examples differs")
    assert "\n  test/Nipah virus: found 2, expected 3\n" in message
    assert "\n  train/Adenovirus: found 15, expected 16\n" in message
    assert message.count("expected") == 2
    assert "Complete the classes named" in message


def test_a_patch_too_many(patches, manual_dir, data_dir):
    shutil.copy(patches / "train/Orf/1_1.tif", patches / "train/Orf/1_2.tif")
    assert "train/Orf: found 2, expected 1" in refused(manual_dir, data_dir)


@pytest.mark.parametrize("number", [0, 13, 99])
def test_the_micrograph_of_a_patch_is_not_in_raw(patches, manual_dir, data_dir, number):
    (patches / "train/Adenovirus/12_3.tif").rename(patches / f"train/Adenovirus/{number}_1.tif")
    message = refused(manual_dir, data_dir)
    assert f"{patches}/train/Adenovirus: 13 micrographs have patches" in message
    assert f"numbered {min(number, 1)} to {max(number, 12)}" in message
    assert "context_virus_RAW/train/Adenovirus holds 12; expected the same" in message


def test_a_micrograph_is_missing_from_raw(raw, manual_dir, data_dir):
    (raw / "train/Adenovirus/b2.tif").unlink()
    assert "RAW/train/Adenovirus holds 11; expected the same" in refused(manual_dir, data_dir)


def test_a_stray_micrograph_would_shift_the_ranks(raw, manual_dir, data_dir):
    shutil.copy(raw / "train/Adenovirus/a1.tif", raw / "train/Adenovirus/a1 copy.tif")
    assert "RAW/train/Adenovirus holds 13; expected the same" in refused(manual_dir, data_dir)


@pytest.mark.parametrize("name", ["1_1 (copy).tif", "1.tif", "1_1_2.tif", "x_1.tif"])
def test_a_stray_file_name(patches, manual_dir, data_dir, name):
    shutil.copy(patches / PATCH, patches / "train/Orf" / name)
    message = refused(manual_dir, data_dir)
    assert f"{patches}/train/Orf/{name}: not a patch's name; expected <micrograph>" in message
    assert "Remove the file" in message


# --- the archive: single images ------------------------------------------------------------


def test_a_truncated_picture(patches, manual_dir, data_dir):
    (patches / PATCH).write_bytes((patches / PATCH).read_bytes()[:5000])
    message = refused(manual_dir, data_dir)
    assert f"{patches / PATCH}: cannot be decoded, 5000 bytes" in message
    assert "expected an intact gray image. Download the archive again" in message


@pytest.mark.parametrize("data", [b"", b"<html>not found</html>", b"II*\0"])
def test_a_file_that_is_no_picture(patches, manual_dir, data_dir, data):
    (patches / PATCH).write_bytes(data)
    message = refused(manual_dir, data_dir)
    assert f"{patches / PATCH}: cannot be decoded, {len(data)} bytes" in message


def test_a_picture_that_says_to_be_enormous(patches, manual_dir, data_dir, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    message = refused(manual_dir, data_dir)
    assert ".tif: cannot be decoded" in message
    assert "65536 pixels" in message


def test_a_picture_with_colours(patches, manual_dir, data_dir):
    Image.new("RGB", (256, 256), (10, 90, 200)).save(patches / PATCH)
    message = refused(manual_dir, data_dir)
    assert f"{patches / PATCH}: image of mode RGB; expected one channel" in message
    assert "Put the published file in its place" in message


def test_a_constant_patch(patches, manual_dir, data_dir):
    small_archive.save(patches / PATCH, np.full((256, 256), 900, np.uint16))
    message = refused(manual_dir, data_dir)
    assert f"{patches / PATCH}: patch 1_1 is constant, all pixels 900; expected a" in message


@pytest.mark.parametrize("shape", [(256, 255), (255, 256), (512, 512)])
def test_a_patch_of_another_size(patches, manual_dir, data_dir, shape):
    small_archive.save(patches / PATCH, np.zeros(shape, np.uint16))
    message = refused(manual_dir, data_dir)
    assert f"{patches / PATCH}: {shape[1]}x{shape[0]} pixels; expected 256x256" in message


# --- the zip, and the manual dir -------------------------------------------------------------


def test_a_zip_of_something_else(tmp_path, data_dir):
    manual_dir = tmp_path / "manual"
    small_archive.text(manual_dir / "other" / "file.txt", "")
    small_archive.pack(manual_dir, manual_dir / "other.zip")
    message = refused(manual_dir, data_dir)
    assert f"{manual_dir}: found other.zip, and no folder {PATCHES} in it" in message
    assert "expected the Mendeley archive. Open https://" in message


def test_a_folder_with_neither_zip_nor_archive(tmp_path, data_dir):
    small_archive.text(tmp_path / "manual" / "notes.txt", "")
    assert f"found no zip, and no folder {PATCHES}" in refused(tmp_path / "manual", data_dir)


@pytest.mark.parametrize("kind", ["page", "truncated", "empty"])
def test_a_file_that_is_no_zip(tmp_path, archive_zip, data_dir, kind):
    whole = archive_zip.read_bytes()
    path = tmp_path / "manual" / archive_zip.name
    path.parent.mkdir()
    path.write_bytes({"page": b"<html>", "truncated": whole[: len(whole) // 2], "empty": b""}[kind])
    message = refused(path.parent, data_dir)
    assert f"{path}: not a readable zip" in message
    assert "expected the archive as its publisher gives it. Download it again" in message


def test_a_damaged_member_of_the_zip(tmp_path, archive_zip, data_dir):
    path = Path(shutil.copy(archive_zip, tmp_path))
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo(f"{facts.ARCHIVE}/{PATCHES}/{PATCH}")
    data = bytearray(path.read_bytes())
    middle = member.header_offset + member.compress_size // 2
    data[middle : middle + 64] = bytes(64)
    path.write_bytes(data)
    message = refused(tmp_path, data_dir)
    assert f"{path} :: {facts.ARCHIVE}/{PATCHES}/{PATCH}: cannot be read" in message


@pytest.mark.parametrize("name", ["../evil.tif", f"{facts.ARCHIVE}/../../evil.tif", "/evil.tif"])
def test_an_archive_with_a_member_that_points_outside(tmp_path, archive_zip, data_dir, name):
    place = tmp_path / "deep" / "manual"
    place.mkdir(parents=True)
    path = Path(shutil.copy(archive_zip, place))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "evil")
    message = refused(place, data_dir)
    assert message.startswith(f"{path}: refused, nothing was read from it: member {name!r}")
    assert not list(tmp_path.rglob("evil*"))


def test_a_zip_bomb_is_refused(tmp_path, archive_zip, data_dir, monkeypatch):
    monkeypatch.setattr(tree, "LARGEST_FILE", 131_000)  # a patch has 131,072 bytes of pixels
    message = refused(archive_zip.parent, data_dir)
    assert f"{archive_zip} :: " in message
    assert "no file of this data set has more than 131000" in message


@pytest.fixture
def no_network(monkeypatch):
    """No connection can be made; returns what was tried."""
    tried = []

    def forbidden(*arguments, **_):
        tried.append(arguments)
        raise OSError("no network in this test")

    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, forbidden)
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, forbidden)
    return tried


@pytest.mark.parametrize("kind, said", [("absent", "does not exist"), ("empty", "an empty folder")])
def test_a_wrong_manual_dir_is_answered_without_network(tmp_path, data_dir, no_network, kind, said):
    (tmp_path / "empty").mkdir()
    manual_dir = tmp_path / kind
    message = refused(manual_dir, data_dir)
    assert no_network == []
    assert message.startswith(f"{manual_dir}: {said}; expected the folder that holds what small")
    assert facts.HOMEPAGE in message
    assert "prepare small --manual-dir FOLDER" in message


def test_without_manual_dir_a_download_is_tried_and_the_place_for_the_zip_is_told(
    data_dir, no_network
):
    message = refused(None, data_dir)
    assert len(no_network) > 0
    assert message.startswith(f"{data_dir}/downloads/manual: does not exist; expected the folder")
    assert "click Download All, and put the zip" in message
    assert f"(A download was tried: {download.MENDELEY['TEM virus dataset.zip']}: " in message
    assert "no network in this test" in message


def test_what_a_download_brings_is_built_and_a_zip_without_the_data_is_not_kept(
    archive_zip, data_dir, monkeypatch
):
    def fetch(url, to, deadline):
        to.parent.mkdir(parents=True, exist_ok=True)
        if url == "first":  # a zip, but of something else
            with zipfile.ZipFile(to, "w") as other:
                other.writestr("README.md", "")
            return to
        return Path(shutil.copy(archive_zip, to))

    monkeypatch.setattr(download, "fetch", fetch)
    source = dataclasses.replace(
        small_archive.CONFIG.source, addresses={"a.zip": "first", "b.zip": "second"}
    )
    config = dataclasses.replace(small_archive.CONFIG, source=source)
    builder = build(None, data_dir, config)
    assert len(list(builder.examples())) == len(small_archive.PATCHES)
    assert [p.name for p in (data_dir / "downloads/manual").iterdir()] == ["b.zip"]


# --- the archive: what is on record ----------------------------------------------------------


def test_sums_are_recorded_at_first_and_enforced_afterwards(
    manual_dir, patches, data_dir, tmp_path
):
    build(manual_dir, data_dir)
    record = data_dir / "tem_virus/mendeley.sha256"
    lines = record.read_text().splitlines()
    assert sum(not line.startswith("#") for line in lines) == len(small_archive.PATCHES)
    digest = hashlib.sha256((patches / PATCH).read_bytes()).hexdigest()
    at = lines.index(f"{digest}  {PATCHES}/{PATCH}")
    assert lines[at - 1] == f"# {(patches / PATCH).stat().st_size} bytes"

    data = bytearray((patches / PATCH).read_bytes())
    data[-1] ^= 1  # a pixel, of an image that still opens
    (patches / PATCH).write_bytes(data)
    config = dataclasses.replace(small_archive.CONFIG, name="later")
    with pytest.raises(DatasetError) as caught:
        build(manual_dir, data_dir, config)
    assert f"{patches / PATCH}: {len(data)} bytes with sha256 " in str(caught.value)
    assert "expected the file that is on record, " in str(caught.value)
    assert f"{digest}. Put the published file in its place" in str(caught.value)
    assert str(caught.value).endswith(f"If a wrong copy was recorded, delete {record}.")
    assert record.read_text().splitlines() == lines
    assert not list(data_dir.glob("tem_virus/later/1*"))

    record.unlink()
    build(manual_dir, data_dir, config)  # recorded anew
    assert digest not in record.read_text()


def test_configs_that_are_built_at_once_record_together(archive, data_dir, fresh):
    code = """
import sys
from pathlib import Path
import small_archive, tensorflow
print("ready", flush=True)
sys.stdin.readline()
small_archive.build(Path(sys.argv[1]), Path(sys.argv[2]), small_archive.CONFIGS[int(sys.argv[3])])
"""
    processes = [fresh(code, archive, data_dir, number) for number in (0, 4)]
    for process in processes:
        assert "ready\n" in iter(process.stdout.readline, ""), process.stderr.read()
    for process in processes:
        process.stdin.write("go on\n")
        process.stdin.flush()
    build(archive, data_dir, small_archive.CONFIGS[5])
    for process in processes:
        _, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
    known = manifest.read(data_dir / "tem_virus/mendeley.sha256")
    raws = 3 * len(set(small_archive.ALL_PATCHES.values()))
    assert len(known) == len(small_archive.PATCHES) + raws


def test_an_address_that_fails_is_no_reason_not_to_try_the_next(data_dir, monkeypatch):
    tried = []

    def fetch(url, to, deadline):
        tried.append(url)
        raise download.DownloadError(f"{url}: HTTP 404")

    monkeypatch.setattr(download, "fetch", fetch)
    source = dataclasses.replace(
        small_archive.CONFIG.source, addresses={"a.zip": "first", "b.zip": "second"}
    )
    config = dataclasses.replace(small_archive.CONFIG, source=source)
    message = refused(None, data_dir, config=config)
    assert tried == ["first", "second"]
    assert message.endswith("(A download was tried: first: HTTP 404 second: HTTP 404)")


def test_a_manual_dir_that_cannot_be_read(archive, data_dir, monkeypatch):
    def refuse(path):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(tree, "sources", refuse)
    message = refused(archive, data_dir)
    assert message.startswith(f"{archive}: cannot be read ([Errno 13]")
    assert "name another as --manual-dir" in message


def test_the_two_parts_of_the_archive_may_lie_apart(manual_dir, patches, data_dir, small_dir):
    patches.rename(manual_dir / PATCHES)  # out of the folder that holds RAW
    built = build(manual_dir, data_dir)
    ids = {example["id"] for example in built.examples()}
    assert ids == small_archive.PATCHES.keys()


def test_an_excluded_class_may_have_micrographs_without_patches(manual_dir, raw, data_dir):
    made = small_archive.raw("train/Dengue/tr-train")
    small_archive.write_raw(manual_dir / facts.ARCHIVE, "train/Dengue/zz", made)
    built = build(manual_dir, data_dir, small_archive.CONFIGS[1])
    assert len(list(built.examples())) == len(small_archive.ALL_PATCHES)


def test_a_failed_build_records_nothing(manual_dir, patches, data_dir):
    (patches / "test/Rotavirus/1_1.tif").write_bytes(b"")
    refused(manual_dir, data_dir)
    assert not list(data_dir.rglob("*.sha256"))


def test_the_mirror_must_be_the_published_one(tmp_path, data_dir):
    small_archive.write_mirror(tmp_path / "manual")
    config = dataclasses.replace(small_archive.MIRROR_CONFIG, source=mirror.MIRROR)
    message = refused(tmp_path / "manual", data_dir, config=config)
    assert "/images/train/Ebola_x_1.jpg: not one of the 1402 files of mirror" in message
    assert f"Take the zip of the repository {mirror.REPOSITORY}" in message


# --- the place to build in -------------------------------------------------------------------

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


def after(calls: int, function, error: Exception):
    """Make a function fail at its n-th call."""
    counter = iter(range(calls))

    def failing(*arguments, **options):
        if next(counter, None) is None:
            raise error
        return function(*arguments, **options)

    return failing


FULL = os.strerror(errno.ENOSPC)


@pytest.mark.parametrize(
    "owner, name, error",
    [
        (tf.io.TFRecordWriter, "write", tf.errors.ResourceExhaustedError(None, None, f"a; {FULL}")),
        (Shuffler, "add", OSError(errno.ENOSPC, FULL)),
    ],
)
def test_the_disk_gets_full_in_the_middle(archive, data_dir, monkeypatch, owner, name, error):
    monkeypatch.setattr(owner, name, after(30, getattr(owner, name), error))  # train has 29
    message = refused(archive, data_dir)
    assert message.startswith(f"{data_dir}/tem_virus/small: not enough disk space")
    assert FULL in message
    monkeypatch.undo()
    assert len(list(build(archive, data_dir).examples())) == len(small_archive.PATCHES)


def test_another_error_in_the_middle_is_not_taken_for_a_full_disk(archive, data_dir, monkeypatch):
    error = OSError(errno.EIO, "broken disk")
    monkeypatch.setattr(Shuffler, "add", after(9, Shuffler.add, error))
    with pytest.raises(OSError, match="broken disk"):
        build(archive, data_dir)
    assert left_over(data_dir) == []


HALF_WAY = """
import sys
from pathlib import Path
import small_archive
from tem_virus_dataset.formats import image_file as module

encode, made = module.png16, []

def stop_half_way(image):
    made.append(image)
    if len(made) == 20:
        print("half way", flush=True)
        sys.stdin.readline()
    return encode(image)

module.png16 = stop_half_way
small_archive.build(Path(sys.argv[1]), Path(sys.argv[2]))
"""


SECOND = """
import sys
from pathlib import Path
import small_archive

builder = small_archive.build(Path(sys.argv[1]), Path(sys.argv[2]))
print(sum(1 for _ in builder.examples()))
"""


@pytest.fixture
def half_way(fresh, archive, data_dir):
    """Another process that has stopped in the middle of the same build."""
    process = fresh(HALF_WAY, archive, data_dir)
    assert "half way\n" in iter(process.stdout.readline, ""), process.stderr.read()
    yield process
    process.kill()
    process.communicate()


def test_a_second_build_at_the_same_time_loads_the_result_of_the_first(
    half_way, fresh, archive, data_dir
):
    second = fresh(SECOND, archive / "gone", data_dir)
    line = second.stderr.readline()
    while line and "another build" not in line:
        line = second.stderr.readline()
    assert f"{data_dir}/tem_virus/small: another build of this config is going on" in line
    assert [name[:10] for name in left_over(data_dir)] == ["incomplete"]  # the first's, untouched
    half_way.stdin.write("go on\n")
    half_way.stdin.flush()
    out, err = second.communicate(timeout=300)
    assert second.returncode == 0, err
    assert out.split()[-1] == str(len(small_archive.PATCHES))
    assert half_way.wait(timeout=100) == 0


def test_a_killed_build_is_cleared_away_by_the_next(half_way, archive, data_dir):
    half_way.kill()
    half_way.communicate()
    assert [name[:10] for name in left_over(data_dir)] == ["incomplete"]
    builder = build(archive, data_dir)
    assert left_over(data_dir) == ["1.0.0"]
    assert len(list(builder.examples())) == len(small_archive.PATCHES)


@pytest.mark.parametrize("file_format", ["parquet", tfds.core.FileFormat.PARQUET])
def test_parquet_is_refused(archive, data_dir, file_format):
    message = refused(archive, data_dir, file_format=file_format)
    assert "file_format=parquet: TFDS loses examples" in message
    assert "expected tfrecord" in message


# --- prepared data ---------------------------------------------------------------------------


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


# --- the same at the command line ------------------------------------------------------------


def test_an_interrupted_build_says_so_and_leaves_nothing(archive, data_dir, monkeypatch, capsys):
    monkeypatch.setattr(Shuffler, "add", after(9, Shuffler.add, KeyboardInterrupt()))
    config = Builder.builder_configs["patches_14class"]
    monkeypatch.setattr(config, "expected", small_archive.EXPECTED)
    monkeypatch.setattr(config, "megabytes", 1)
    place = ["--data-dir", str(data_dir), "--manual-dir", str(archive)]
    assert main(["prepare", "tem_virus/patches_14class", *place]) == 130
    assert "interrupted; nothing is left half written" in capsys.readouterr().err
    assert left_over(data_dir) == []


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
