"""A small file of every kind that is read, with and without compression and pixel sizes."""

import bz2
import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import small_dm
import small_emd
import small_mrc
import small_ser
import tifffile
from PIL import Image

RNG = np.random.default_rng(7)
SIXTEEN = RNG.integers(0, 60000, (30, 40), np.uint16)
EIGHT = (SIXTEEN >> 8).astype(np.uint8)
FLOATS = SIXTEEN.astype(np.float32) / 7
OME = {"axes": "YX", "PhysicalSizeX": 0.5, "PhysicalSizeXUnit": "nm"}
NM = {"imagej": True, "resolution": (2, 2), "metadata": {"unit": "nm"}}
SIDES = [(0.5, "nm"), (0.5, "nm")]
TITAN = b"<Root><PixelSize><X>5e-10</X><Y>5e-10</Y></PixelSize></Root>\0"
ZEISS = b"0\r\nAP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 0.50 nm\r\n\0"
SFEG = b"[Scan]\r\nPixelWidth=5e-10\r\nPixelHeight=5e-10\r\n\0"


def write(folder: Path) -> list[Path]:
    """Write the files into a folder; return their paths."""
    return [*_tiffs(folder), *_plain(folder), *_instruments(folder)]


def _tiffs(folder: Path) -> Iterator[Path]:
    gray = {"photometric": "minisblack"}
    kinds = {
        "plain": (SIXTEEN, gray | {"resolution": (2e7, 2e7), "resolutionunit": 3}),
        "imagej": (SIXTEEN, NM),
        "lzw": (EIGHT, gray | {"compression": "lzw", "rowsperstrip": 7}),
        "deflate": (FLOATS, gray | {"compression": "zlib", "predictor": True}),
        "tiles": (SIXTEEN, gray | {"tile": (16, 16), "bigtiff": True}),
        "big_endian": (SIXTEEN, gray | {"byteorder": ">"}),
        "white": (SIXTEEN, {"photometric": "miniswhite"}),
        "colours": (np.dstack([EIGHT] * 3), {"photometric": "rgb", "compression": "jpeg"}),
        "titan": (SIXTEEN, gray | {"extratags": [(34683, 2, len(TITAN), TITAN)]}),
        "zeiss": (SIXTEEN, gray | {"extratags": [(34118, 2, len(ZEISS), ZEISS)]}),
        "sfeg": (SIXTEEN, gray | {"extratags": [(34680, 2, len(SFEG), SFEG)]}),
        "sideways": (SIXTEEN, gray | {"extratags": [(274, 3, 1, 6)]}),
    }
    for name, (image, options) in kinds.items():
        path = folder / f"{name}.tif"
        tifffile.imwrite(path, image, **options)
        yield path
    tifffile.imwrite(folder / "a.ome.tif", SIXTEEN, photometric="minisblack", metadata=OME)
    yield folder / "a.ome.tif"
    with tifffile.TiffWriter(folder / "two_pages.tiff") as out:
        out.write(EIGHT[::4, ::4], photometric="minisblack", subfiletype=1)
        out.write(SIXTEEN, photometric="minisblack")
    yield folder / "two_pages.tiff"


def _plain(folder: Path) -> Iterator[Path]:
    images = {
        "gray16.png": SIXTEEN, "gray8.png": EIGHT, "colours.png": np.dstack([EIGHT] * 3),
        "a.jpg": EIGHT, "a.bmp": EIGHT,
    }  # fmt: skip
    for name, image in images.items():
        Image.fromarray(image).save(folder / name)
        yield folder / name


def _instruments(folder: Path) -> Iterator[Path]:
    yield small_mrc.write(folder / "a.mrc", SIXTEEN)
    yield small_mrc.write(folder / "float.mrc", FLOATS)
    yield small_mrc.write_epu(folder / "epu.mrc", SIXTEEN, 6.1e-10, b"FEI1")
    packed = (folder / "a.mrc").read_bytes()
    for name, pack in (("a.mrc.gz", gzip.compress), ("a.mrc.bz2", bz2.compress)):
        (folder / name).write_bytes(pack(packed))
        yield folder / name
    for ending in ("dm3", "dm4"):
        yield small_dm.write(folder / f"a.{ending}", (SIXTEEN, SIDES))
    yield small_ser.write(folder / "a.ser", SIXTEEN)
    yield small_emd.write_velox(folder / "velox.emd", SIXTEEN)
    yield small_emd.write_ncem(folder / "ncem.emd", SIXTEEN)
