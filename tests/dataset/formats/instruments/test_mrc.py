"""MRC files of every mode and of every header."""

import mrcfile
import numpy as np
import pytest
import small_mrc
from pictures import SIXTEEN, check, check_no_micrograph, check_refused, smooth

from tem_virus_dataset.formats.instruments.mrc import open_pictures

ANGSTROM = (5.0, "Å")


@pytest.mark.parametrize(
    "image",
    [
        SIXTEEN,
        SIXTEEN.astype(np.float32) / 7,
        (SIXTEEN / 60000).astype(np.float16),
        (SIXTEEN.astype(int) - 30000).astype(np.int16),
        SIXTEEN[None],
    ],
)
def test_modes(tmp_path, image):
    check(open_pictures, small_mrc.write(tmp_path / "a.mrc", image), np.squeeze(image), ANGSTROM)


@pytest.mark.parametrize(
    "edits",
    [
        {208: b"MAP\0"},  # MotionCor2
        {212: b"\x44\0\0\0"},  # SerialEM
        {212: b"\x44\x20\x20\x20"},  # IMOD
        {208: b"\0" * 8},  # before 2000
        {208: b"MAP \x44\x41\0\0"},
    ],
)
def test_headers_of_other_programs(tmp_path, edits):
    check(
        open_pictures, small_mrc.write(tmp_path / "a.mrc", SIXTEEN, edits=edits), SIXTEEN, ANGSTROM
    )


def test_big_endian(tmp_path):
    path = small_mrc.write_big_endian(tmp_path / "a.mrc", SIXTEEN)
    check(open_pictures, path, SIXTEEN, ANGSTROM)


def test_a_few_bytes_follow_the_image(tmp_path):
    path = small_mrc.write(tmp_path / "a.mrc", SIXTEEN)
    path.write_bytes(path.read_bytes() + b"\0" * 100)
    check(open_pictures, path, SIXTEEN, ANGSTROM)


def test_another_section_than_the_header_counts(tmp_path):
    path = small_mrc.write(tmp_path / "a.mrc", SIXTEEN)
    path.write_bytes(path.read_bytes() + SIXTEEN.tobytes())
    check_refused(open_pictures, path, "has 2400 bytes after its image", "save it again")


def test_a_cell_of_no_parts_states_nothing(tmp_path):
    path = small_mrc.write(tmp_path / "a.mrc", SIXTEEN, edits={28: b"\0" * 12})
    check(open_pictures, path, SIXTEEN)


@pytest.mark.parametrize("kind", [b"FEI1", b"FEI2"])
def test_extended_header_of_epu(tmp_path, kind):
    path = small_mrc.write_epu(tmp_path / "a.mrc", SIXTEEN, 6.1e-10, kind)
    check(open_pictures, path, SIXTEEN, (6.1e-10, "m"), (0.0, "Å"))
    small_mrc.write_epu(path, SIXTEEN, 0.0, kind)
    check(open_pictures, path, SIXTEEN, (0.0, "Å"))
    small_mrc.write_epu(path, SIXTEEN, 1e-10, kind, diffraction=True)
    check_no_micrograph(open_pictures, path, "a diffraction pattern")


def test_extended_header_of_older_programs_of_fei(tmp_path):
    records = np.zeros((1024, 32), np.float32)
    records[0, 11] = 7e-10
    path = tmp_path / "a.mrc"
    with mrcfile.new(path) as file:
        file.set_data(SIXTEEN)
        file.set_extended_header(np.frombuffer(records.tobytes(), "V131072"))
    check(open_pictures, path, SIXTEEN, (7e-10, "m"), (0.0, "Å"))


BYTES = smooth()


@pytest.mark.parametrize(
    ("edits", "named", "is_signed"),
    [
        (small_mrc.imod_words(0), {}, False),
        (small_mrc.imod_words(1), {"dmin": 0, "dmax": 255}, True),
        ({}, {"dmin": 3, "dmax": 250}, False),
        ({}, {"dmin": -120, "dmax": 127}, True),
        ({}, {"dmin": 0, "dmax": -1}, False),  # not set
    ],
)
def test_signs_of_bytes(tmp_path, edits, named, is_signed):
    """Unsigned bytes, of which the header says what they are, whatever they look like."""
    signed = BYTES.view(np.int8)
    path = small_mrc.write(tmp_path / "a.mrc", signed, edits=edits, **named)
    check(open_pictures, path, signed if is_signed else BYTES, ANGSTROM)


def test_signed_bytes_where_the_header_is_not_set(tmp_path):
    signed = (BYTES.astype(int) - 128).astype(np.int8)
    path = small_mrc.write(tmp_path / "a.mrc", signed, dmin=0, dmax=-1)
    check(open_pictures, path, signed, ANGSTROM)


def test_unsigned_counts_of_mode_1(tmp_path):
    path = small_mrc.write(tmp_path / "a.mrc", SIXTEEN.view(np.int16), dmin=0, dmax=59999)
    check(open_pictures, path, SIXTEEN, ANGSTROM)
    path = small_mrc.write(tmp_path / "a.mrc", SIXTEEN.view(np.int16))
    check(open_pictures, path, SIXTEEN.view(np.int16), ANGSTROM)


