"""SER files of TIA, and the .emi that belongs to them."""

import numpy as np
import pytest
import small_ser
from pictures import EIGHT, SIXTEEN, check, check_no_micrograph, check_refused

from tem_virus_dataset.formats.instruments.ser import open_pictures

METRES = (5e-10, "m")


@pytest.mark.parametrize("version", [0x0210, 0x0220])
@pytest.mark.parametrize("image", [SIXTEEN, EIGHT, SIXTEEN.astype(np.float32), -EIGHT.astype("i4")])
def test_one_image(tmp_path, image, version):
    path = small_ser.write(tmp_path / "a_1.ser", image, version=version)
    check(open_pictures, path, image, METRES, source="TIA")


@pytest.mark.parametrize(
    ("images", "metres", "reason"),
    [
        ([SIXTEEN] * 3, 5e-10, "a stack of 3 images"),
        ([SIXTEEN[0]], 5e-10, "a spectrum"),
        ([SIXTEEN[0]] * 4, 5e-10, "4 spectra"),
        ([SIXTEEN.astype("c8")], 5e-10, "complex numbers"),
        ([SIXTEEN], 4e7, "a diffraction pattern, in 1/m"),
    ],
)
def test_what_is_no_micrograph(tmp_path, images, metres, reason):
    path = small_ser.write(tmp_path / "a_1.ser", *images, metres=metres)
    check_no_micrograph(open_pictures, path, reason)


def test_the_emi_leads_to_its_only_series(tmp_path):
    emi = small_ser.write_emi(tmp_path / "a b.emi", "TEM uP SA Zoom Image")
    check_refused(open_pictures, emi, "holds no pixels", "a b_1.ser", "found none")
    small_ser.write(tmp_path / "a b_1.ser", SIXTEEN)
    small_ser.write(tmp_path / "a b c_1.ser", EIGHT)
    check(open_pictures, emi, SIXTEEN, METRES)
    small_ser.write(tmp_path / "a b_2.ser", EIGHT)
    check_refused(open_pictures, emi, "found a b_1.ser, a b_2.ser", "Give the .ser file")


def test_the_emi_knows_of_diffraction(tmp_path):
    path = small_ser.write(tmp_path / "a_1.ser", SIXTEEN)
    small_ser.write_emi(tmp_path / "a.emi", "TEM uP SA Zoom Diffraction")
    check_no_micrograph(open_pictures, path, "a.emi says TEM uP SA Zoom Diffraction")
    small_ser.write_emi(tmp_path / "a.emi", "STEM nP SA Zoom Diffraction")
    check(open_pictures, path, SIXTEEN, METRES)
    (tmp_path / "a.emi").write_bytes(b"")
    check(open_pictures, path, SIXTEEN, METRES)


def test_damaged_files(tmp_path):
    path = small_ser.write(tmp_path / "a_1.ser", SIXTEEN)
    data = path.read_bytes()
    for length in (4, 20, 60, 1500, len(data) - 1):
        path.write_bytes(data[:length])
        check_refused(open_pictures, path, "cut off", "Copy it again")
    path.write_bytes(b"x" * 3000)
    check_refused(open_pictures, path, "no header of a SER file")
    path.write_bytes(data[:18] + b"\0\0\0\0" + data[22:])  # as a stopped acquisition leaves it
    check_refused(open_pictures, path, "holds 0 data sets")


@pytest.mark.parametrize("place", [10**6, 2**63 + 1, 2**64 - 1])
def test_a_header_that_leads_beyond_the_end(tmp_path, place):
    path = small_ser.write(tmp_path / "a_1.ser", SIXTEEN, version=0x0220)
    data = bytearray(path.read_bytes())
    data[22:30] = place.to_bytes(8, "little")
    path.write_bytes(data)
    check_refused(open_pictures, path, f"leads to byte {place}, beyond its end", "Copy it again")
