"""Packed files, and kinds of files that are known but not read."""

import bz2
import contextlib
import gzip
import lzma
from pathlib import Path

import pytest
import small_mrc
from pictures import PACKERS, SIXTEEN, check, check_refused

from tem_virus_dataset.formats import compressed, refused
from tem_virus_dataset.formats.instruments import mrc


@contextlib.contextmanager
def unpack_and_open(path: Path):
    with compressed.unpacked(path) as copy, mrc.open_pictures(copy) as pictures:
        yield pictures


@pytest.fixture(params=PACKERS)
def packed(tmp_path, request):
    data = small_mrc.write(tmp_path / "a.mrc", SIXTEEN).read_bytes()
    path = tmp_path / f"A.MRC{request.param.upper()}"
    path.write_bytes(PACKERS[request.param](data))
    return path


def test_packed_files(packed):
    assert compressed.kind(packed) == f".mrc{packed.suffix.lower()}"
    assert compressed.kind(Path("a.b.TIF")) == ".tif"
    check(unpack_and_open, packed, SIXTEEN, (5.0, "Å"))


def test_files_that_are_called_packed_and_are_not(tmp_path):
    path = small_mrc.write(tmp_path / "a.mrc", SIXTEEN).rename(tmp_path / "a.mrc.GZ")
    check_refused(unpack_and_open, path, "does not start as a packed", "Remove .GZ from its name")


def test_damaged_packed_files(packed):
    data = packed.read_bytes()
    packed.write_bytes(data[: len(data) // 2])
    check_refused(unpack_and_open, packed, "cannot be unpacked", "Copy it again")
    packed.write_bytes(b"x" * 100)
    check_refused(unpack_and_open, packed, "does not start as a packed file", "copy it again")


def test_errors_name_the_packed_file(packed):
    packed.write_bytes(PACKERS[packed.suffix.lower()](b"x" * 3000))
    check_refused(unpack_and_open, packed, "no header of an MRC file")


def test_what_unpacks_to_more_than_a_micrograph(packed, monkeypatch):
    monkeypatch.setattr(compressed, "MOST_BYTES", 2000)
    check_refused(unpack_and_open, packed, "expected one micrograph", "Unpack it")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.eer", "EER"),
        ("a.TVIPS", "EM-MENU"),
        ("a.jp2", "JPEG 2000"),
        ("a.hdf5", "HDF5"),
        ("a.zip", "Unpack it"),
    ],
)
def test_kinds_that_are_not_read(name, words):
    message = str(refused.by_suffix(Path(name)))
    assert message.startswith(f"{name}: ")
    assert words in message


def test_kinds_that_are_read_are_not_refused():
    assert refused.by_suffix(Path("a.mrc")) is None


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "git lfs pull"),
        (b"/annex/objects/SHA256E-s9--00.mrc\n", "git annex get"),
        (b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X", "macOS"),
        (b"\n<!doctype HTML><title>Log in", "Download it again"),
        (b"PK\3\4", "Unpack it"),
        (gzip.compress(b"x", mtime=0), "Add .gz to its name"),
        (bz2.compress(b"x"), "Add .bz2 to its name"),
        (lzma.compress(b"x"), "Add .xz to its name"),
    ],
)
def test_files_that_are_no_image_whatever_their_name(tmp_path, start, words):
    path = tmp_path / "a.mrc"
    path.write_bytes(start)
    assert words in str(refused.by_content(path))
    small_mrc.write(path, SIXTEEN)
    assert refused.by_content(path) is None


def test_packed_files_by_their_names(packed):
    assert refused.by_content(packed) is None
