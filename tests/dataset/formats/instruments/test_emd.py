"""EMD files of Velox and of NCEM."""

import h5py
import numpy as np
import pytest
import small_emd
from pictures import EIGHT, SIXTEEN, check, check_no_micrograph, check_refused

from tem_virus_dataset.formats import choose
from tem_virus_dataset.formats.instruments.emd import open_pictures


@pytest.mark.parametrize("image", [SIXTEEN, EIGHT, SIXTEEN.astype(np.float32)])
def test_velox(tmp_path, image):
    path = small_emd.write_velox(tmp_path / "a.emd", image)
    check(open_pictures, path, image, (5e-10, "m"), source="Velox")


def test_velox_with_several_detectors(tmp_path):
    path = small_emd.write_velox(tmp_path / "a.emd", SIXTEEN, EIGHT)
    with open_pictures(path) as pictures:
        assert [picture.name for picture in pictures] == ["image 1 (DF0)", "image 2 (DF1)"]
        np.testing.assert_array_equal(pictures[1].pixels(), EIGHT)


def test_velox_without_metadata(tmp_path):
    path = small_emd.write_velox(tmp_path / "a.emd", SIXTEEN)
    with h5py.File(path, "r+") as file:
        (group,) = file["Data/Image"].values()
        group["Metadata"][:] = 0
    check(open_pictures, path, SIXTEEN)
    with h5py.File(path, "r+") as file:
        (group,) = file["Data/Image"].values()
        del group["Metadata"]
    check(open_pictures, path, SIXTEEN)


HALVES = np.zeros((30, 40), [("realFloatHalfEven", "<f4"), ("imagFloatHalfEven", "<f4")])


@pytest.mark.parametrize(
    ("image", "unit", "reason"),
    [
        (np.dstack([SIXTEEN] * 3), "m", "a stack or a volume of 3 images"),
        (SIXTEEN, "1/m", "a diffraction pattern, in 1/m"),
        (SIXTEEN, "rad", "a diffraction pattern, in rad"),
        (HALVES, "1/m", "complex numbers"),
    ],
)
def test_what_velox_has_beside_micrographs(tmp_path, image, unit, reason):
    path = small_emd.write_velox(tmp_path / "a.emd", image, unit=unit)
    check_no_micrograph(open_pictures, path, reason)


def test_patterns_without_calibration(tmp_path):
    modes = {"OperatingMode": "1", "ProjectorMode": "1"}
    path = small_emd.write_velox(tmp_path / "a.emd", SIXTEEN, unit="", optics=modes)
    check_no_micrograph(open_pictures, path, "a diffraction pattern")
    scanning = {**modes, "OperatingMode": "2"}
    path = small_emd.write_velox(tmp_path / "a.emd", SIXTEEN, optics=scanning)
    check(open_pictures, path, SIXTEEN, (5e-10, "m"))


def test_spectra_of_velox(tmp_path):
    with h5py.File(tmp_path / "a.emd", "w") as file:
        file["Data/SpectrumStream/0/Data"] = SIXTEEN
    check_refused(open_pictures, tmp_path / "a.emd", "spectra only")


@pytest.mark.parametrize("unit", ["n_m", "[n_m]", b"nm", "n m", np.array([b"n_m"])])
def test_ncem(tmp_path, unit):
    path = small_emd.write_ncem(tmp_path / "a.emd", SIXTEEN, unit=unit)
    check(open_pictures, path, SIXTEEN, (0.5, "nm"), source="EMD")
    path = small_emd.write_ncem(tmp_path / "b.emd", SIXTEEN[None], unit=unit)
    check(open_pictures, path, SIXTEEN, (0.5, "nm"))


@pytest.mark.parametrize(
    ("image", "unit", "reason"),
    [
        (np.stack([SIXTEEN] * 3), "n_m", "a stack or a volume of 3 images"),
        (SIXTEEN, "[1 / µm]".encode(), "a diffraction pattern, in [1 / µm]"),
        (SIXTEEN.astype(np.complex64), "n_m", "complex numbers"),
        (SIXTEEN[:1], "n_m", "a single row"),
    ],
)
def test_what_ncem_has_beside_micrographs(tmp_path, image, unit, reason):
    path = small_emd.write_ncem(tmp_path / "a.emd", image, unit=unit)
    check_no_micrograph(open_pictures, path, reason)


