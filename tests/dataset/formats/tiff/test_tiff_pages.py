"""Which page of a TIFF is the micrograph, and its pixels as a viewer shows them."""

import struct
from pathlib import Path

import numpy as np
import pytest
import tifffile
from pictures import ORIENTATIONS

from tem_virus_dataset import DatasetError
from tem_virus_dataset.formats import read

RNG = np.random.default_rng(3)
SIXTEEN = RNG.integers(0, 60000, (30, 40), np.uint16)
EIGHT = RNG.integers(0, 256, (30, 40), np.uint8)
GRAY = {"photometric": "minisblack"}


def check(path: Path, expected: np.ndarray, nm: float | None = None) -> None:
    micrograph = read.read(path)
    np.testing.assert_array_equal(micrograph.image, expected)
    assert micrograph.image.dtype == expected.dtype
    assert (micrograph.pixel_size and micrograph.pixel_size.nm) == (nm and pytest.approx(nm))


def refused(path: Path, *words: str) -> None:
    with pytest.raises(DatasetError) as caught:
        read.read(path)
    for word in (str(path), *words):
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("compression", ["lzw", "zlib", "zstd", "lzma", "packbits"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.uint32, np.float32])
def test_compression_of_every_type(tmp_path, compression, dtype):
    image = EIGHT.astype(dtype)
    tifffile.imwrite(tmp_path / "a.tif", image, compression=compression, **GRAY)
    check(tmp_path / "a.tif", EIGHT.astype(np.uint8 if dtype == np.uint8 else np.uint16))


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_differences_of_neighbours(tmp_path, dtype):
    image = SIXTEEN.astype(dtype)
    tifffile.imwrite(tmp_path / "a.tif", image, compression="zlib", predictor=True, **GRAY)
    check(tmp_path / "a.tif", SIXTEEN)


@pytest.mark.parametrize("options", [{"byteorder": ">"}, {"bigtiff": True}, {"tile": (16, 16)}])
@pytest.mark.parametrize("dtype", [np.uint16, np.uint32, np.uint64, np.float64])
def test_layouts(tmp_path, options, dtype):
    tifffile.imwrite(tmp_path / "a.tif", SIXTEEN.astype(dtype), **options, **GRAY)
    check(tmp_path / "a.tif", SIXTEEN)


def test_counts_of_more_than_16_bits_are_stretched(tmp_path):
    counts = SIXTEEN.astype(np.uint32) * 70000
    tifffile.imwrite(tmp_path / "a.tif", counts, **GRAY)
    found = read.read(tmp_path / "a.tif").image
    assert np.corrcoef(found.ravel(), counts.ravel())[0, 1] > 0.999999
    assert len(np.unique(found)) > 0.98 * len(np.unique(counts))


@pytest.mark.parametrize("image", [EIGHT, SIXTEEN])
def test_where_0_is_white(tmp_path, image):
    tifffile.imwrite(tmp_path / "a.tif", image, photometric="miniswhite")
    check(tmp_path / "a.tif", np.iinfo(image.dtype).max - image)


def test_where_0_is_white_in_signed_numbers_and_fractions(tmp_path):
    for dtype in (np.int16, np.float32):
        tifffile.imwrite(tmp_path / "a.tif", EIGHT.astype(dtype), photometric="miniswhite")
        found = read.read(tmp_path / "a.tif").image
        np.testing.assert_array_equal(found, 255 - EIGHT.astype(np.uint16))


@pytest.mark.parametrize("image", [EIGHT, SIXTEEN])
def test_gray_in_several_channels(tmp_path, image):
    opaque = np.full_like(image, np.iinfo(image.dtype).max)
    rgb = [image] * 3
    tifffile.imwrite(tmp_path / "a.tif", np.dstack(rgb), photometric="rgb")
    check(tmp_path / "a.tif", image)
    planes = {"photometric": "rgb", "planarconfig": "separate"}
    tifffile.imwrite(tmp_path / "b.tif", np.stack(rgb), **planes)
    check(tmp_path / "b.tif", image)
    alpha = {"extrasamples": ["unassalpha"], "planarconfig": "contig"}
    tifffile.imwrite(tmp_path / "c.tif", np.dstack([image, opaque]), **GRAY, **alpha)
    check(tmp_path / "c.tif", image)


def test_a_palette(tmp_path):
    grays = np.repeat((np.arange(256, dtype=np.uint16) * 257)[None], 3, 0)
    tifffile.imwrite(tmp_path / "a.tif", EIGHT, photometric="palette", colormap=grays[:, ::-1])
    check(tmp_path / "a.tif", 255 - EIGHT)


def test_a_palette_of_more_than_256_gray_levels(tmp_path):
    grays = np.repeat(np.arange(1 << 16, dtype=np.uint16)[None], 3, 0)
    tifffile.imwrite(tmp_path / "a.tif", SIXTEEN, photometric="palette", colormap=grays)
    check(tmp_path / "a.tif", SIXTEEN)


