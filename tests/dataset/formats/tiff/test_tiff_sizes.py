"""Pixel sizes in TIFF, wherever a camera or a program writes them."""

import struct

import numpy as np
import pytest
import tifffile

from tem_virus_dataset import DatasetError
from tem_virus_dataset.formats import pixel_size, read

SIXTEEN = np.random.default_rng(4).integers(0, 60000, (30, 40), np.uint16)
GRAY = {"photometric": "minisblack", "metadata": None}


def write(path, *tags, **options):
    extratags = [(code, kind, count, value, True) for code, kind, count, value in tags]
    tifffile.imwrite(path, SIXTEEN, extratags=extratags, **GRAY | options)
    return path


def text(code, value):
    data = (value if isinstance(value, bytes) else value.encode()) + b"\0"
    return code, "s", len(data), data


def check(path, nm, source):
    micrograph = read.read(path)
    np.testing.assert_array_equal(micrograph.image, SIXTEEN)
    assert micrograph.pixel_size is not None, micrograph.size_remarks
    assert micrograph.pixel_size.nm == pytest.approx(nm, rel=1e-6)
    assert source in micrograph.pixel_size.source


def unknown(path, *words):
    micrograph = read.read(path)
    assert micrograph.pixel_size is None
    for word in words:
        assert word in "; ".join(micrograph.size_remarks)


def sis(nm):
    """The block of an Olympus camera, without the place of its second part."""
    general = struct.pack("<10xhdd8xd2x34s32s", -9, nm, nm, 1000, b"Veleta", b"TEM").ljust(220)
    head = struct.pack("<4s6xhhhhh6x32sH", b"SIS0", 1, 2, 3, 4, 120, b"a", 1)
    return head, head + struct.pack("<hhI", 1, 1, 0) + general


def test_olympus_on_the_second_page(tmp_path):
    path = tmp_path / "a.tif"
    head, block = sis(0.6)
    with tifffile.TiffWriter(path) as out:
        out.write(np.dstack([SIXTEEN.astype(np.uint8)] * 3), photometric="rgb", metadata=None)
        out.write(SIXTEEN, extratags=[(33560, "B", len(block), block, True)], **GRAY)
    data = bytearray(path.read_bytes())
    at = data.index(head)
    struct.pack_into("<I", data, at + len(head) + 4, at + len(head) + 8)
    path.write_bytes(data)
    check(path, 0.6, "Olympus")


@pytest.mark.parametrize(
    "xml",
    [
        "<Root><PixelSize><X>3.1e-10</X><Y>3.1e-10</Y></PixelSize></Root>",
        '<Root><pixelWidth unit="nm">0.31</pixelWidth><pixelHeight unit="nm">0.31</pixelHeight>'
        "</Root>",
        '<Root><a><PixelSize><X unit="m">3.1e-10</X><Y unit="m">3.1e-10</Y></PixelSize></a></Root>',
        "<Root><Data><Label>PixelSize X</Label><Value>3.1e-10</Value></Data>"
        "<Data><Label>PixelSize Y</Label><Value>3.1e-10</Value></Data></Root>",
        "<Root><Data><Label>PixelWidth</Label><Value>0.31</Value><Unit>nm</Unit></Data></Root>",
        '<metadata><item name="pixelSize.x" unit="m">3.1e-10</item>'
        '<item name="pixelSize.y" unit="m">3.1e-10</item></metadata>',
    ],
)
def test_thermo_fisher_xml(tmp_path, xml):
    check(write(tmp_path / "a.tif", text(34683, xml)), 0.31, "Thermo")


@pytest.mark.parametrize("code", [34680, 34682])
def test_thermo_fisher_ini(tmp_path, code):
    ini = "[EScan]\r\nPixelWidth=0\r\n[Scan]\r\nPixelWidth=3.1e-10\r\nPixelHeight=3.1e-10\r\n"
    check(write(tmp_path / "a.tif", text(code, ini)), 0.31, "Thermo")


