"""Pixel sizes in texts beside an image."""

import gzip
from pathlib import Path

import pytest
import small_mrc
from pictures import SIXTEEN

from tem_virus_dataset.formats import read
from tem_virus_dataset.formats.sidecar import files, statements

HITACHI = """[SemImageFile]
InstructName=HT7800
ImageName=a.tif
DataSize=1280x960
PixelSize=0.62
SignalName=TEM
Magnification=40000
"""
JEOL = """$CM_FORMAT JEOL-SEM
$CM_VERSION 1
$CM_MAG 30000
$CM_FULL_SIZE 1280 960
$$SM_MICRON_BAR 160
$$SM_MICRON_MARKER 100nm
"""
SERIALEM = """PixelSpacing = 5.42
Voltage = 120
ImageFile = a.tif
ImageSize = 1280 960

[T = SerialEM: Digitized on TEM]

[ZValue = 0]
PixelSpacing = 5.42
Magnification = 8000
"""

AREA = "http://schemas.datacontract.org/2004/07/System.Drawing"
EPU = f"""<?xml version="1.0" encoding="utf-8"?>
<MicroscopeImage xmlns="http://schemas.datacontract.org/2004/07/Fei.SharedObjects">
<SpatialScale><pixelSize><x><numericValue>4.1E-10</numericValue><unit/></x>
<y><numericValue>4.1E-10</numericValue></y></pixelSize></SpatialScale>
<microscopeData><acquisition><camera><ReadoutArea xmlns:a="{AREA}">
<a:height>960</a:height><a:width>1280</a:width></ReadoutArea></camera></acquisition></microscopeData>
</MicroscopeImage>"""


def stated(folder, width=1280, height=960):
    return [(s.x, s.y, s.unit) for s in statements(folder / "a.tif", (height, width))]


@pytest.mark.parametrize("encoding", ["ascii", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["txt", "TXT"])
def test_hitachi(tmp_path, encoding, ending):
    text = HITACHI.replace("\n", "\r\n").encode(encoding)
    (tmp_path / f"a.{ending}").write_bytes(text)
    assert stated(tmp_path) == [(0.62, 0.62, "nm")]


def test_hitachi_of_a_transmission_microscope(tmp_path):
    (tmp_path / "a.txt").write_text(HITACHI.replace("[Sem", "[Tem").replace("0.62", "0,62"))
    assert stated(tmp_path) == [(0.62, 0.62, "nm")]


@pytest.mark.parametrize(
    ("marker", "encoding", "side", "unit"),
    [
        ("100nm", "ascii", 0.625, "nm"),
        ("5um", "ascii", 0.03125, "um"),
        ("5 µm", "utf-8", 0.03125, "µm"),
        ("5μm", "cp932", 0.03125, "μm"),
        ("0.5um", "ascii", 0.003125, "um"),
    ],
)
def test_jeol(tmp_path, marker, encoding, side, unit):
    (tmp_path / "a.txt").write_bytes(JEOL.replace("100nm", marker).encode(encoding))
    assert stated(tmp_path) == [(side, side, unit)]


def test_serialem(tmp_path):
    (tmp_path / "a.tif.mdoc").write_text(SERIALEM)
    assert stated(tmp_path) == [(5.42, 5.42, "Å")]
    (tmp_path / "a.tif.mdoc").write_text(SERIALEM.replace("5.42", "2.71", 1))
    assert stated(tmp_path) == []


def test_epu(tmp_path):
    (tmp_path / "a.xml").write_text(EPU)
    assert stated(tmp_path) == [(4.1e-10, 4.1e-10, "m")]
    assert files(tmp_path / "a.tif") == [tmp_path / "a.xml"]
    (tmp_path / "a.xml").write_text(EPU.replace("a:width", "a:w"))  # whose size is not known
    assert stated(tmp_path) == []
    (tmp_path / "a.xml").write_text("<annotation><size><width>1280</width></size></annotation>")
    assert files(tmp_path / "a.tif") == stated(tmp_path) == []


def test_an_image_of_another_width_was_rescaled(tmp_path):
    (tmp_path / "a.txt").write_text(HITACHI)
    assert stated(tmp_path, 640) == []
    (tmp_path / "a.txt").write_text(JEOL)
    assert stated(tmp_path, 640) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PixelSize=0.62\n",
        "[Settings]\nPixelSize=0.62\n",
        "notes on [SemImageFile]\nPixelSize=0.62\n",
        HITACHI.replace("PixelSize=0.62\n", ""),
        HITACHI.replace("0.62", "unknown"),
        HITACHI.replace("PixelSize", "ScreenPixelSize"),
        "0 0.5 0.5 0.1 0.1\n",
        JEOL.replace("BAR 160", "BAR 0"),
        JEOL.replace("$$SM_MICRON_MARKER 100nm\n", ""),
        "the bar is\n$$SM_MICRON_BAR160\n$$SM_MICRON_MARKER 100nm\n",
    ],
)
def test_texts_that_state_nothing(tmp_path, text):
    (tmp_path / "a.txt").write_text(text)
    assert stated(tmp_path) == []


def test_no_text_or_none_that_can_be_read(tmp_path):
    assert stated(tmp_path) == []
    (tmp_path / "a.txt").mkdir()
    assert stated(tmp_path) == []
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe[\xd8")
    assert statements(tmp_path / "b.tif", (960, 1280)) == ()


@pytest.mark.parametrize("packed", ["a.tif.gz", "a.tif.BZ2", "a.tif.xz"])
def test_beside_a_packed_image(tmp_path, packed):
    (tmp_path / "a.txt").write_text(HITACHI)
    (tmp_path / "a.tif.mdoc").write_text(SERIALEM)
    units = [statement.unit for statement in statements(tmp_path / packed, (960, 1280))]
    assert units == ["nm", "Å"]


def test_a_packed_file_is_read_with_the_text_beside_it(tmp_path):
    plain = small_mrc.write(tmp_path / "a.mrc", SIXTEEN, angstrom=0)
    (tmp_path / "a.mrc.gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    (tmp_path / "a.mrc.mdoc").write_text(SERIALEM.replace("1280 960", "40 30"))
    size = read.read(tmp_path / "a.mrc.gz").pixel_size
    assert size is not None
    assert size.nm == pytest.approx(0.542)


def test_a_text_that_cannot_be_opened_is_named(tmp_path, monkeypatch):
    """Only where the image states no size of its own."""
    opened = Path.open

    def refuse(path, *args, **kwargs):
        if path.suffix == ".txt":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *args, **kwargs)

    (tmp_path / "a.txt").write_text(HITACHI)
    (tmp_path / "b.txt").write_text(HITACHI)
    monkeypatch.setattr(Path, "open", refuse)
    small_mrc.write(tmp_path / "a.mrc", SIXTEEN, angstrom=0)
    small_mrc.write(tmp_path / "b.mrc", SIXTEEN)
    said = "nothing that can be read in a.txt (Permission denied)"
    assert said in read.read(tmp_path / "a.mrc").size_remarks
    assert not read.read(tmp_path / "b.mrc").size_remarks


@pytest.mark.parametrize(
    ("text", "name"),
    [(HITACHI, "a.txt"), (JEOL, "a.txt"), (SERIALEM, "a.tif.mdoc"), (EPU, "a.xml")],
)
def test_an_image_that_was_turned(tmp_path, text, name):
    (tmp_path / name).write_text(text)
    (side,) = stated(tmp_path)
    assert stated(tmp_path, width=960, height=1280) == [side]
    assert stated(tmp_path, width=640, height=480) == []
    assert stated(tmp_path, width=480, height=640) == []
