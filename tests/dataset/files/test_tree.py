"""Folders and zips read alike: what is found in them, and which files are read."""

import concurrent.futures
import dataclasses
import multiprocessing
import os
import pickle
import random
import shutil
import zipfile

import pytest
from small_zip import zip_of

from tem_virus_dataset import DatasetError
from tem_virus_dataset.files import manifest, tree

FILES = {
    "top/wanted/b.tif": b"1",
    "top/wanted/C.TIF": b"2",
    "top/wanted/a.txt": b"3",
    "top/wanted/deeper/d.tif": b"4",
    "top/beside.tif": b"5",
    "other/unwanted/e.tif": b"6",
}


@pytest.fixture(params=["folder", "zip"])
def places(request, tmp_path):
    if request.param == "zip":
        with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
            archive.mkdir("top")
            for name, data in FILES.items():
                archive.writestr(name, data)
    else:
        for name, data in FILES.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(data)
    return tree.sources(tmp_path)


def test_a_folder_and_its_zip_read_the_same(places):
    found = tree.find_tree(places, "wanted")
    assert found.prefix == "top/"
    assert sorted(found.files) == sorted(n[4:] for n in FILES if n.startswith("top/"))
    assert found.names("wanted", ".tif") == ["b.tif", "C.TIF"]  # without regard to case
    assert found.names("wanted/deeper", ".tif") == ["d.tif"]
    assert found.names("absent", ".tif") == []
    assert [found.file(f"wanted/{name}").read() for name in ("b.tif", "C.TIF")] == [b"1", b"2"]
    assert found.where("wanted/b.tif").endswith("top/wanted/b.tif")


def test_the_wanted_folder_may_be_the_first_or_deeper(places):
    assert tree.find_tree(places, "top").prefix == ""
    assert tree.find_tree(places, "deeper").prefix == "top/wanted/"


def test_only_whole_names_of_folders_count(places):
    assert tree.find_tree(places, "want") is None
    assert tree.find_tree(places, "beside.tif") is None


def test_an_absent_file_is_named(places):
    with pytest.raises(DatasetError, match=r"wanted/none\.tif: cannot be read .* expected an int"):
        tree.find_tree(places, "wanted").file("wanted/none.tif").read()


