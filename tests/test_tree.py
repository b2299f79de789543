import zipfile
from pathlib import Path

import pytest

from tem_virus_dataset import DatasetError, tree

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
    found = tree.find(places, "wanted")
    assert found.prefix == "top/"
    assert sorted(found.files) == sorted(n[4:] for n in FILES if n.startswith("top/"))
    assert found.names("wanted", ".tif") == ["b.tif", "C.TIF"]  # without regard to case
    assert found.names("wanted/deeper", ".tif") == ["d.tif"]
    assert found.names("absent", ".tif") == []
    assert [found.read(f"wanted/{name}") for name in ("b.tif", "C.TIF")] == [b"1", b"2"]
    assert found.where("wanted/b.tif").endswith("top/wanted/b.tif")


def test_the_wanted_folder_may_be_the_first_or_deeper(places):
    assert tree.find(places, "top").prefix == ""
    assert tree.find(places, "deeper").prefix == "top/wanted/"


def test_only_whole_names_of_folders_count(places):
    assert tree.find(places, "want") is None
    assert tree.find(places, "beside.tif") is None


def test_an_absent_file_is_named(places):
    with pytest.raises(DatasetError, match=r"wanted/none\.tif: cannot be read .* expected an int"):
        tree.find(places, "wanted").read("wanted/none.tif")


def test_the_shallowest_folder_of_the_name_is_taken(tmp_path):
    for name in ("a/b/wanted/x", "z/wanted/x"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(name)
    assert tree.find([tmp_path], "wanted").prefix == "z/"


def test_a_zip_goes_before_the_folder_around_it(tmp_path):
    (tmp_path / "b.zip").touch()
    (tmp_path / "a.zip").touch()
    assert tree.sources(tmp_path) == [tmp_path / "a.zip", tmp_path / "b.zip", tmp_path]
    assert tree.sources(tmp_path / "absent") == []


def test_an_oversized_file_is_refused_unread(places, monkeypatch):
    monkeypatch.setattr(tree, "LARGEST_FILE", 0)
    for reader in (zipfile.ZipFile, Path):
        monkeypatch.setattr(reader, "read_bytes" if reader is Path else "read", None)
    with pytest.raises(DatasetError, match=r"wanted/b\.tif: 1 bytes; .* more than 0"):
        tree.find(places, "wanted").read("wanted/b.tif")


def zip_of(path, data=b"x" * 1000):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("wanted/a.tif", data)
    return path


def test_a_damaged_member_is_named(tmp_path):
    path = zip_of(tmp_path / "damaged.zip")
    path.write_bytes(path.read_bytes().replace(b"xxx", b"xyx", 1))
    with pytest.raises(DatasetError, match=r"damaged\.zip :: wanted/a\.tif: cannot be read .*CRC"):
        tree.find([path], "wanted").read("wanted/a.tif")


@pytest.mark.parametrize("field, value, said", [("flag_bits", 1, "encrypted"), ("method", 9, "")])
def test_a_member_packed_in_a_foreign_way_is_named(tmp_path, field, value, said):
    path = zip_of(tmp_path / "foreign.zip")
    with zipfile.ZipFile(path, "a") as archive:
        member = archive.getinfo("wanted/a.tif")
        if field == "flag_bits":
            member.flag_bits |= value
        else:
            member.compress_type = value  # 9: Deflate64, what Windows takes for files above 2 GB
        archive.writestr("note", "")  # makes zipfile write the directory anew
    with pytest.raises(DatasetError, match=rf"wanted/a\.tif: cannot be read .*{said}"):
        tree.find([path], "wanted").read("wanted/a.tif")


def test_what_is_no_zip_is_named(tmp_path):
    path = tmp_path / "page.zip"
    path.write_text("<html>403</html>")
    with pytest.raises(DatasetError, match=r"page\.zip: not a readable zip .* expected the archi"):
        tree.find([path], "wanted")
