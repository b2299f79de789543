"""DM3 and DM4 files of several images, and of every kind of calibration."""

import numpy as np
import pytest
import small_dm
from pictures import EIGHT, SIXTEEN, check, check_no_micrograph, check_refused

from tem_virus_dataset.formats.instruments.dm import open_pictures

HALF_NM = [(0.5, "nm"), (0.5, "nm")]
VIEW = np.repeat(EIGHT[::4, ::4, None], 3, axis=2)


@pytest.mark.parametrize("ending", ["dm3", "dm4"])
@pytest.mark.parametrize(
    "image", [SIXTEEN, SIXTEEN.astype(np.int32) - 3000, SIXTEEN.astype(np.float32) / 3]
)
def test_one_image(tmp_path, ending, image):
    path = small_dm.write(tmp_path / f"a.{ending}", (image, HALF_NM))
    check(open_pictures, path, image, (0.5, "nm"), source="Gatan")


@pytest.mark.parametrize(
    ("side", "unit", "stated"),
    [(5.0, "Å", "Å"), (0.0005, "µm", "µm"), (0.0005, "\u03bcm", "µm"), (-0.5, "nm", "nm")],
)
def test_units(tmp_path, side, unit, stated):
    path = small_dm.write(tmp_path / "a.dm4", (SIXTEEN, [(side, unit)] * 2))
    check(open_pictures, path, SIXTEEN, (side, stated))


def test_units_that_differ_are_compared_in_nm(tmp_path):
    path = small_dm.write(tmp_path / "a.dm4", (SIXTEEN, [(5.0, "Å"), (0.5, "nm")]))
    check(open_pictures, path, SIXTEEN, (0.5, "nm"))


def test_images_without_calibration_state_nothing(tmp_path):
    path = small_dm.write(tmp_path / "a.dm4", (SIXTEEN, [(1.0, ""), (1.0, "")]))
    check(open_pictures, path, SIXTEEN)


def test_the_calibration_is_that_of_the_image(tmp_path):
    """Not that of the image before it, which has no calibration to be counted."""
    path = small_dm.write(tmp_path / "a.dm3", (VIEW, None), (SIXTEEN, HALF_NM), thumbnail=0)
    check(open_pictures, path, SIXTEEN, (0.5, "nm"))
    path = small_dm.write(tmp_path / "a.dm4", (SIXTEEN, HALF_NM), (VIEW, None), thumbnail=1)
    check(open_pictures, path, SIXTEEN, (0.5, "nm"))


def test_all_images_are_listed(tmp_path):
    other = SIXTEEN[:, ::-1]
    path = small_dm.write(
        tmp_path / "a.dm4",
        (VIEW, None),
        (SIXTEEN, HALF_NM),
        (other, [(0.7, "nm")] * 2),
        thumbnail=0,
    )
    with open_pictures(path) as pictures:
        view, first, second = pictures
        assert [p.name for p in pictures] == ["image 1", "image 2", "image 3"]
        assert [p.is_reduced for p in pictures] == [True, False, False]
        assert (view.channels, view.shape) == (3, VIEW.shape[:2])
        np.testing.assert_array_equal(first.pixels(), SIXTEEN)
        np.testing.assert_array_equal(second.pixels(), other)
        assert second.statements[0].x == pytest.approx(0.7)


def test_colours(tmp_path):
    colours = np.dstack([EIGHT, EIGHT.T.reshape(EIGHT.shape), 255 - EIGHT])
    path = small_dm.write(tmp_path / "a.dm3", (colours[..., ::-1], HALF_NM))  # nionswift's order
    with open_pictures(path) as (picture,):
        assert (picture.shape, picture.channels, picture.is_reduced) == ((30, 40), 3, False)
        np.testing.assert_array_equal(picture.pixels(), colours)