def test_zeiss_has_one_size_for_the_image_and_one_for_the_screen(tmp_path):
    lines = "0\r\n0\r\nAP_PIXEL_SIZE\r\nPixel Size = 2.5 nm\r\n"
    lines += "AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 1.25 nm\r\n"
    path = write(tmp_path / "a.tif", text(34118, lines), resolution=(72, 72), resolutionunit=2)
    check(path, 1.25, "Zeiss")


@pytest.mark.parametrize(("unit", "side"), [("nm", 0.42), ("µm", 0.00042), ("Å", 4.2)])
def test_gatan(tmp_path, unit, side):
    names = [(code, 7, len(unit.encode()), unit.encode()) for code in (65003, 65004)]
    names = [text(code, unit.encode("latin-1")) for code in (65003, 65004)]
    sides = [(code, "d", 1, side) for code in (65009, 65010)]
    check(write(tmp_path / "a.tif", *names, *sides), 0.42, "Gatan")


def test_gatan_of_a_diffraction_pattern(tmp_path):
    names = [text(code, "1/nm") for code in (65003, 65004)]
    sides = [(code, "d", 1, 0.42) for code in (65009, 65010)]
    with pytest.raises(DatasetError, match="a diffraction pattern, in 1/nm"):
        read.read(write(tmp_path / "a.tif", *names, *sides))


@pytest.mark.parametrize(
    ("unit", "side"),
    [
        ("nm", 0.5), ("nanometres", 0.5), ("micron", 5e-4), ("\\u00B5m", 5e-4), ("\\u03BCm", 5e-4),
        ("\\u00C5", 5), ("\\u212B", 5), ("A", 5), ("pm", 500), ("cm", 5e-8), ("inch", 5e-7 / 25.4),
        ("nm/pixel", 0.5), ("mm", 5e-7),
    ],
)  # fmt: skip
def test_imagej(tmp_path, unit, side):
    kind = {"cm": 3, "inch": 2}.get(unit, 1)
    options = {"resolution": (1 / side, 1 / side), "resolutionunit": kind}
    tifffile.imwrite(tmp_path / "a.tif", SIXTEEN, imagej=True, metadata={"unit": unit}, **options)
    micrograph = read.read(tmp_path / "a.tif")
    assert micrograph.pixel_size is not None
    assert micrograph.pixel_size.nm == pytest.approx(0.5, rel=1e-3)


@pytest.mark.parametrize("unit", ["nm", "micron", "\\u00B5m"])
@pytest.mark.parametrize(
    ("dots", "kind"),
    [(72, 2), (96, 2), (150, 2), (300, 2), (600, 2), (28.35, 3), (118.11, 3), (37.8, 3)],
)
def test_dots_for_printers_beside_a_unit_of_imagej(tmp_path, unit, dots, kind):
    """Photoshop and GIMP keep ImageJ's text, and write a resolution of their own."""
    options = {"resolution": (dots, dots), "resolutionunit": kind}
    tifffile.imwrite(tmp_path / "a.tif", SIXTEEN, imagej=True, metadata={"unit": unit}, **options)
    unknown(tmp_path / "a.tif", "dots per", "meant for printers")


@pytest.mark.parametrize("kind", [2, 3])
def test_pixels_of_imagej_although_the_resolution_says_inch(tmp_path, kind):
    options = {"resolution": (2, 2), "resolutionunit": kind}
    tifffile.imwrite(tmp_path / "a.tif", SIXTEEN, imagej=True, metadata={"unit": "nm"}, **options)
    check(tmp_path / "a.tif", 0.5, "ImageJ")


