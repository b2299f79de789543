"""Micrographs out of files of every kind, and their pixel size; one error for each fault."""

import numpy as np
import pytest
import small_micrograph
import small_mrc
import tifffile
from PIL import Image

from tem_virus_dataset import DatasetError
from tem_virus_dataset.formats import pixel_size
from tem_virus_dataset.formats import read as micrograph

RNG = np.random.default_rng(0)
EIGHT = RNG.integers(0, 256, (30, 40), np.uint8)
SIXTEEN = RNG.integers(0, 60000, (30, 40), np.uint16)


def tiff(path, image=SIXTEEN, **more):
    tifffile.imwrite(path, image, photometric="minisblack", **more)
    return path


def check(path, image, nm, source=""):
    found = micrograph.read(path)
    assert found.image.dtype == image.dtype
    np.testing.assert_array_equal(found.image, image)
    assert (found.pixel_size is None) == (nm is None)
    if nm is not None:
        assert found.pixel_size.nm == pytest.approx(nm, rel=1e-6)
        assert source in found.pixel_size.source


def refused(path, *said):
    with pytest.raises(DatasetError) as caught:
        micrograph.read(path)
    for words in (str(path), *said):
        assert words in str(caught.value)


@pytest.mark.parametrize("image", [EIGHT, SIXTEEN])
def test_plain_pictures_say_nothing_of_their_pixels(tmp_path, image):
    check(tiff(tmp_path / "a.tif", image), image, None)
    for name in ("a.png", "a.TIFF"):
        Image.fromarray(image).save(tmp_path / name, dpi=(72, 72))
        check(tmp_path / name, image, None)


def test_jpeg(tmp_path):
    flat = np.full((30, 40), 77, np.uint8)
    flat[:, 20:] = 200
    Image.fromarray(flat).save(tmp_path / "a.JPG", quality=100)
    found = micrograph.read(tmp_path / "a.JPG")
    assert found.pixel_size is None
    assert np.abs(found.image.astype(int) - flat).max() < 3


@pytest.mark.parametrize(
    ("options", "nm", "source"),
    [
        ({"imagej": True, "resolution": (2, 2), "metadata": {"unit": "nm"}}, 0.5, "ImageJ"),
        ({"imagej": True, "resolution": (500, 500), "metadata": {"unit": "um"}}, 2.0, "ImageJ"),
        (
            {"imagej": True, "resolution": (500, 500), "metadata": {"unit": "\\u00B5m"}},
            2.0,
            "ImageJ",
        ),
        ({"imagej": True, "resolution": (72, 72), "metadata": {"unit": "inch"}}, None, ""),
        ({"imagej": True, "resolution": (1, 1), "metadata": {"unit": "pixel"}}, None, ""),
        ({"resolution": (2e7, 2e7), "resolutionunit": "CENTIMETER"}, 0.5, "resolution"),
        ({"resolution": (2.54e7, 2.54e7), "resolutionunit": "INCH"}, 1.0, "resolution"),
        ({"resolution": (2, 2), "resolutionunit": "NONE"}, None, ""),
        ({"compression": "zlib", "tile": (16, 16)}, None, ""),
    ],
)
def test_what_a_tiff_says(tmp_path, options, nm, source):
    check(tiff(tmp_path / "a.tif", **options), SIXTEEN, nm, source)


def test_ome(tmp_path):
    size = {"PhysicalSizeX": 0.0007, "PhysicalSizeY": 0.0007}  # µm where it does not say
    path = tmp_path / "a.ome.tif"
    tifffile.imwrite(path, SIXTEEN, photometric="minisblack", metadata={"axes": "YX", **size})
    check(path, SIXTEEN, 0.7, "OME")


def test_cameras(tmp_path):
    check(
        small_micrograph.write_sis(tmp_path / "a.tif", SIXTEEN, 0.6, 0.6), SIXTEEN, 0.6, "Olympus"
    )
    check(small_micrograph.write_tvips(tmp_path / "b.tif", EIGHT, 0.6, 0.6), EIGHT, 0.6, "TVIPS")


def test_mrc(tmp_path):
    write = small_micrograph.write_mrc
    check(write(tmp_path / "a.mrc", SIXTEEN, 5.2), SIXTEEN, 0.52, "MRC")
    check(write(tmp_path / "b.mrc", SIXTEEN[None], 0.0), SIXTEEN, None)
    negative = SIXTEEN.astype(np.int16) // 4 - 3000
    expected = (negative.astype(int) - negative.min()).astype(np.uint16)
    check(write(tmp_path / "c.mrc", negative), expected, None)


