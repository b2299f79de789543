"""PNG, JPEG and BMP: at full depth, upright, of one channel."""

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from pictures import ORIENTATIONS
from PIL import Image

from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations.folders import images
from tem_virus_dataset.formats import image_file, read
from tem_virus_dataset.formats.pictures import jpeg_scan, png_chunks

RNG = np.random.default_rng(6)
EIGHT = RNG.integers(0, 256, (30, 40), np.uint8)
TWELVE_BITS = RNG.integers(0, 4096, (30, 40), np.uint16)
ORIENTATION = 274


def check(path, expected):
    micrograph = read.read(path)
    np.testing.assert_array_equal(micrograph.image, expected)
    assert micrograph.image.dtype == expected.dtype
    assert micrograph.pixel_size is None


def refused(path, *words):
    with pytest.raises(DatasetError) as caught:
        read.read(path)
    for word in (str(path), *words):
        assert word in str(caught.value)


def gray_and_alpha(image):
    """PNG of kind 4, which no library at hand writes with 16 bits."""
    height, width = image.shape
    pixels = np.dstack([image, np.full_like(image, 65535)]).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)

    def chunk(name, data):
        check_sum = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check_sum

    head = struct.pack(">IIBBBBB", width, height, 16, 4, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def test_channels_of_16_bits(tmp_path):
    opaque = np.full_like(TWELVE_BITS, 65535)
    cv2.imwrite(str(tmp_path / "a.png"), np.dstack([TWELVE_BITS] * 3))
    check(tmp_path / "a.png", TWELVE_BITS)
    cv2.imwrite(str(tmp_path / "b.png"), np.dstack([*[TWELVE_BITS] * 3, opaque]))
    check(tmp_path / "b.png", TWELVE_BITS)
    (tmp_path / "c.png").write_bytes(gray_and_alpha(TWELVE_BITS))
    check(tmp_path / "c.png", TWELVE_BITS)
    cv2.imwrite(str(tmp_path / "d.png"), np.dstack([TWELVE_BITS, TWELVE_BITS[::-1], TWELVE_BITS]))
    refused(tmp_path / "d.png", "colours")


@pytest.mark.parametrize("image", [EIGHT, TWELVE_BITS])
def test_one_channel(tmp_path, image):
    Image.fromarray(image).save(tmp_path / "a.png", dpi=(72, 72))
    check(tmp_path / "a.png", image)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P"])
def test_gray_in_several_channels(tmp_path, mode):
    Image.fromarray(EIGHT).convert(mode).save(tmp_path / "a.png")
    check(tmp_path / "a.png", EIGHT)


def test_bmp(tmp_path):
    Image.fromarray(EIGHT).save(tmp_path / "a.bmp")
    check(tmp_path / "a.bmp", EIGHT)


@pytest.mark.parametrize(
    ("orientation", "turned"),
    ORIENTATIONS,
)
def test_orientation(tmp_path, orientation, turned):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    Image.fromarray(EIGHT).save(tmp_path / "a.png", exif=exif)
    check(tmp_path / "a.png", turned(EIGHT))
    remarks = " ".join(read.read(tmp_path / "a.png").remarks)
    assert ("ImageJ and other programs that ignore the header" in remarks) == (orientation != 1)
    blocks = np.kron(RNG.integers(0, 256, (3, 4), np.uint8), np.ones((8, 8), np.uint8))
    Image.fromarray(blocks).save(tmp_path / "a.jpg", exif=exif, quality=100)
    found = read.read(tmp_path / "a.jpg").image
    np.testing.assert_allclose(found, turned(blocks).astype(int), atol=2)


def test_what_is_no_micrograph(tmp_path):
    Image.fromarray(np.dstack([EIGHT] * 3)).convert("CMYK").save(tmp_path / "a.jpg")
    refused(tmp_path / "a.jpg", "colours of mode CMYK")
    Image.fromarray(EIGHT > 90).save(tmp_path / "b.png")
    refused(tmp_path / "b.png", "a mask of two values")
    refused(tmp_path / "b.png", "Save the micrograph itself as gray TIFF of 8 or 16 bits")
    Image.fromarray(np.where(EIGHT > 90, 255, 0).astype(np.uint8)).save(tmp_path / "d.bmp")
    refused(tmp_path / "d.bmp", "all pixels are 0 or 255, as of a mask", "or leave the file out")
    Image.fromarray((EIGHT > 90).astype(np.uint8)).save(tmp_path / "e.png")  # counted electrons
    check(tmp_path / "e.png", (EIGHT > 90).astype(np.uint8))
    frames = [Image.fromarray(EIGHT), Image.fromarray(EIGHT[::-1].copy())]
    frames[0].save(tmp_path / "c.png", save_all=True, append_images=frames[1:])
    refused(tmp_path / "c.png", "a series of 2 images")


def test_cut_off_and_damaged(tmp_path):
    Image.fromarray(TWELVE_BITS).save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(data[: len(data) // 2])
    refused(tmp_path / "a.png", "cut off", "Copy it again")
    cv2.imwrite(str(tmp_path / "b.png"), np.dstack([TWELVE_BITS] * 3))
    data = (tmp_path / "b.png").read_bytes()
    (tmp_path / "b.png").write_bytes(data[: len(data) // 2])
    refused(tmp_path / "b.png", "expected an intact PNG")


@pytest.mark.parametrize("kept", [0.4, 0.7, 0.95])
@pytest.mark.parametrize("image", [EIGHT, TWELVE_BITS, np.dstack([EIGHT] * 3)])
def test_zeros_of_an_interrupted_copy(tmp_path, image, kept):
    """They decompress to some gray level, and the checksum alone tells."""
    Image.fromarray(image).save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(data[: int(kept * len(data))].ljust(len(data), b"\0"))
    refused(tmp_path / "a.png", "the checksum", "IDAT", "copy it again")
    (tmp_path / "a.png").write_bytes(data + b"\0" * 99)
    check(tmp_path / "a.png", image if image.ndim == 2 else image[..., 0])


@pytest.mark.parametrize("interlace", [0, 1])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_png_that_ends_as_it_should_without_all_of_its_rows(tmp_path, bits, interlace):
    """The rest would be zeros; of 5x3 pixels Adam7 has rows of 1, 1, 1, 3, 2, 2 and 5 pixels."""
    row = bits // 8 * 5 + 1
    whole = 3 * row if not interlace else 15 * bits // 8 + 7
    for missing in (0, 1):
        chunks = {
            b"IHDR": struct.pack(">IIBBBBB", 5, 3, bits, 0, 0, 0, interlace),
            b"IDAT": zlib.compress(bytes(whole - missing)),
            b"IEND": b"",
        }
        parts = (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
            for name, data in chunks.items()
        )
        stream = io.BytesIO(png_chunks.SIGNATURE + b"".join(parts))
        said = f"it holds {whole - 1} of the {whole} bytes of its rows" if missing else ""
        assert png_chunks.fault(stream) == said
        (tmp_path / "a.png").write_bytes(stream.getvalue())
        if missing:
            refused(tmp_path / "a.png", said, "expected an intact PNG", "copy it again")


@pytest.mark.parametrize("mode", ["1", "L", "I;16", "P", "LA", "RGB", "RGBA", "48 bits"])
@pytest.mark.parametrize("width", [1, 7, 9])
def test_no_row_of_a_whole_png_is_missed(width, mode):
    if mode == "48 bits":
        data = cv2.imencode(".png", np.dstack([TWELVE_BITS[:, :width]] * 3))[1].tobytes()
    else:
        stream = io.BytesIO()
        image = Image.fromarray((TWELVE_BITS if mode == "I;16" else EIGHT)[:, :width])
        (image if image.mode == mode else image.convert(mode)).save(stream, "PNG")
        data = stream.getvalue()
    assert png_chunks.fault(io.BytesIO(data)) == ""


def jpeg(image, mode="L", **options):
    stream = io.BytesIO()
    Image.fromarray(image).convert(mode).save(stream, "JPEG", **options)
    return stream.getvalue()


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_jpeg_with_a_hole_of_zeros(tmp_path, mode):
    """Pillow makes an image of it whose lower half is shifted and too dark."""
    data = bytearray(jpeg(RNG.normal(128, 20, (300, 300)).clip(0, 255).astype(np.uint8), mode))
    middle = len(data) // 2
    data[middle : middle + 512] = bytes(512)
    (tmp_path / "a.jpg").write_bytes(data)
    refused(tmp_path / "a.jpg", "damaged: its image has a hole of zeros", "expected an intact JPEG")
    with pytest.raises(DatasetError, match="hole of zeros"):
        image_file.gray(bytes(data), "a.jpg")


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("level", [0, 77, 255])
@pytest.mark.parametrize("share", [1.0, 0.7, 0.0])
@pytest.mark.parametrize("fitted", [{}, {"optimize": True}, {"progressive": True}])
def test_a_flat_jpeg_has_no_hole(share, level, mode, fitted):
    """Where codes are fitted to the image, a flat area is hundreds of bytes of zeros."""
    image = RNG.normal(128, 20, (700, 700)).clip(0, 255).astype(np.uint8)
    image[: int(700 * share)] = level
    for quality in (1, 50, 95):
        data = jpeg(image, mode, quality=quality, **fitted)
        assert jpeg_scan.fault(io.BytesIO(data)) == ""
    assert jpeg_scan.fault(io.BytesIO(data + bytes(4096))) == ""  # behind its end


@pytest.mark.parametrize("first", [0, 1])
def test_a_scan_of_flat_colour_is_no_hole(first):
    """In a scan of its own it is zeros; that of the brightness comes before."""

    def segment(marker, data):
        return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data

    def table(number, symbol):
        return bytes([number, 1, *[0] * 15, symbol])

    def scan(component, data):
        return segment(0xDA, bytes([1, component + 1, component * 17, 0, 63, 0])) + data

    parts = [scan(0, bytes(range(1, 200)) * 9), scan(1, bytes(2000))]
    tables = segment(0xC4, table(0x10, 0x01) + table(0x11, 0x00))
    begin = b"\xff\xd8" + segment(0xDB, bytes(65)) + segment(0xC0, bytes(15)) + tables
    data = begin + parts[first] + parts[1 - first] + b"\xff\xd9"
    assert jpeg_scan.fault(io.BytesIO(data)) == ""
    holed = data.replace(parts[0], scan(0, bytes(2000)))
    said = "" if first else "its image has a hole of zeros"
    assert jpeg_scan.fault(io.BytesIO(holed)) == said


@pytest.mark.filterwarnings("error")
def test_larger_than_pillow_opens_by_itself(tmp_path, monkeypatch):
    """Stitched micrographs are; the limit of the process stays that of its program."""
    turned = Image.Exif()
    turned[ORIENTATION] = 6
    Image.fromarray(EIGHT).save(tmp_path / "a.png", exif=turned)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", EIGHT.size // 3)
    check(tmp_path / "a.png", np.rot90(EIGHT, -1))
    assert images.size_of(tmp_path / "a.png") == (30, 40)
    assert images.orientation(tmp_path / "a.png") == 6
    assert EIGHT.size // 3 == Image.MAX_IMAGE_PIXELS


@pytest.mark.parametrize(
    ("side", "words"),
    [
        (70_000, ("has more pixels", "megapixels", "Save the image as gray TIFF")),
        (9_000, ("has a header of 9000x9000 pixels", "The file is damaged")),
    ],
)
def test_headers_of_more_pixels_than_a_file_has(tmp_path, side, words):
    """A BMP is packed in no way: its pixels would fill the memory before they are missed."""
    Image.fromarray(EIGHT).save(tmp_path / "a.bmp")
    data = bytearray((tmp_path / "a.bmp").read_bytes())
    data[18:26] = struct.pack("<ii", side, side)
    (tmp_path / "a.bmp").write_bytes(data)
    refused(tmp_path / "a.bmp", *words)
    with pytest.raises(DatasetError) as caught:
        read.read(tmp_path / "a.bmp")
    assert "attack" not in str(caught.value)


@pytest.mark.parametrize(("suffix", "kind"), [(".tif", "PNG"), (".jpg", "PNG"), ("", "PNG")])
def test_what_a_file_holds_counts_not_its_suffix(tmp_path, suffix, kind):
    Image.fromarray(EIGHT).save(tmp_path / "a.png")
    path = (tmp_path / "a.png").rename(tmp_path / f"b{suffix}")
    check(path, EIGHT)
    remark = "" if suffix == ".jpg" else f"a {kind} file with"
    assert remark in "".join(read.read(path).remarks)


def test_a_jpeg_without_loss_is_named(tmp_path):
    imagecodecs = pytest.importorskip("imagecodecs")
    path = tmp_path / "a.jpg"
    path.write_bytes(imagecodecs.jpegls_encode(EIGHT))
    refused(path, "a JPEG of a kind that is not read", "Save the image as TIFF")