def test_the_shallowest_folder_of_the_name_is_taken(tmp_path):
    for name in ("a/b/wanted/x", "z/wanted/x"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(name)
    assert tree.find_tree([tmp_path], "wanted").prefix == "z/"


def test_the_authors_programs_are_never_opened(tmp_path):
    for name in ("dataset code.zip", "Dataset Code.ZIP"):
        (tmp_path / name).write_text("no zip, and nobody opens it")
    (tmp_path / "wanted").mkdir()
    (tmp_path / "wanted/a").touch()
    assert tree.sources(tmp_path) == [tmp_path]
    assert tree.find_tree(tree.sources(tmp_path), "wanted").source == tmp_path


def test_a_zip_goes_before_the_folder_around_it(tmp_path):
    (tmp_path / "b.zip").touch()
    (tmp_path / "a.zip").touch()
    assert tree.sources(tmp_path) == [tmp_path / "a.zip", tmp_path / "b.zip", tmp_path]
    assert tree.sources(tmp_path / "absent") == []


def test_an_oversized_file_is_refused_unread(places, monkeypatch):
    monkeypatch.setattr(tree, "LARGEST_FILE", 0)
    monkeypatch.setattr(tree.File, "_read", None)
    with pytest.raises(DatasetError, match=r"wanted/b\.tif: 1 bytes; .* more than 0"):
        tree.find_tree(places, "wanted").file("wanted/b.tif").read()


def test_a_damaged_member_is_named(tmp_path):
    path = zip_of(tmp_path / "damaged.zip")
    path.write_bytes(path.read_bytes().replace(b"xxx", b"xyx", 1))
    with pytest.raises(DatasetError, match=r"damaged\.zip :: wanted/a\.tif: cannot be read .*CRC"):
        tree.find_tree([path], "wanted").file("wanted/a.tif").read()


@pytest.mark.parametrize(
    "field, value, said", [("flag_bits", 1, "password"), ("method", 9, "Deflate")]
)
def test_a_member_packed_in_a_foreign_way_is_named(tmp_path, field, value, said):
    path = zip_of(tmp_path / "foreign.zip")
    with zipfile.ZipFile(path, "a") as archive:
        member = archive.getinfo("wanted/a.tif")
        if field == "flag_bits":
            member.flag_bits |= value
        else:
            member.compress_type = value  # 9: Deflate64, what Windows takes for files above 2 GB
        archive.writestr("note", "")  # makes zipfile write the directory anew
    with pytest.raises(DatasetError, match=rf"wanted/a\.tif: cannot be read .*{said}.*Unpack"):
        tree.find_tree([path], "wanted").file("wanted/a.tif").read()


def test_what_is_no_zip_is_named(tmp_path):
    path = tmp_path / "page.zip"
    path.write_text("<html>403</html>")
    with pytest.raises(DatasetError, match=r"page\.zip: not a readable zip .* expected the archi"):
        tree.find_tree([path], "wanted")


def test_a_bad_zip_beside_the_wanted_one_does_no_harm(tmp_path):
    (tmp_path / "a.zip").write_text("half a download of something else")
    zip_of(tmp_path / "b.zip")
    assert tree.find_tree(tree.sources(tmp_path), "wanted").source == tmp_path / "b.zip"
    with pytest.raises(DatasetError, match=r"a\.zip: not a readable zip"):
        tree.find_tree(tree.sources(tmp_path), "other")


def test_a_file_knows_its_place_and_travels(places):
    file = tree.find_tree(places, "wanted").file("wanted/C.TIF")
    assert (file.member, file.name) == ("top/wanted/C.TIF", "wanted/C.TIF")
    assert file.where.endswith("top/wanted/C.TIF")
    sent = pickle.dumps(file)
    assert len(sent) < 500
    assert pickle.loads(sent).read() == b"2"


def test_the_bytes_must_be_those_on_record(places):
    file = tree.find_tree(places, "wanted").file("wanted/b.tif")
    right, wrong = manifest.checksum_of(b"1"), manifest.checksum_of(b"2")
    assert dataclasses.replace(file, known=right).read() == b"1"
    with pytest.raises(DatasetError) as caught:
        dataclasses.replace(file, known=wrong).read()
    assert f"b.tif: {right}; expected the file that is on record, {wrong}. Put" in str(caught.value)
    assert str(caught.value).endswith("Put the published file in its place.")
    with pytest.raises(DatasetError, match=r"If a wrong copy was recorded, delete /the/record\.$"):
        dataclasses.replace(file, known=wrong, record="/the/record").read()


def test_another_size_than_on_record_is_refused_unread(places, monkeypatch):
    file = tree.find_tree(places, "wanted").file("wanted/b.tif")
    monkeypatch.setattr(tree.File, "_read", None)
    with pytest.raises(DatasetError, match=r"b\.tif: 1 bytes; expected the file .*, 7 bytes with"):
        dataclasses.replace(file, known=manifest.Checksum("0" * 64, 7)).read()


def test_a_file_is_found_whatever_its_capitals(places):
    found = tree.find_tree(places, "wanted")
    assert found.file("WANTED/c.tif").read() == b"2"
    assert found.has("wanted/c.tif")
    assert not found.has("wanted/d.tif")


def test_what_macos_adds_is_left_out(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("__MACOSX/wanted/._a.tif", "deep/down/wanted/._a.tif"):
            archive.writestr(name, "resource")
        archive.writestr("deep/down/wanted/a.tif", "1")
    found = tree.find_tree([path], "wanted")
    assert (found.prefix, found.files) == ("deep/down/", ("wanted/a.tif",))
    (tmp_path / "top/wanted").mkdir(parents=True)
    for name in ("._a.tif", "a.tif"):
        (tmp_path / "top/wanted" / name).write_text("")
    assert tree.find_tree([tmp_path], "wanted").files == ("wanted/a.tif",)


def test_the_uppermost_root_is_taken(tmp_path):
    for name in ("a/b/wanted/x.tif", "z/wanted/deep/down/x.tif"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("")
    assert tree.find_tree([tmp_path], "wanted").prefix == "z/"


def test_a_linked_folder_is_followed_but_not_upwards(tmp_path):
    (tmp_path / "disk/wanted").mkdir(parents=True)
    (tmp_path / "disk/wanted/a.tif").write_text("1")
    (tmp_path / "disk/wanted/up").symlink_to(tmp_path / "disk")
    (tmp_path / "manual").mkdir()
    (tmp_path / "manual/archive").symlink_to(tmp_path / "disk")
    found = tree.find_tree([tmp_path / "manual"], "wanted")
    assert found.files == ("wanted/a.tif",)
    assert found.file("wanted/a.tif").read() == b"1"


def test_zips_are_found_whatever_the_capitals_of_their_suffix(tmp_path):
    path = zip_of(tmp_path / "A.ZIP", b"1")
    assert tree.sources(tmp_path) == [path, tmp_path]


def test_a_zip_that_is_replaced_is_opened_anew(tmp_path):
    path = zip_of(tmp_path / "a.zip", b"old")
    file = tree.find_tree([path], "wanted").file("wanted/a.tif")
    assert file.read() == b"old"
    shutil.move(zip_of(tmp_path / "b.zip", b"newer"), path)
    assert file.read() == b"newer"
    path.unlink()
    with pytest.raises(DatasetError, match=r"a\.zip.*cannot be read"):
        file.read()


@pytest.fixture
def many(tmp_path):
    """A zip of files that hold the sum of their own bytes' seed, to be read at once."""
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(40):
            archive.writestr(f"wanted/{number}", random.Random(number).randbytes(50_000))
    found = tree.find_tree([path], "wanted")
    return [found.file(f"wanted/{number}") for number in range(40)] * 10


def right(file):
    return file.read() == random.Random(int(file.name.rpartition("/")[2])).randbytes(50_000)


def test_many_threads_read_one_zip(many):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(pool.map(right, many))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_does_not_share_the_position_in_the_zip(many):
    assert right(many[0])  # opened here, before the children are made
    with multiprocessing.get_context("fork").Pool(4) as pool:
        results = pool.map_async(right, many)
        assert all(right(file) for file in many)
        assert all(results.get(60))
