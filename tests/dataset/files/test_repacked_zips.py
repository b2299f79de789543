"""Archives that were packed again, on Windows or macOS, and other packings than zip."""

import zipfile

import pytest
import small_archive

from tem_virus_dataset import DatasetError, facts
from tem_virus_dataset.files import tree
from tem_virus_dataset.sources import mirror, published_patches


def repacked(archive, to, rename):
    """Pack a folder with every name changed."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for path in sorted(archive.rglob("*")):
            name = rename(path.relative_to(archive).as_posix() + "/" * path.is_dir())
            out.writestr(zipfile.ZipInfo(name), path.read_bytes() if path.is_file() else b"")
    return to


@pytest.mark.parametrize(
    "rename",
    [
        lambda name: name.replace("/", "\\"),
        lambda name: name.replace(facts.ARCHIVE, "My data (1)"),
        lambda name: f"Downloads/{facts.ARCHIVE}/{name}",
        lambda name: name.replace("context_virus", "Context_Virus").replace("train/", "Train/"),
        lambda name: name.upper(),
    ],
    ids=["backslashes", "another top folder", "deeper", "other capitals", "upper case"],
)
def test_the_archive_is_read_as_it_was_packed_again(archive, tmp_path, rename):
    repacked(archive, tmp_path / "again.zip", rename)
    with zipfile.ZipFile(tmp_path / "again.zip", "a") as out:
        out.writestr("__MACOSX/TEM virus dataset/._context_virus_RAW", b"x")
    jobs = published_patches.jobs(tmp_path)
    assert sum(job.count for job in jobs) == len(small_archive.PATCHES)
    original = {job.micrograph.lower(): job for job in published_patches.jobs(archive)}
    for job in jobs[::7]:
        other = original[job.micrograph.lower()]
        assert [blob.data for blob in job.read()] == [blob.data for blob in other.read()]


def test_files_whose_names_differ_in_capitals_alone_are_both_read(tmp_path):
    small_archive.text(tmp_path / "wanted/a.tif", "small")
    small_archive.text(tmp_path / "wanted/A.tif", "large")
    if len(list((tmp_path / "wanted").iterdir())) < 2:
        pytest.skip("needs a file system that tells capitals from small letters")
    found = tree.find_tree([tmp_path], "wanted")
    assert [found.file(f"wanted/{n}.tif").read() for n in "aA"] == [b"small", b"large"]


@pytest.mark.parametrize(
    "name, said",
    [
        ("data.7z", "found no zip, data.7z (unpack it), and no"),
        ("data.tar.gz", "data.tar.gz (unpack it)"),
        ("data.zip.crdownload", "data.zip.crdownload (an unfinished download)"),
    ],
)
def test_what_is_no_zip_is_named_with_its_remedy(tmp_path, name, said):
    (tmp_path / name).write_bytes(b"x")
    for jobs in (published_patches.jobs, mirror.jobs):
        with pytest.raises(DatasetError) as caught:
            jobs(tmp_path)
        assert said in str(caught.value)


@pytest.mark.parametrize(
    "data, remedy",
    [
        (b"7z\xbc\xaf\x27\x1c", "It is an archive of 7-Zip. Put the zip in its place, or unpack"),
        (b"Rar!\x1a\x07", "It is an archive of RAR"),
        (b"\x1f\x8b\x08", "It is packed by gzip"),
        (b"<!DOCTYPE html>", "It is a web page"),
        (b"anything else", "Put the zip in its place"),
    ],
)
def test_another_file_called_zip_is_not_downloaded_again(tmp_path, data, remedy):
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(DatasetError) as caught:
        tree.find_tree([tmp_path / "a.zip"], "wanted")
    assert remedy in str(caught.value)
    assert "ownload" not in str(caught.value)