def test_colours_and_masks_are_refused(tmp_path):
    colours = np.dstack([EIGHT, 255 - EIGHT, EIGHT])
    tifffile.imwrite(tmp_path / "a.tif", colours, photometric="rgb")
    refused(tmp_path / "a.tif", "colours")
    tifffile.imwrite(tmp_path / "b.tif", np.dstack([colours, EIGHT]), photometric="separated")
    refused(tmp_path / "b.tif", "colours")
    tifffile.imwrite(tmp_path / "c.tif", EIGHT > 90, **GRAY)
    refused(tmp_path / "c.tif", "a mask of two values")
    tifffile.imwrite(tmp_path / "d.tif", EIGHT.astype(np.complex64), **GRAY)
    refused(tmp_path / "d.tif", "complex")


@pytest.mark.parametrize(
    ("orientation", "turned"),
    [*ORIENTATIONS, (9, lambda image: image)],  # 9 is none
)
@pytest.mark.parametrize("image", [SIXTEEN, SIXTEEN.astype(np.float32)])
def test_orientation(tmp_path, orientation, turned, image):
    tag = [(274, "H", 1, orientation, True)]
    tifffile.imwrite(tmp_path / "a.tif", image, extratags=tag, **GRAY)
    check(tmp_path / "a.tif", turned(SIXTEEN))
    remarks = " ".join(read.read(tmp_path / "a.tif").remarks)
    is_turned = orientation in range(2, 9)
    assert ("ImageJ and other programs that ignore the header" in remarks) == is_turned