def test_the_unit_of_imagej_is_that_of_the_first_page(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as out:
        about = {"description": "ImageJ=1.53t\nunit=nm\n", "metadata": None}
        out.write(np.dstack([SIXTEEN.astype(np.uint8)] * 3), photometric="rgb", **about)
        out.write(SIXTEEN, resolution=(1, 1), resolutionunit=1, **GRAY)
    unknown(tmp_path / "a.tif")


def test_a_resolution_that_is_a_fraction(tmp_path):
    path = write(tmp_path / "a.tif", resolution=((7, 3), (7, 3)), resolutionunit=3)
    data = path.read_bytes().replace(struct.pack("<II", 7, 3), struct.pack("<d", 2e7))
    for code in (282, 283):  # of 8 bytes, instead of a ratio of two numbers of 4
        data = data.replace(struct.pack("<HHI", code, 5, 1), struct.pack("<HHI", code, 12, 1))
    path.write_bytes(data)
    check(path, 0.5, "resolution")


def test_two_sources_that_differ(tmp_path):
    names = [text(code, "nm") for code in (65003, 65004)]
    sides = [(code, "d", 1, 0.42) for code in (65009, 65010)]
    path = write(tmp_path / "a.tif", *names, *sides, resolution=(1e7, 1e7), resolutionunit=3)
    check(path, 0.42, "Gatan")
    (remark,) = read.read(path).size_remarks
    assert "0.42 nm (Gatan's tags), and 1 nm (the TIFF's resolution)" in remark


@pytest.mark.parametrize("raw", ["µm".encode("latin-1"), "µm".encode(), "Âµm".encode()])
def test_micro_signs_as_plug_ins_write_them(tmp_path, raw):
    path = tmp_path / "a.tif"
    metadata = {"unit": "@@@@@@"}
    tifffile.imwrite(path, SIXTEEN, imagej=True, resolution=(2000, 2000), metadata=metadata)
    path.write_bytes(path.read_bytes().replace(b"@@@@@@", (raw + b"\n" + b" " * 9)[:6]))
    check(path, 0.5, "ImageJ")


@pytest.mark.parametrize(("unit", "side"), [("nm", 0.7), ("µm", 7e-4), ("Å", 7), ("pm", 700)])
def test_ome(tmp_path, unit, side):
    sizes = {"PhysicalSizeX": side, "PhysicalSizeY": side}
    units = {"PhysicalSizeXUnit": unit, "PhysicalSizeYUnit": unit}
    path = tmp_path / "a.ome.tif"
    tifffile.imwrite(path, SIXTEEN, photometric="minisblack", metadata={**sizes, **units})
    check(path, 0.7, "OME")


def test_ome_with_a_thumbnail_of_its_own(tmp_path):
    path = tmp_path / "a.ome.tif"
    with tifffile.TiffWriter(path, ome=True) as out:
        for image, side in ((SIXTEEN[::5, ::5], 3.5), (SIXTEEN, 0.7)):
            sizes = {"PhysicalSizeX": side, "PhysicalSizeXUnit": "nm"}
            out.write(image, photometric="minisblack", metadata={"axes": "YX", **sizes})
    check(path, 0.7, "OME")


def test_ome_of_1_without_a_unit_is_not_known(tmp_path):
    path = tmp_path / "a.ome.tif"
    metadata = {"PhysicalSizeX": 1.0, "PhysicalSizeY": 1.0}
    tifffile.imwrite(path, SIXTEEN, photometric="minisblack", metadata=metadata)
    unknown(path)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, ()),
        ({"resolution": (72, 72), "resolutionunit": 2}, ("72 dots per inch",)),
        ({"resolution": (118, 118), "resolutionunit": 3}, ("118 dots per cm",)),
        ({"resolution": (1, 1), "resolutionunit": 1}, ()),
        ({"resolution": (2e9, 2e9), "resolutionunit": 3}, ("0.005 nm",)),
        ({"resolution": (2e7, 1.6e7), "resolutionunit": 3}, ("0.5x0.625 nm",)),
    ],
)
def test_what_is_no_size(tmp_path, options, words):
    path = write(tmp_path / "a.tif", **options)
    unknown(path, *words)
    micrograph = read.read(path)
    size, _ = pixel_size.chosen(str(path), None, micrograph.size_remarks, 0.7)
    assert size.nm == 0.7


@pytest.mark.parametrize("ratio", [(0, 0), (1, 0), (0, 1)])
def test_ratios_that_are_no_numbers(tmp_path, ratio):
    path = write(tmp_path / "a.tif", resolution=((7, 3), (7, 3)), resolutionunit=3)
    data = path.read_bytes()
    assert data.count(struct.pack("<II", 7, 3)) == 2
    path.write_bytes(data.replace(struct.pack("<II", 7, 3), struct.pack("<II", *ratio)))
    unknown(path)


