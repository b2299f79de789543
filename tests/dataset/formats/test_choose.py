"""The micrograph among the images of a file, and one channel of those that are gray."""

from pathlib import Path

import numpy as np
import pytest

from tem_virus_dataset import DatasetError
from tem_virus_dataset.formats import channels, choose
from tem_virus_dataset.formats.pictures.picture import Picture, Statement

PATH = Path("a.tif")


def picture(name, shape=(96, 128), dtype=np.uint16, **more):
    return Picture(name, shape, np.dtype(dtype), lambda: np.zeros(shape, dtype), **more)


MICROGRAPH = picture("page 2", statements=(Statement(0.5, 0.5, "nm", "a tag"),))


def in_unit(unit):
    return picture("page 1", statements=(Statement(0.5, 0.5, unit, "a tag"),))


@pytest.mark.parametrize(
    ("beside", "is_named"),
    [
        (picture("page 1", (24, 32), is_reduced=True), False),
        (picture("page 1", is_reduced=True), False),
        (picture("page 1", (24, 32)), True),
        (picture("page 1", dtype=np.uint8, channels=3), True),
        (picture("page 1", (1024, 1360), np.uint8, channels=3), True),
        (picture("page 1", (2048,), np.float32), True),
        (picture("page 1", (5, 96, 128)), True),
        (picture("page 1", (0, 128)), True),
        (picture("page 1", not_a_micrograph="a diffraction pattern"), True),
        (in_unit("1/nm"), True),
        (in_unit("eV"), True),
        (in_unit("eV and nm"), True),
    ],
)
def test_what_lies_beside_a_micrograph_is_left_out(beside, is_named):
    for pictures in ([beside, MICROGRAPH], [MICROGRAPH, beside]):
        taken, remarks = choose.micrograph(pictures, PATH)
        assert taken is MICROGRAPH
        assert len(remarks) == is_named
        assert all("page 1" in remark and "page 2 is taken" in remark for remark in remarks)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_small_gray_preview_of_an_image_in_colours(dtype):
    """Gray images are often saved in three channels: then not the only gray one is meant."""
    full = picture("page 1", dtype=np.uint8, channels=3, statements=MICROGRAPH.statements)
    preview = picture("page 2", (24, 32), dtype)
    for pictures in ([full, preview], [preview, full]):
        taken, remarks = choose.micrograph(pictures, PATH)
        assert taken is full
        assert remarks == [f"left out page 2 (24x32 {preview.dtype}); page 1 is taken"]


@pytest.mark.parametrize(
    "only",
    [
        picture("page 1"),
        picture("page 1", is_reduced=True),
        picture("page 1", dtype=np.uint8, channels=3),
        picture("page 1", (1, 128)),
    ],
)
def test_the_only_image_is_taken(only):
    assert choose.micrograph([only], PATH) == (only, [])


@pytest.mark.parametrize(
    ("pictures", "words"),
    [
        ([], "no image"),
        ([MICROGRAPH, picture("page 3")], "2 images: page 2 (96x128 uint16); page 3"),
        ([MICROGRAPH, picture("page 3", (64, 128), np.uint8)], "page 3 (64x128 uint8)"),
        ([picture(f"page {i}") for i in range(1, 36)], "35 images: page 1 (96x128 uint16); page 2"),
        ([picture("image 1", (35, 96, 128))], "35x96x128 uint16, a stack or a volume"),
        ([picture("image 1", (0, 128))], "without pixels"),
        ([in_unit("1/nm")], "a diffraction pattern, in 1/nm"),
        ([in_unit("mrad")], "a diffraction pattern, in mrad"),
        ([in_unit("eV")], "a spectrum, in eV"),
        ([picture("image 1", (2048,))], "a spectrum"),
        ([picture("image 1", not_a_micrograph="half of a transform")], "half of a transform"),
    ],
)
def test_several_micrographs_or_none_are_refused_with_a_list(pictures, words):
    with pytest.raises(DatasetError) as caught:
        choose.micrograph(pictures, PATH)
    assert str(caught.value).startswith(f"{PATH}: found ")
    assert words in str(caught.value)
    assert "expected one micrograph" in str(caught.value)
    assert "Save the image" in str(caught.value) or "Leave the file out" in str(caught.value)


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("a diffraction pattern, in 1/nm", "Leave the file out."),
        ("complex numbers, as of a Fourier transform", "Leave the file out."),
        ("colours of mode CMYK", "Save it again as gray TIFF of 8 or 16 bits."),
        ("a stack or a volume of 3 images", "Save the image that is meant as a file of its own."),
    ],
)
def test_the_remedy_is_for_what_is_found(reason, remedy):
    """No image of a file with nothing but a diffraction pattern can be meant."""
    with pytest.raises(DatasetError) as caught:
        choose.micrograph([picture("image 1", not_a_micrograph=reason)], PATH)
    assert str(caught.value).endswith(remedy)