def test_a_stack_of_one_image(tmp_path):
    path = small_dm.write(tmp_path / "a.dm4", (SIXTEEN[None], [*HALF_NM, (1.0, "s")]))
    check(open_pictures, path, SIXTEEN, (0.5, "nm"))


@pytest.mark.parametrize(
    ("image", "unit", "reason"),
    [
        (np.stack([SIXTEEN] * 3), "nm", "a stack or a volume of 3 images"),
        (SIXTEEN.astype(np.complex64), "nm", "complex numbers"),
        (SIXTEEN, "1/nm", "a diffraction pattern, in 1/nm"),
        (SIXTEEN, "mrad", "a diffraction pattern, in mrad"),
        (SIXTEEN, "nm^-1", "a diffraction pattern"),
        (SIXTEEN, "eV", "a spectrum, in eV"),
        (SIXTEEN[:1], "nm", "a spectrum or a single row"),
        (SIXTEEN[0], "nm", "a spectrum or a single row"),
    ],
)
def test_what_is_no_micrograph(tmp_path, image, unit, reason):
    path = small_dm.write(tmp_path / "a.dm4", (image, [(0.5, unit)] * image.ndim))
    check_no_micrograph(open_pictures, path, reason)


def test_a_line_over_time(tmp_path):
    """One axis in seconds, the other in nm: no size would make a micrograph of it."""
    path = small_dm.write(tmp_path / "a.dm4", (SIXTEEN, [(0.5, "s"), (0.5, "nm")]))
    check_no_micrograph(open_pictures, path, "a spectrum or a line over time, in s")


UNCALIBRATED, CALIBRATED = [(1.0, "")] * 2, [(0.5, "nm")] * 2


@pytest.mark.parametrize(
    ("tags", "sides", "is_pattern"),
    [
        ({"Imaging Mode": "DIFFRACTION", "Operation Mode": "IMAGING"}, UNCALIBRATED, True),
        ({"Imaging Mode": "DIFFRACTION", "Operation Mode": "SCANNING"}, UNCALIBRATED, False),
        ({"Imaging Mode": "DIFFRACTION", "Operation Mode": "IMAGING"}, CALIBRATED, False),
        ({"Imaging Mode": "SAMAG", "Operation Mode": "IMAGING"}, UNCALIBRATED, False),
    ],
)
def test_patterns_without_calibration(tmp_path, tags, sides, is_pattern):
    path = small_dm.write(tmp_path / "a.dm4", (SIXTEEN, sides), tags={"Microscope Info": tags})
    check_no_micrograph(open_pictures, path, "diffraction" if is_pattern else "")
    with open_pictures(path) as (picture,):
        assert bool(picture.not_a_micrograph) is is_pattern


@pytest.mark.parametrize("ending", ["dm3", "dm4"])
def test_a_movie_is_a_stack(tmp_path, ending):
    movie = np.stack([SIXTEEN] * 3)
    path = small_dm.write(tmp_path / f"a.{ending}", (movie, [*HALF_NM, (0.1, "s")]))
    check_no_micrograph(open_pictures, path, "a stack or a volume of 3 images")


@pytest.mark.parametrize("ending", ["dm3", "dm4"])
def test_damaged_files(tmp_path, ending):
    path = small_dm.write(tmp_path / f"a.{ending}", (SIXTEEN, HALF_NM))
    data = path.read_bytes()
    for length in (6, 100, 1500):
        path.write_bytes(data[:length])
        check_refused(open_pictures, path, "expected an intact")
    flipped = bytearray(data)
    flipped[flipped.index(b"%%%%")] = 0
    path.write_bytes(flipped)
    check_refused(open_pictures, path, "cannot be read as DM", "AssertionError")
    order = {"dm3": 8, "dm4": 12}[ending]
    path.write_bytes(data[:order] + b"\0\0\0\0" + data[order + 4 :])
    check_refused(open_pictures, path, "big-endian")
    path.write_bytes(b"x" * 3000)
    check_refused(open_pictures, path, "no header of DM3 or DM4")