def test_super_resolution_and_low_magnification(tmp_path):
    for nm in (0.0415, 12.5):
        dots = (1e7 / nm, 1e7 / nm)
        path = write(tmp_path / "a.tif", resolution=dots, resolutionunit=3)
        assert read.read(path).pixel_size.nm == pytest.approx(nm, rel=1e-4)


def test_damaged_tags_do_not_cost_the_pixels(tmp_path):
    tags = [text(34683, "<Root><Pixel"), text(34118, "0"), (65009, "d", 1, float("nan"))]
    tags += [text(65003, "nm"), (33560, "B", 4, b"SIS0"), (37706, "B", 4, b"abcd")]
    unknown(write(tmp_path / "a.tif", *tags))


def test_two_axes_with_two_units(tmp_path):
    path = tmp_path / "a.tif"
    metadata = {"unit": "nm", "yunit": "micron"}
    tifffile.imwrite(path, SIXTEEN, imagej=True, resolution=(2, 2000), metadata=metadata)
    check(path, 0.5, "ImageJ")
    sizes = {"PhysicalSizeX": 0.7, "PhysicalSizeY": 7e-4}
    units = {"PhysicalSizeXUnit": "nm", "PhysicalSizeYUnit": "µm"}
    path = tmp_path / "b.ome.tif"
    tifffile.imwrite(path, SIXTEEN, photometric="minisblack", metadata={**sizes, **units})
    check(path, 0.7, "OME")
    sides = [(65009, "d", 1, 0.42), (65010, "d", 1, 4.2)]
    units_of_gatan = [text(65003, "nm"), text(65004, "Å")]
    check(write(tmp_path / "c.tif", *units_of_gatan, *sides), 0.42, "Gatan")
    wide = [(code, "B", 6, "nm\0".encode("utf-16-le")) for code in (65003, 65004)]
    sides = [(65009, "d", 1, 0.42), (65010, "d", 1, 0.42)]
    check(write(tmp_path / "d.tif", *wide, *sides), 0.42, "Gatan")
    wide = [(code, "B", 4, "Å\0".encode("utf-16-le")) for code in (65003, 65004)]
    sides = [(65009, "d", 1, 4.2), (65010, "d", 1, 4.2)]
    check(write(tmp_path / "e.tif", *wide, *sides), 0.42, "Gatan")


def test_a_private_tag_of_jeol_is_not_taken_for_gatans(tmp_path):
    unknown(write(tmp_path / "a.tif", *[(c, "d", 1, 0.42) for c in (65006, 65009, 65010)]))


@pytest.mark.parametrize(
    "description",
    [
        "AMT Camera System\n11/18/09\n80000\n\nXpixCal=2000.5\nYpixCal=2000.5\nUnit=um\n##fv3",
        "AMT Camera System\r\nXpixCal=2000.5\r\nYpixCal=2000.5\r\nUnit=micron\r\n##fv3",
        "JEM-1400 XpixCal=2000.500000YpixCal=2000.500000Unit=um ",
    ],
)
def test_amt_has_pixels_per_unit(tmp_path, description):
    check(write(tmp_path / "a.tif", description=description), 1 / 2.0005, "AMT")
    unset = description.replace("2000.5", "0")
    unknown(write(tmp_path / "a.tif", description=unset))


@pytest.mark.parametrize(("unit", "dots"), [(3, 2e7), (4, 2e6), (5, 2e3)])
def test_units_of_a_resolution(tmp_path, unit, dots):
    path = write(tmp_path / "a.tif", resolution=(dots, dots), resolutionunit=unit)
    check(path, 0.5, "resolution")


@pytest.mark.parametrize(("width", "is_known"), [(40, True), (80, False)])
def test_thermo_fishers_tag_of_an_image_that_was_rescaled(tmp_path, width, is_known):
    ini = (
        f"[Image]\r\nResolutionX={width}\r\nResolutionY=30\r\n"
        "[Scan]\r\nPixelWidth=7e-10\r\nPixelHeight=7e-10\r\n"
    )
    path = write(tmp_path / "a.tif", text(34682, ini))
    if is_known:
        check(path, 0.7, "Thermo")
    else:
        unknown(path)