@pytest.mark.parametrize("ending", ["dm3", "dm4"])
def test_dm(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    check(small_micrograph.write_dm(path, SIXTEEN, 0.5), SIXTEEN, 0.5, "Gatan")
    small_micrograph.write_dm(path, SIXTEEN.astype(np.int32), 0.0012, "µm")
    check(path, SIXTEEN, 1.2, "Gatan")
    check(small_micrograph.write_dm(path, SIXTEEN, 1.0, ""), SIXTEEN, None)


def test_fractions_are_stretched_over_16_bits(tmp_path):
    fractions = (SIXTEEN / 7 - 900.5).astype(np.float32)
    path = small_micrograph.write_mrc(tmp_path / "a.mrc", fractions)
    found = micrograph.read(path).image
    assert (found.min(), found.max(), found.dtype) == (0, 65535, np.uint16)
    np.testing.assert_allclose(np.corrcoef(found.ravel(), fractions.ravel())[0, 1], 1, atol=1e-8)
    np.testing.assert_array_equal(micrograph.read(tiff(tmp_path / "a.tif", fractions)).image, found)


def test_a_small_copy_beside_the_picture_does_not_count(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as out:
        out.write(SIXTEEN, photometric="minisblack")
        out.write(EIGHT[::4, ::4], photometric="minisblack", subfiletype=1)
    check(tmp_path / "a.tif", SIXTEEN, None)


@pytest.mark.parametrize("options", [{}, {"imagej": True}])
def test_several_pages(tmp_path, options):
    refused(tiff(tmp_path / "a.tif", np.stack([SIXTEEN] * 3), **options), "found 3 images")


def test_stacks(tmp_path):
    stack = np.stack([SIXTEEN] * 3)
    refused(small_micrograph.write_mrc(tmp_path / "a.mrc", stack), "a volume of 3 sections")
    refused(small_micrograph.write_dm(tmp_path / "a.dm4", stack), "stack")


@pytest.mark.parametrize("ending", ["tif", "png", "jpg", "mrc", "dm3", "dm4"])
@pytest.mark.parametrize("data", [b"", b"x" * 3000])
def test_what_is_no_picture(tmp_path, ending, data):
    path = tmp_path / f"a.{ending}"
    path.write_bytes(data)
    refused(path, "expected", "Copy it again" if not data else ".")


@pytest.mark.parametrize("ending", ["tif", "png", "mrc", "dm3", "dm4"])
def test_a_file_that_is_cut_off(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    if ending == "png":
        Image.fromarray(SIXTEEN).save(path)
    elif ending == "tif":
        tiff(path)
    else:
        write = small_micrograph.write_mrc if ending == "mrc" else small_micrograph.write_dm
        write(path, SIXTEEN)
    path.write_bytes(path.read_bytes()[:1500])
    refused(path, "expected an intact")


@pytest.mark.parametrize("ending", ["tif", "mrc", "bmp"])
def test_zeros_of_an_interrupted_copy_are_named(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    image = np.tile(EIGHT.clip(1), 4)
    if ending == "mrc":
        small_mrc.write(path, image.astype(np.int16))
    elif ending == "bmp":
        Image.fromarray(image).save(path)
    else:
        tiff(path, image)
    assert micrograph.read(path).remarks == ()
    data = path.read_bytes()
    path.write_bytes(data[: -20 * 160] + bytes(20 * 160))
    (remark,) = micrograph.read(path).remarks
    rows = "lowest 10" if ending == "mrc" else "highest 20" if ending == "bmp" else "lowest 20"
    assert f"the {rows} of 30 rows are all 0" in remark


@pytest.mark.parametrize("rows", [slice(0, 7), slice(23, 30), slice(0, 20), slice(5, 25)])
def test_rows_of_zeros_that_are_not_worth_a_word(tmp_path, rows):
    image = np.tile(SIXTEEN.clip(1), 20)
    image[rows] = 0
    assert micrograph.read(tiff(tmp_path / "a.tif", image)).remarks == ()
    Image.fromarray(image).save(tmp_path / "a.png")
    assert micrograph.read(tmp_path / "a.png").remarks == ()


def test_colours_and_inverted_pictures(tmp_path):
    Image.fromarray(np.dstack([EIGHT, 255 - EIGHT, EIGHT])).save(tmp_path / "a.tif")
    refused(tmp_path / "a.tif", "it has colours", "Save it again as gray TIFF")
    tifffile.imwrite(tmp_path / "b.tif", EIGHT, photometric="miniswhite")
    np.testing.assert_array_equal(micrograph.read(tmp_path / "b.tif").image, 255 - EIGHT)


@pytest.mark.filterwarnings("ignore:Data array contains NaN")
@pytest.mark.parametrize(
    ("image", "said"),
    [
        (np.full((4, 5), 7, np.uint16), "all pixels are 7"),
        (np.where(EIGHT > 3, EIGHT, np.nan).astype(np.float32), "no number"),
        (EIGHT.astype(np.complex64), "complex"),
    ],
)
def test_numbers_that_are_no_picture(tmp_path, image, said):
    refused(small_micrograph.write_mrc(tmp_path / "a.mrc", image), said)


def test_another_kind_of_file(tmp_path):
    (tmp_path / "a.xyz").write_bytes(b"x")
    refused(tmp_path / "a.xyz", "of a kind that is not read", ".dm4")


def test_diffraction_patterns_and_pixels_that_are_not_square(tmp_path):
    refused(small_micrograph.write_dm(tmp_path / "a.dm3", SIXTEEN, 0.5, "1/nm"), "diffraction")
    found = micrograph.read(small_micrograph.write_sis(tmp_path / "a.tif", EIGHT, 0.6, 0.7))
    assert found.pixel_size is None
    assert "pixels of 0.6x0.7 nm" in found.size_remarks[0]
    found = micrograph.read(small_micrograph.write_sis(tmp_path / "b.tif", EIGHT, 0.6, 0.604))
    assert found.pixel_size.nm == pytest.approx(0.602)
    assert "the mean of both is taken" in found.size_remarks[0]


def test_the_pixel_size_of_the_user_goes_first():
    found = pixel_size.PixelSize(0.5, "the MRC header")
    assert pixel_size.chosen("a.mrc", found, [], None) == (found, [])
    own = pixel_size.PixelSize(0.7, "--nm-per-pixel")
    assert pixel_size.chosen("a.mrc", None, [], 0.7) == (own, [])
    assert pixel_size.chosen("a.mrc", found, [], 0.505)[1] == []
    size, (warning,) = pixel_size.chosen("a.mrc", found, [], 0.7)
    assert size == own
    assert "its pixels measure 0.5 nm according to the MRC header, 0.7 nm" in warning
    odd = "1 Å (the MRC header), which headers hold that nobody has set"
    assert odd in pixel_size.chosen("a.mrc", None, [odd], 0.7)[1][0]
    with pytest.raises(
        DatasetError, match=r"does not state its pixel size: found 1 Å .*; expected"
    ):
        pixel_size.chosen("a.mrc", None, [odd], None)
    with pytest.raises(
        DatasetError, match=r"a.mrc: does not state its pixel size; .* Give --nm-per-pix"
    ):
        pixel_size.chosen("a.mrc", None, [], None)


def test_a_bmp_of_another_suffix(tmp_path):
    path = tmp_path / "a.tif"
    Image.fromarray(EIGHT).save(path, "BMP")
    found = micrograph.read(path)
    np.testing.assert_array_equal(found.image, EIGHT)
    assert found.remarks == ("a BMP file with the suffix .tif",)


@pytest.mark.parametrize("ending", ["webp", "gif", "dat", "raw", "img", "jp2", "xyz"])
def test_what_a_file_holds_counts_before_a_suffix_that_is_not_read(tmp_path, ending):
    path = tiff(tmp_path / f"a.{ending}")
    found = micrograph.read(path)
    np.testing.assert_array_equal(found.image, SIXTEEN)
    assert found.remarks == (f"a TIFF file with the suffix .{ending}",)
    path.write_bytes(b"\1\2\3\4" * 400)
    refused(path, "not read")


@pytest.mark.parametrize("ending", ["eer", "svs", "EER", "npz", "pptx"])
def test_kinds_that_begin_as_others_and_are_none_that_is_read(tmp_path, ending):
    refused(tiff(tmp_path / f"a.{ending}"), "which is not read")


OTHER_KINDS = {
    "WebP": (b"RIFF\x10\0\0\0WEBPVP8 ", "WebP; "),
    "film": (b"RIFF\x10\0\0\0AVI LIST", "a film (AVI)"),
    "telephone": (b"\0\0\0\x18ftypheic", "HEIC, as telephones write"),
    "GIF": (b"GIF89a", "a GIF image"),
    "PGM": (b"P5\n80 60\n255\n", "an image of Netpbm"),
    "FITS": (b"SIMPLE  =     T", "FITS; "),
    "DICOM": (b"\0" * 128 + b"DICM", "DICOM; "),
    "7z": (b"7z\xbc\xaf'\x1c", "a 7z archive; "),
    "zip": (b"PK\3\4", "a zip archive"),
    "MATLAB": (b"MATLAB 7.3 MAT-file", "data of MATLAB"),
    "Photoshop": (b"8BPS\0\1", "an image of Photoshop"),
    "zeros": (b"\0" * 600, "begins with 512 bytes of zeros"),
    "text": (b"Magnification: 20000x, 80 kV\n", "a text, which begins with 'Magnification:"),
    "UTF-16": ("Vergrößerung: 20000".encode("utf-16"), "a text, which begins with 'Vergröße"),
}


@pytest.mark.parametrize("kind", OTHER_KINDS)
@pytest.mark.parametrize("ending", ["tif", "png", "jpg", "bmp", "mrc", "dm3", "dm4", "ser", "emd"])
def test_other_kinds_are_named_whatever_their_suffix(tmp_path, kind, ending):
    start, words = OTHER_KINDS[kind]
    path = tmp_path / f"a.{ending}"
    rest = b"" if kind in ("text", "UTF-16") else b"\0" * 1200
    path.write_bytes(start + rest)
    refused(path, words, ". ")


@pytest.mark.parametrize(("ending", "kind"), [("tif", "TIFF"), ("png", "PNG, JPEG or BMP")])
def test_what_starts_as_nothing_that_is_known(tmp_path, ending, kind):
    path = tmp_path / f"a.{ending}"
    path.write_bytes(b"\1\2\3\4" * 400)
    refused(path, f"starts with no header of {kind}", "give it the suffix of its kind")
