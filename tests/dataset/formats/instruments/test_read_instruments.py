"""Files of instruments through the reader of all formats."""

import h5py
import numpy as np
import pytest
import small_dm
import small_emd
import small_mrc
import small_ser
from pictures import EIGHT, PACKERS, SIXTEEN

from tem_virus_dataset import DatasetError
from tem_virus_dataset.formats.read import NAMED_ONLY, READERS, read

HALF_NM = [(0.5, "nm")] * 2


def check(path, nm=0.5, image=SIXTEEN):
    micrograph = read(path)
    np.testing.assert_array_equal(micrograph.image, image)
    assert micrograph.pixel_size.nm == pytest.approx(nm)
    return micrograph


def write_each(folder):
    """Write one micrograph in every kind of file."""
    yield small_mrc.write(folder / "a.mrc", SIXTEEN)
    yield small_dm.write(folder / "a.dm3", (SIXTEEN, HALF_NM))
    yield small_dm.write(folder / "a.dm4", (SIXTEEN, HALF_NM))
    yield small_ser.write(folder / "a_1.ser", SIXTEEN)
    yield small_emd.write_velox(folder / "a.emd", SIXTEEN)
    yield small_emd.write_ncem(folder / "b.emd", SIXTEEN)


def test_every_kind(tmp_path):
    for path in write_each(tmp_path):
        assert path.suffix in READERS
        assert check(path).remarks == ()


def test_every_kind_by_its_content(tmp_path):
    for number, path in enumerate(write_each(tmp_path)):
        other = path.rename(tmp_path / f"{number}.tif")
        (remark,) = check(other).remarks
        assert "with the suffix .tif" in remark


@pytest.mark.parametrize(("ending", "pack"), PACKERS.items())
def test_every_kind_may_be_packed(tmp_path, ending, pack):
    for path in write_each(tmp_path):
        packed = tmp_path / f"{path.name}{ending}"
        packed.write_bytes(pack(path.read_bytes()))
        assert check(packed).remarks == ()
    other = packed.rename(tmp_path / f"other.mrc{ending}")
    assert "an HDF5 file with the suffix .mrc" in check(other).remarks


def test_packed_files_that_are_no_packed_files(tmp_path):
    path = tmp_path / "a.mrc.gz"
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(DatasetError, match="git lfs pull"):
        read(path)
    path.write_bytes(b"")
    with pytest.raises(DatasetError, match="empty file"):
        read(path)


def test_suffixes_of_mrc(tmp_path):
    for suffix in (".mrcs", ".map", ".rec", ".st", ".ali"):
        check(small_mrc.write(tmp_path / f"a{suffix}", SIXTEEN))


def test_an_emi_is_read_where_it_is_named(tmp_path):
    small_ser.write(tmp_path / "a_1.ser", SIXTEEN)
    emi = small_ser.write_emi(tmp_path / "a.emi", "TEM uP SA Zoom Image")
    check(emi)
    assert ".emi" in NAMED_ONLY
    assert ".emi" not in READERS  # in a folder, its .ser is taken


@pytest.mark.parametrize("ending", ["h5", "hdf5", "hdf"])
def test_emd_may_have_the_suffix_of_hdf5(tmp_path, ending):
    path = small_emd.write_ncem(tmp_path / f"a.{ending}", SIXTEEN)
    (remark,) = check(path).remarks
    assert f"an HDF5 file with the suffix .{ending}" in remark
    with h5py.File(path, "w") as file:
        file["counts"] = SIXTEEN
    with pytest.raises(DatasetError, match=r"holds counts; expected the images of Velox"):
        read(path)


def test_one_angstrom_is_not_set(tmp_path):
    micrograph = read(small_mrc.write(tmp_path / "a.mrc", SIXTEEN, 1.0))
    assert micrograph.pixel_size is None
    assert "1 Å" in micrograph.size_remarks[0]


def test_previews_are_left_out(tmp_path):
    view = np.repeat(EIGHT[::4, ::4, None], 3, axis=2)
    check(small_dm.write(tmp_path / "a.dm4", (view, None), (SIXTEEN, HALF_NM), thumbnail=0))
    check(small_dm.write(tmp_path / "b.dm4", (view, None), (SIXTEEN, HALF_NM)))


def test_gray_images_in_colour(tmp_path):
    gray = np.repeat(EIGHT[..., None], 3, axis=2)
    check(small_dm.write(tmp_path / "a.dm3", (gray, HALF_NM)), image=EIGHT)
    colours = np.dstack([EIGHT, 255 - EIGHT, EIGHT])
    with pytest.raises(DatasetError, match="has colours"):
        read(small_dm.write(tmp_path / "b.dm3", (colours, HALF_NM)))


def test_several_micrographs(tmp_path):
    two = (SIXTEEN, HALF_NM), (SIXTEEN[::-1], HALF_NM)
    with pytest.raises(DatasetError, match=r"2 images: image 1 .* image 2"):
        read(small_dm.write(tmp_path / "a.dm4", *two))
    with pytest.raises(DatasetError, match=r"DF0.*DF1"):
        read(small_emd.write_velox(tmp_path / "a.emd", SIXTEEN, SIXTEEN[::-1]))


def test_a_text_beside_the_image_comes_last(tmp_path):
    text = "[TemImageFile]\nPixelSize=0.7\n"
    (tmp_path / "a.txt").write_text(text)
    check(small_mrc.write(tmp_path / "a.mrc", SIXTEEN), 0.5)
    check(small_mrc.write(tmp_path / "a.mrc", SIXTEEN, 0.0), 0.7)