def test_a_reduced_first_page(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as out:
        out.write(EIGHT[::4, ::4], subfiletype=1, metadata=None, **GRAY)
        out.write(SIXTEEN, metadata=None, resolution=(2e7, 2e7), resolutionunit=3, **GRAY)
    check(tmp_path / "a.tif", SIXTEEN, 0.5)


def test_a_small_second_page_that_is_not_marked(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as out:
        out.write(SIXTEEN, metadata=None, resolution=(2e7, 2e7), resolutionunit=3, **GRAY)
        out.write(EIGHT[::4, ::4], metadata=None, **GRAY)
    check(tmp_path / "a.tif", SIXTEEN, 0.5)
    assert "page 2" in read.read(tmp_path / "a.tif").remarks[0]


def test_a_coloured_view_before_the_micrograph(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as out:
        out.write(np.dstack([EIGHT] * 3), photometric="rgb", metadata=None)
        out.write(SIXTEEN, metadata=None, **GRAY)
    check(tmp_path / "a.tif", SIXTEEN)


@pytest.mark.parametrize("is_marked", [True, False])
def test_the_image_below_its_thumbnail_and_a_pyramid_below_its_image(tmp_path, is_marked):
    kinds = {"subfiletype": 1} if is_marked else {}
    with tifffile.TiffWriter(tmp_path / "a.tif") as out:
        first = EIGHT[::4, ::4] if is_marked else SIXTEEN
        out.write(first, subifds=1, metadata=None, **kinds, **GRAY)
        out.write(SIXTEEN if is_marked else SIXTEEN[::2, ::2], metadata=None, **GRAY)
    check(tmp_path / "a.tif", SIXTEEN)


@pytest.mark.parametrize("count", [2, 3, 40])
@pytest.mark.parametrize("options", [{}, {"imagej": True}, {"bigtiff": True}])
def test_stacks(tmp_path, count, options):
    tifffile.imwrite(tmp_path / "a.tif", np.stack([SIXTEEN] * count), **options, **GRAY)
    refused(tmp_path / "a.tif", "expected one micrograph")


def test_a_stack_of_which_one_page_is_left_is_no_micrograph(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as out:
        for _ in range(3):
            out.write(SIXTEEN, metadata=None, **GRAY)
    data = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(data[: SIXTEEN.nbytes + 600])
    refused(tmp_path / "a.tif", "cut off", "Copy it again")


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}, {"rowsperstrip": 4}])
@pytest.mark.parametrize("share", [0.001, 0.3, 0.6, 0.95])
def test_cut_off(tmp_path, dtype, options, share):
    tifffile.imwrite(tmp_path / "a.tif", SIXTEEN.astype(dtype), **options, **GRAY)
    data = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(data[: int(share * len(data))])
    refused(tmp_path / "a.tif", "expected an intact")


def test_the_remedy_for_an_interrupted_copy_is_a_copy(tmp_path):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, SIXTEEN, compression="zlib", rowsperstrip=4, **GRAY)
    data = path.read_bytes()
    path.write_bytes(data[:100])
    refused(path, "cut off: it has 100 bytes", "Copy it again")
    path.write_bytes(data[: len(data) // 2] + bytes(len(data) // 2))
    refused(path, "It ends in zeros, as after a copy that was interrupted. Copy it again")


def test_parts_without_data_are_not_taken_for_black_ones(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", SIXTEEN, rowsperstrip=10, **GRAY)
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        tag = file.pages.first.tags["StripOffsets"]
        place = tag.valueoffset
    data = bytearray((tmp_path / "a.tif").read_bytes())
    data[place : place + 2] = bytes(2)
    (tmp_path / "a.tif").write_bytes(data)
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert file.pages.first.dataoffsets[0] == 0
    refused(tmp_path / "a.tif", "no data")


@pytest.mark.parametrize("compression", ["jpeg", "jpeg2000"])
@pytest.mark.parametrize("options", [{}, {"tile": (64, 64)}])
def test_zeros_of_an_interrupted_copy(tmp_path, compression, options):
    """They decode to plain gray, without an error of the decoder."""
    image = RNG.integers(0, 256, (64, 64), np.uint8)
    options |= {"compression": compression, "compressionargs": {"level": 90}}
    tifffile.imwrite(tmp_path / "a.tif", image, **options, **GRAY)
    data = (tmp_path / "a.tif").read_bytes()
    read.read(tmp_path / "a.tif")
    (tmp_path / "a.tif").write_bytes(data[:-200] + bytes(200))
    refused(tmp_path / "a.tif", "1 of 1 parts of the image end in zeros", "Copy it again")


@pytest.mark.parametrize("compression", ["jpeg", "jpeg2000"])
@pytest.mark.parametrize("options", [{}, {"tile": (128, 128)}, {"rowsperstrip": 64}])
def test_a_hole_of_zeros(tmp_path, options, compression):
    """What follows it would be wrong, without an error of the decoder."""
    image = RNG.integers(0, 256, (256, 256), np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", image, compression=compression, **options, **GRAY)
    read.read(tmp_path / "a.tif")
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        page = file.pages.first
        number, place = len(page.dataoffsets), page.dataoffsets[0] + page.databytecounts[0] // 2
    data = bytearray((tmp_path / "a.tif").read_bytes())
    data[place : place + 600] = bytes(600)
    (tmp_path / "a.tif").write_bytes(data)
    said = f"1 of {number} parts of the image have a hole of zeros"
    refused(tmp_path / "a.tif", said, "copy it again")


@pytest.mark.parametrize("compression", ["jpeg", "jpeg2000"])
def test_flat_areas_are_no_holes(tmp_path, compression):
    image = np.zeros((1024, 1024), np.uint8)
    image[:100] = RNG.integers(0, 256, (100, 1024))
    tifffile.imwrite(tmp_path / "a.tif", image, compression=compression, **GRAY)
    assert read.read(tmp_path / "a.tif").image.shape == image.shape


def test_zeros_behind_the_mark_of_the_end_are_padding(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", EIGHT, compression="jpeg", **GRAY)
    with tifffile.TiffFile(tmp_path / "a.tif", mode="r+b") as file:
        page = file.pages.first
        (size,) = page.databytecounts
        page.tags["StripByteCounts"].overwrite(size + 200)
    with (tmp_path / "a.tif").open("ab") as file:
        file.write(bytes(300))
    assert read.read(tmp_path / "a.tif").image.shape == EIGHT.shape


def test_damaged_strips(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", SIXTEEN, rowsperstrip=8, compression="zlib", **GRAY)
    data = bytearray((tmp_path / "a.tif").read_bytes())
    data[len(data) // 2 : len(data) // 2 + 200] = bytes(200)
    (tmp_path / "a.tif").write_bytes(data)
    refused(tmp_path / "a.tif", "cannot be read as TIFF")


def test_a_page_that_does_not_say_what_0_is(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", SIXTEEN, photometric="miniswhite", metadata=None)
    data = (tmp_path / "a.tif").read_bytes()
    entry = struct.pack("<HHI", 262, 3, 1)  # the tag, renamed to a private one
    assert data.count(entry) == 1
    (tmp_path / "a.tif").write_bytes(data.replace(entry, struct.pack("<HHI", 263, 3, 1)))
    check(tmp_path / "a.tif", SIXTEEN)


def test_images_behind_the_only_page(tmp_path):
    stack = np.stack([SIXTEEN] * 3)
    tifffile.imwrite(tmp_path / "a.tif", stack, truncate=True, **GRAY)
    refused(tmp_path / "a.tif", "page 1 (3x30x40 uint16, a stack or a volume of 3 images)")
    planes = [(33628, 4, 3, (0, 0, 0)), (33629, 5, 3, (0, 1) * 3)]
    tifffile.imwrite(tmp_path / "b.tif", SIXTEEN, metadata=None, extratags=planes, **GRAY)
    (tmp_path / "b.tif").write_bytes((tmp_path / "b.tif").read_bytes() + stack[1:].tobytes())
    refused(tmp_path / "b.tif", "page 1 (3x30x40 uint16, a stack or a volume of 3 images)")
    tifffile.imwrite(tmp_path / "c.tif", stack[:1], truncate=True, **GRAY)
    check(tmp_path / "c.tif", SIXTEEN)


@pytest.mark.parametrize("order", ["<", ">"])
def test_whole_numbers_of_three_bytes_are_refused(tmp_path, order):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.tile(EIGHT, 3), byteorder=order, **GRAY)
    with tifffile.TiffFile(path, mode="r+") as file:
        file.pages[0].tags["ImageWidth"].overwrite(40)
        file.pages[0].tags["BitsPerSample"].overwrite(24)
    refused(path, "whole numbers of 24 bits; expected 8, 16 or 32. Save it")
