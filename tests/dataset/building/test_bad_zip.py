"""Faults of the zip, of its download and of the folder that it lies in."""

import dataclasses
import errno
import os
import shutil
import socket
import zipfile
from pathlib import Path

import pytest
import small_archive
from refusal import PATCH, PATCHES, refused
from small_archive import build

from tem_virus_dataset import facts
from tem_virus_dataset.files import download, tree


def test_a_zip_of_something_else(tmp_path, data_dir):
    manual_dir = tmp_path / "manual"
    small_archive.text(manual_dir / "other" / "file.txt", "")
    small_archive.pack(manual_dir / "other", manual_dir / "other.zip")
    message = refused(manual_dir, data_dir)
    assert f"{manual_dir}: found other.zip, and no folder {PATCHES} in it" in message
    assert "expected the Mendeley archive. Open https://" in message


def test_zips_within_a_zip_are_named(archive, tmp_path, data_dir):
    inner, manual_dir = tmp_path / "inner", tmp_path / "manual"
    inner.mkdir()
    manual_dir.mkdir()
    small_archive.pack(archive, inner / "part.zip")
    small_archive.text(inner / "dataset code.zip", "no zip, and nobody opens it")
    small_archive.pack(inner, manual_dir / "outer.zip")
    message = refused(manual_dir, data_dir)
    assert "found outer.zip, part.zip in outer.zip (unpack the outer zip), and no fol" in message


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
    assert "expected the archive as its publisher gives it. " in message
    remedy = {"page": "It is a web page", "truncated": "cut off: download", "empty": "cut off"}
    assert remedy[kind] in message


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
    assert message.startswith(f"{archive}: cannot be read (Permission denied)")
    assert "name another as --manual-dir" in message