def test_units_that_are_not_ascii_or_missing(tmp_path):
    for unit in ("[µm]".encode(), "µm".encode("latin-1"), "µm"):
        path = small_emd.write_ncem(tmp_path / "a.emd", SIXTEEN, unit=unit)
        check(open_pictures, path, SIXTEEN, (0.5, "µm"))
    path = small_emd.write_ncem(tmp_path / "a.emd", SIXTEEN, unit=h5py.Empty("f4"))
    check(open_pictures, path, SIXTEEN)


def test_emd_of_version_1(tmp_path):
    """As py4DSTEM writes it: axes from 0, of two positions."""
    with h5py.File(tmp_path / "a.emd", "w") as file:
        group = file.create_group("root/image")
        group.attrs["emd_group_type"] = "array"
        group["data"] = SIXTEEN
        for number in range(2):
            group[f"dim{number}"] = [0, 0.7]
            group[f"dim{number}"].attrs["units"] = "nm"
    check(open_pictures, tmp_path / "a.emd", SIXTEEN, (0.7, "nm"))


def test_damaged_and_other_files(tmp_path):
    path = small_emd.write_velox(tmp_path / "a.emd", SIXTEEN)
    data = path.read_bytes()
    path.write_bytes(data[:1500])
    check_refused(open_pictures, path, "cannot be read as EMD")
    path.write_bytes(b"x" * 3000)
    check_refused(open_pictures, path, "no header of HDF5")
    with h5py.File(path, "w") as file:
        file["entry/measurement"] = SIXTEEN
    check_refused(open_pictures, path, "holds entry", "Velox (Data/Image) or of NCEM")
    with h5py.File(path, "w") as file:
        file[b"Dat\xff"] = SIXTEEN
    check_refused(open_pictures, path, "holds Dat", "Velox (Data/Image) or of NCEM")


@pytest.mark.parametrize("shape", [(96, 128), (100_000, 40_000)])
def test_parts_that_were_never_written(tmp_path, shape):
    """Zeros in their place would pass for an image, and fill the memory where a header is wrong."""
    with h5py.File(tmp_path / "a.emd", "w") as file:
        data = file.create_dataset("Data/Image/0/Data", (*shape, 1), np.uint8, chunks=(32, 128, 1))
        data[:32, :128, 0] = np.arange(128)
    check_refused(open_pictures, tmp_path / "a.emd", "parts of image 1 have no data", "copy it")


def test_an_image_in_other_files(tmp_path):
    """The HDF5 library gives zeros for the image of a file that is missing."""
    with h5py.File(tmp_path / "source.h5", "w") as file:
        file["image"] = SIXTEEN
    layout = h5py.VirtualLayout((*SIXTEEN.shape, 1), dtype=SIXTEEN.dtype)
    layout[:, :, 0] = h5py.VirtualSource("source.h5", "image", shape=SIXTEEN.shape)
    with h5py.File(tmp_path / "a.emd", "w") as file:
        file.create_virtual_dataset("Data/Image/0/Data", layout)
    with open_pictures(tmp_path / "a.emd") as (picture,):
        np.testing.assert_array_equal(picture.pixels(), SIXTEEN)
    (tmp_path / "source.h5").unlink()
    check_refused(open_pictures, tmp_path / "a.emd", "source.h5 is not there", "Copy it")


def test_a_link_to_what_is_missing(tmp_path):
    path = small_emd.write_velox(tmp_path / "a.emd", SIXTEEN)
    with h5py.File(path, "a") as file:
        file["Data/Image/gone"] = h5py.ExternalLink("gone.emd", "/Data/Image/0")
    with open_pictures(path) as pictures:
        micrograph, remarks = choose.micrograph(pictures, path)
        np.testing.assert_array_equal(micrograph.pixels(), SIXTEEN)
    assert "a link to what is missing" in remarks[0]


def test_an_image_of_which_nothing_was_written(tmp_path):
    with h5py.File(tmp_path / "a.emd", "w") as file:
        file.create_dataset("Data/Image/0/Data", (96, 128, 1), np.uint16)
    check_refused(open_pictures, tmp_path / "a.emd", "1 of 1 parts of image 1 have no data")


def test_parts_of_zeros_that_were_written(tmp_path):
    image = np.where(np.arange(30)[:, None] < 10, 0, SIXTEEN).astype(np.uint16)
    with h5py.File(tmp_path / "a.emd", "w") as file:
        file.create_dataset("Data/Image/0/Data", data=image[..., None], chunks=(10, 40, 1))
    check(open_pictures, tmp_path / "a.emd", image)