def test_a_single_pixel_has_a_size():
    with pytest.raises(DatasetError, match=r"image 1 \(1 uint16, "):
        choose.micrograph([picture("image 1", ())], PATH)


EIGHT = np.random.default_rng(0).integers(0, 248, (30, 40), np.uint8)
SIXTEEN = EIGHT.astype(np.uint16) * 200


@pytest.mark.parametrize("gray", [EIGHT, SIXTEEN])
@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("count", [1, 3])
def test_one_of_equal_channels(gray, alpha, count):
    opaque = [np.full_like(gray, np.iinfo(gray.dtype).max)] * alpha
    pixels = np.dstack([gray] * count + opaque)
    np.testing.assert_array_equal(channels.to_gray(pixels, "a.tif"), gray)
    np.testing.assert_array_equal(channels.to_gray(gray, "a.tif"), gray)


def test_a_tint_is_gray_and_a_colour_is_not():
    tinted = np.dstack([EIGHT, EIGHT + 8, EIGHT])
    np.testing.assert_array_equal(channels.to_gray(tinted, "a.tif"), EIGHT)
    with pytest.raises(DatasetError, match=r"a\.tif: it has colours; expected a gray image"):
        channels.to_gray(np.dstack([EIGHT, EIGHT, EIGHT + 7 + 2]), "a.tif")
    transparent = np.full_like(EIGHT, 255)
    transparent[3, 4] = 7
    with pytest.raises(DatasetError, match="transparent"):
        channels.to_gray(np.dstack([EIGHT, transparent]), "a.tif")


@pytest.mark.parametrize("dtype", [np.uint16, np.int16, np.int32, np.float32])
def test_detectors_of_few_counts_are_no_gray_image(dtype):
    """Of 65,535 counts they use few: any difference of theirs would pass for a tint."""
    gray = (EIGHT / (1e5 if dtype == np.float32 else 1)).astype(dtype)
    np.testing.assert_array_equal(channels.to_gray(np.dstack([gray] * 3), "a.tif"), gray)
    with pytest.raises(DatasetError, match="colours"):
        channels.to_gray(np.dstack([gray, gray[::-1], gray]), "a.tif")


def test_differences_beyond_signed_numbers_are_colours():
    gray = np.linspace(-32768, 32767, 1200).astype(np.int16).reshape(30, 40)
    with pytest.raises(DatasetError, match="colours"):
        channels.to_gray(np.dstack([gray, gray[::-1, ::-1], gray]), "a.tif")


def test_pixels_without_a_number_in_several_channels():
    gray = SIXTEEN.astype(np.float32)
    gray[3, 4] = np.nan
    np.testing.assert_array_equal(channels.to_gray(np.dstack([gray] * 3), "a.tif"), gray)
    with pytest.raises(DatasetError, match="colours"):
        channels.to_gray(np.dstack([SIXTEEN, gray, SIXTEEN]), "a.tif")