def test_a_range_that_bytes_cannot_have_does_not_tell_their_sign(tmp_path):
    """Some programs leave the range from before a conversion to bytes."""
    signed = (BYTES.astype(int) - 128).astype(np.int8)
    for image in (signed, BYTES):
        stored = image.view(np.int8)
        path = small_mrc.write(tmp_path / "a.mrc", stored, dmin=12, dmax=9000, dmean=400)
        check(open_pictures, path, image, ANGSTROM)


@pytest.mark.parametrize("header", [{"dmin": 0, "dmax": 0}, {"dmin": 0, "dmax": -1, "dmean": -2}])
def test_counts_of_mode_1_whose_range_is_not_known(tmp_path, header):
    y, x = np.mgrid[:40, :60]
    smooth = (20000 + 400 * x + 100 * y).astype(np.uint16)
    path = small_mrc.write(tmp_path / "a.mrc", smooth.view(np.int16), **header)
    check(open_pictures, path, smooth, ANGSTROM)
    signed = (smooth.astype(np.int32) - 30000).astype(np.int16)
    path = small_mrc.write(tmp_path / "a.mrc", signed, **header)
    check(open_pictures, path, signed, ANGSTROM)


def test_extended_headers_of_other_programs_are_not_looked_at(tmp_path):
    words = np.full(1 << 15, 7e-10, np.float32).tobytes()
    with mrcfile.new(tmp_path / "a.mrc") as file:
        file.set_data(SIXTEEN)
        file.voxel_size = 5.0
        file.set_extended_header(np.frombuffer(words, "V131072"))
        file.header.exttyp = b"SERI"
    check(open_pictures, tmp_path / "a.mrc", SIXTEEN, ANGSTROM)


def test_stacks_and_volumes(tmp_path):
    stack = np.stack([SIXTEEN] * 3)
    path = small_mrc.write(tmp_path / "a.mrc", stack, ispg=0)
    check_no_micrograph(open_pictures, path, "a stack or a volume of 3 images")
    path = small_mrc.write(tmp_path / "a.mrc", stack, ispg=1)
    check_no_micrograph(open_pictures, path, "a volume of 3 sections")
    path = small_mrc.write(tmp_path / "a.rec", stack, ispg=0)
    check_no_micrograph(open_pictures, path, "a volume of 3 sections")


def test_modes_that_are_no_image(tmp_path):
    path = small_mrc.write(tmp_path / "a.mrc", SIXTEEN.astype(np.complex64))
    check_no_micrograph(open_pictures, path, "complex numbers")
    path = small_mrc.write(tmp_path / "a.mrc", SIXTEEN, edits={12: (101).to_bytes(4, "little")})
    check_refused(open_pictures, path, "4 bits a pixel", "newstack")
    edits = {12: (154285104).to_bytes(4, "little")}
    path = small_mrc.write(tmp_path / "a.mrc", SIXTEEN, edits=edits)
    check_refused(open_pictures, path, "mode 154285104")


@pytest.mark.parametrize("label", [b"", b"SerialEMCCD: Dose frac. image, 4 bits packed  r/f 3"])
def test_two_pixels_in_a_byte_are_no_image_of_bytes(tmp_path, label):
    """SerialEM's frames of half the width: by IMOD's flag, or by their only label."""
    edits = {224: label.ljust(80)} if label else small_mrc.imod_words(16)
    path = small_mrc.write(tmp_path / "a.mrc", BYTES.view(np.int8), edits=edits, nlabl=1)
    check_refused(open_pictures, path, "mode 0, 4 bits a pixel", "newstack")
    edits = {224: label.ljust(80)}  # beside another one, it is of what the file was made from
    small_mrc.write(path, BYTES.view(np.int8), edits=edits, nlabl=2, dmin=0, dmax=255)
    check(open_pictures, path, BYTES, ANGSTROM)


def test_damaged_files(tmp_path):
    path = small_mrc.write(tmp_path / "a.mrc", SIXTEEN)
    data = path.read_bytes()
    for length in (100, 2000, len(data) - 1):
        path.write_bytes(data[:length])
        check_refused(open_pictures, path, "cut off", "Copy it again")
    path.write_bytes(b"x" * 3000)
    check_refused(open_pictures, path, "no header of an MRC file")
    path = small_mrc.write(tmp_path / "a.mrc", SIXTEEN, edits={92: b"\xff" * 4})
    check_refused(open_pictures, path, "extended header of -1 bytes")


@pytest.mark.parametrize(
    ("axes", "expected"),
    [((1, 2, 3), SIXTEEN), ((0, 0, 0), SIXTEEN), ((7, 2, 3), SIXTEEN), ((2, 1, 3), SIXTEEN.T)],
)
def test_axes_of_columns_and_rows(tmp_path, axes, expected):
    edits = {64: np.array(axes, "<i4").tobytes()}
    path = small_mrc.write(tmp_path / "a.mrc", SIXTEEN, edits=edits)
    check(open_pictures, path, expected, ANGSTROM)
    with open_pictures(path) as (picture,):
        assert picture.is_turned == (axes == (2, 1, 3))


def test_a_section_of_a_volume_is_refused(tmp_path):
    edits = {64: np.array((1, 3, 2), "<i4").tobytes()}
    path = small_mrc.write(tmp_path / "a.mrc", SIXTEEN, edits=edits)
    check_refused(open_pictures, path, "along the axes x, z, y (MAPC, MAPR, MAPS)", "of its own")
