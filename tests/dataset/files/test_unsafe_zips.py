"""Zips that could do harm: refused, and nothing is read from them."""

import stat
import struct
import zipfile

import pytest
from small_zip import zip_of

from tem_virus_dataset import DatasetError
from tem_virus_dataset.files import tree, zip_file


def refused(path, reason):
    with pytest.raises(DatasetError, match=rf"refused, nothing was read from it: .*{reason}"):
        tree.find_tree([path], "wanted")
    with pytest.raises(DatasetError, match=r"refused, nothing was read"):
        tree.File(path, "wanted/a.tif", "wanted/a.tif").read()


@pytest.mark.parametrize(
    "name, reason",
    [
        ("../evil", "leads out"),
        ("wanted/../../evil", "leads out"),
        ("wanted/..", "leads out"),
        ("/etc/evil", "absolute"),
        ("C:/evil", "absolute"),
        ("c:evil", "absolute"),
        ("..\\evil", "leads out"),
        ("\\etc\\evil", "absolute"),
    ],
)
def test_a_member_that_points_outside(tmp_path, name, reason):
    path = zip_of(tmp_path / "evil.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "evil")
    refused(path, reason)


def test_a_name_that_is_cut_at_a_nul(tmp_path):
    path = zip_of(tmp_path / "evil.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("wanted/b.tif?/..", "evil")
    path.write_bytes(path.read_bytes().replace(b"b.tif?", b"b.tif\0"))
    refused(path, "leads out|NUL")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_a_link_or_a_device(tmp_path, kind):
    path = zip_of(tmp_path / "evil.zip")
    with zipfile.ZipFile(path, "a") as archive:
        member = zipfile.ZipInfo("wanted/link")
        member.external_attr = (kind | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    refused(path, "link or a device")


def test_a_member_that_is_there_twice(tmp_path):
    path = zip_of(tmp_path / "twice.zip")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("wanted/a.tif", "another")
    refused(path, "twice")


def test_a_folder_may_be_there_twice(tmp_path):
    path = zip_of(tmp_path / "twice.zip", b"1")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.mkdir("wanted")
        archive.mkdir("wanted")
    assert tree.find_tree([path], "wanted").file("wanted/a.tif").read() == b"1"


def test_a_zip_that_unpacks_to_far_too_much(tmp_path, monkeypatch):
    path = zip_of(tmp_path / "bomb.zip")
    monkeypatch.setattr(zip_file, "LARGEST_ZIP", 999)
    refused(path, "unpacks to 1000 bytes, expected at most 999")


def test_a_zip_of_far_too_many_members(tmp_path, monkeypatch):
    path = zip_of(tmp_path / "bomb.zip")
    monkeypatch.setattr(zip_file, "MOST_MEMBERS", 0)
    refused(path, "1 members, expected at most 0")


@pytest.mark.parametrize("stated", [10, 10**6 + 7])
def test_a_directory_that_lies_about_a_size(tmp_path, stated):
    size = 10**6
    path = tmp_path / "liar.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("wanted/a.tif", bytes(size))
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<L", size), struct.pack("<L", stated)))
    file = tree.find_tree([path], "wanted").file("wanted/a.tif")
    if stated < size:  # the sum in the directory is not that of the beginning
        with pytest.raises(DatasetError, match=r"cannot be read .*CRC"):
            file.read()
    else:
        assert len(file.read()) == size


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_that_zipfile_unpacks_without_a_limit(tmp_path, method):
    path = tmp_path / "foreign.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("wanted/a.tif", bytes(1000))
    with pytest.raises(DatasetError, match=f"cannot be read .packed by method {method}"):
        tree.find_tree([path], "wanted").file("wanted/a.tif").read()


def test_an_endless_file_is_not_read_to_its_end(tmp_path):
    (tmp_path / "wanted").mkdir()
    (tmp_path / "wanted/a.tif").symlink_to("/dev/zero")
    assert len(tree.File(tmp_path, "wanted/a.tif", "wanted/a.tif").read()) <= 1
