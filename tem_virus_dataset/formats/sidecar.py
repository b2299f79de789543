"""Pixel sizes in the text that a microscope writes beside an image.

Four are read: X.txt beside X.tif of Hitachi (HT and SU series) and of JEOL, SerialEM's X.tif.mdoc,
and EPU's X.xml; also beside a packed X.tif.gz. A text of any other program is none of them,
whatever words it has: each must start as its own program starts it, and must not state another
width than the image's, which may have been turned.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tem_virus_dataset.formats import compressed
from tem_virus_dataset.formats.pictures.picture import Statement

LONGEST = 1 << 18  # bytes that are looked at
TEXTS = (".txt", ".TXT", ".Txt")
FIRST_LINES = 40  # among which the mark of a program stands
ENCODINGS = ("utf-8-sig", "cp932")  # JEOL's "μm" is Japanese in older programs
NUMBER = r"([0-9]+(?:[.,][0-9]+)?(?:[eE][-+]?[0-9]+)?)"

HITACHI = re.compile(r"\s*\[(?:Sem|Tem)ImageFile\]", re.I)
HITACHI_SIZE = re.compile(rf"^PixelSize\s*=\s*{NUMBER}\s*(?:nm)?\s*$", re.M | re.I)
HITACHI_WIDTH = re.compile(r"^DataSize\s*=\s*([0-9]+)\s*[xX*]", re.M | re.I)
JEOL = re.compile(r"^\$(?:CM_|SEM_|\$SM_)[A-Z_]+[ \t]", re.M)
JEOL_BAR = re.compile(rf"^\$?\$SM_MICRON_BAR\s+{NUMBER}", re.M)
JEOL_MARKER = re.compile(rf"^\$?\$SM_MICRON_MARKER\s+{NUMBER}\s*(\S+)", re.M)
JEOL_WIDTH = re.compile(r"^\$CM_FULL_SIZE\s+([0-9]+)", re.M)
SERIALEM = re.compile(r"^\[(?:ZValue|FrameSet|Image|T) = ", re.M)
XML = re.compile(r"\A\ufeff?\s*(?:<[?!][^>]*>\s*)*<(?:\w+:)?(?:MicroscopeImage|OME)\b")
_NUMBER_TAG = rf"\s*<(?:\w+:)?numericValue\b[^>]*>\s*{NUMBER}\s*<"
EPU_SIZE = re.compile(
    rf"<(?:\w+:)?pixelSize\b[^>]*>\s*<(?:\w+:)?x\b[^>]*>{_NUMBER_TAG}"
    rf".*?<(?:\w+:)?y\b[^>]*>{_NUMBER_TAG}",
    re.DOTALL,
)
EPU_WIDTH = re.compile(r"<(?:\w+:)?ReadoutArea\b.*?<(?:\w+:)?width>\s*([0-9]+)\s*<", re.DOTALL)
SERIALEM_SIZE = re.compile(rf"^PixelSpacing = {NUMBER}\s*$", re.M)
SERIALEM_WIDTH = re.compile(r"^ImageSize = ([0-9]+)", re.M)


def files(path: Path) -> list[Path]:
    """Return the texts beside an image that may state its pixel size."""
    beside = [name for name in (*_texts(path), _mdoc(path)) if name.is_file()]
    xml = _xml(path)  # of another program it holds labels
    return [*beside, xml] if is_of_instrument(xml) else beside


def unreadable(path: Path) -> list[str]:
    """Return what is to be said of texts beside an image that cannot be opened."""
    said = []
    for text in files(path):
        try:
            text.open("rb").close()
        except OSError as error:
            said.append(f"nothing that can be read in {text.name} ({error.strerror or error})")
    return said


def statements(path: Path, shape: Sequence[int]) -> tuple[Statement, ...]:
    """Return the pixel sizes that texts beside an image state.

    Args:
      path: of the image; shape: (height, width) of the image, upright.
    """
    of_txt, of_mdoc = _text(*_texts(path)), _text(_mdoc(path))
    return (
        *_hitachi(of_txt, shape), *_jeol(of_txt, shape), *_serialem(of_mdoc, shape),
        *_epu(_text(_xml(path)), shape),
    )  # fmt: skip


def _texts(path: Path) -> list[Path]:
    return [_unpacked(path).with_suffix(suffix) for suffix in TEXTS]


def _mdoc(path: Path) -> Path:
    return path.with_name(f"{_unpacked(path).name}.mdoc")


def _xml(path: Path) -> Path:
    return _unpacked(path).with_suffix(".xml")


def _unpacked(path: Path) -> Path:
    """Return the name of an image before it was packed: X.mrc of X.mrc.gz."""
    return path.with_suffix("") if path.suffix.lower() in compressed.OPENERS else path


def _text(*paths: Path) -> str:
    """Return the text of the first file that is there; "" if none can be read."""
    for path in paths:
        try:
            with path.open("rb") as file:
                data = file.read(LONGEST)
        except OSError:
            continue
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16", "replace")
        for encoding in ENCODINGS:
            try:
                return data.decode(encoding).replace("\r", "\n")
            except UnicodeDecodeError:
                continue
        return data.decode("latin-1").replace("\r", "\n")
    return ""


def is_of_instrument(path: Path) -> bool:
    """Return whether a microscope wrote a text or XML beside an image: it is no label file."""
    text = _text(path)
    if path.suffix.casefold() == ".xml":
        return bool(XML.search(text))
    head = "\n".join(text.split("\n", FIRST_LINES)[:FIRST_LINES])
    return bool(HITACHI.match(text) or JEOL.search(head))


def _hitachi(text: str, shape: Sequence[int]) -> Iterator[Statement]:
    if not HITACHI.match(text) or not _is_of(HITACHI_WIDTH, text, shape):
        return
    if size := HITACHI_SIZE.search(text):
        nm = _number(size[1])
        yield Statement(nm, nm, "nm", "PixelSize in Hitachi's text")


def _jeol(text: str, shape: Sequence[int]) -> Iterator[Statement]:
    head = "\n".join(text.split("\n", FIRST_LINES)[:FIRST_LINES])
    if not JEOL.search(head) or not _is_of(JEOL_WIDTH, text, shape):
        return
    bar, marker = JEOL_BAR.search(text), JEOL_MARKER.search(text)
    if bar and marker and _number(bar[1]) > 0:
        side = _number(marker[1]) / _number(bar[1])
        yield Statement(side, side, marker[2], "the scale bar in JEOL's text")


def _serialem(text: str, shape: Sequence[int]) -> Iterator[Statement]:
    if not SERIALEM.search(text) or not _is_of(SERIALEM_WIDTH, text, shape):
        return
    sizes = {_number(match[1]) for match in SERIALEM_SIZE.finditer(text)}
    if len(sizes) == 1:
        (side,) = sizes
        yield Statement(side, side, "Å", "PixelSpacing in SerialEM's mdoc")


def _epu(text: str, shape: Sequence[int]) -> Iterator[Statement]:
    """Yield EPU's pixel size; the small JPEG that EPU writes, too, has another width."""
    width = EPU_WIDTH.search(text)
    if not XML.search(text) or width is None or not _is_of(EPU_WIDTH, text, shape):
        return
    if size := EPU_SIZE.search(text):
        yield Statement(_number(size[1]), _number(size[2]), "m", "EPU's XML")


def _is_of(pattern: re.Pattern[str], text: str, shape: Sequence[int]) -> bool:
    """Say whether a text states the width of an image, or none.

    An image that was rescaled has another one. One that was turned has it as its height.
    """
    stated = pattern.search(text)
    return stated is None or int(stated[1]) in shape[-2:]


def _number(text: str) -> float:
    return float(text.replace(",", "."))
