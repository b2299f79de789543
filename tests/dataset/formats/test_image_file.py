import io

import numpy as np
import pytest
import tifffile
from PIL import Image

from tem_virus_dataset import DatasetError
from tem_virus_dataset.formats import image_file

RNG = np.random.default_rng(0)
EIGHT = RNG.integers(0, 256, (30, 40), np.uint8)
SIXTEEN = RNG.integers(0, 65536, (30, 40), np.uint16)


def tiff(pixels, **options):
    out = io.BytesIO()
    tifffile.imwrite(out, pixels, **options)
    return out.getvalue()


def saved(image, kind="TIFF"):
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def same(data, expected):
    found = image_file.gray(data, "a.tif")
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


def refused(data, said):
    with pytest.raises(DatasetError) as caught:
        image_file.gray(data, "a.tif")
    assert str(caught.value).startswith(f"a.tif: image of mode {said}; expected one channel of 8")
    assert "Put the published file in its place; if it is published so, tell us" in str(
        caught.value
    )


@pytest.mark.parametrize("pixels", [EIGHT, SIXTEEN])
@pytest.mark.parametrize("options", [{}, {"byteorder": ">"}, {"tile": (16, 16)}, {"bigtiff": True}])
def test_one_channel_of_8_or_16_bits(pixels, options):
    same(tiff(pixels, photometric="minisblack", **options), pixels)


@pytest.mark.parametrize("kind", [np.uint32, np.int32, np.int16, np.float32])
def test_whole_numbers_of_other_kinds(kind):
    pixels = SIXTEEN if kind is not np.int16 else SIXTEEN // 2
    same(tiff(pixels.astype(kind), photometric="minisblack"), pixels)


@pytest.mark.parametrize("wrong", [0.5, -1, 65536, np.nan])
def test_numbers_that_16_bits_do_not_hold(wrong):
    pixels = SIXTEEN.astype(np.float32)
    pixels[3, 4] = wrong
    refused(tiff(pixels, photometric="minisblack"), "F")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA"])
@pytest.mark.parametrize("kind", ["TIFF", "PNG"])
def test_gray_in_several_channels(mode, kind):
    same(saved(Image.fromarray(EIGHT).convert(mode), kind), EIGHT)


def test_gray_in_a_palette():
    same(saved(Image.fromarray(EIGHT).convert("P")), EIGHT)


def test_channels_that_differ_by_a_tint():
    tinted = np.dstack([EIGHT, EIGHT, np.where(EIGHT > 100, EIGHT - 8, EIGHT)])
    same(saved(Image.fromarray(tinted)), EIGHT)


def test_colours():
    colours = np.dstack([EIGHT, 255 - EIGHT, EIGHT // 2])
    refused(saved(Image.fromarray(colours)), "RGB")
    palette = Image.fromarray(EIGHT).convert("P")
    palette.putpalette(bytes(range(256)) * 3)
    refused(saved(palette), "P")


def test_part_of_it_transparent():
    alpha = np.full_like(EIGHT, 255)
    alpha[0, 0] = 7
    refused(saved(Image.fromarray(np.dstack([EIGHT, EIGHT, EIGHT, alpha]))), "RGBA")


def test_channels_of_16_bits_are_not_cut_to_8():
    refused(tiff(np.dstack([SIXTEEN] * 3), photometric="rgb"), "RGB with 16 bits a channel")


@pytest.mark.parametrize("pixels, mode", [(EIGHT, "L"), (SIXTEEN, "I;16")])
def test_where_0_is_white(pixels, mode):
    refused(tiff(pixels, photometric="miniswhite"), f"{mode}, in which 0 is white")


def test_black_and_white():
    refused(saved(Image.fromarray(EIGHT).convert("1")), "1")


def test_zeros_of_an_interrupted_copy_in_a_png():
    data = saved(Image.fromarray(SIXTEEN), "PNG")
    same(data, SIXTEEN)
    with pytest.raises(DatasetError, match=r"the checksum of a part .* \(IDAT\) is wrong"):
        image_file.gray(data[: len(data) // 2].ljust(len(data), b"\0"), "a.png")


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_png16_keeps_every_count(dtype):
    pixels = EIGHT if dtype == np.uint8 else SIXTEEN
    same(image_file.png16(pixels), pixels.astype(np.uint16))
