"""Files that are known and not read: what they are, and what to do with them."""

import re
import types
from pathlib import Path

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats import compressed

TIFF = "as gray TIFF of 8 or 16 bits"
KINDS = types.MappingProxyType(
    {
        ".eer": ("a movie of a Falcon camera (EER)", "Sum and convert it with RELION or IMOD"),
        ".tvips": ("a series of a TVIPS camera", f"Save the image from EM-MENU {TIFF}"),
        ".tvf": ("a series of a TVIPS camera", f"Save the image from EM-MENU {TIFF}"),
        ".jp2": ("JPEG 2000", f"Open it in Fiji or GIMP, and save it {TIFF}"),
        ".j2k": ("JPEG 2000", f"Open it in Fiji or GIMP, and save it {TIFF}"),
        ".gif": ("GIF", f"Open it in Fiji, and save it {TIFF}"),
        ".webp": ("WebP", f"Open it in GIMP, and save it {TIFF}"),
        ".hdf5": ("HDF5 of a program of its own", f"Save the image {TIFF} from that program"),
        ".h5": ("HDF5 of a program of its own", f"Save the image {TIFF} from that program"),
        ".hspy": ("a signal of HyperSpy", f"Save the image from HyperSpy {TIFF}"),
        ".zspy": ("a signal of HyperSpy", f"Save the image from HyperSpy {TIFF}"),
        ".dm5": ("DM5 of Gatan's DigitalMicrograph", f"Save it from there as DM4, or {TIFF}"),
        ".gtg": ("tags of Gatan's DigitalMicrograph", "Leave it out"),
        ".blo": ("diffraction patterns of NanoMEGAS", "Leave it out"),
        ".mib": ("data of a Merlin camera", f"Save the image {TIFF}"),
        ".raw": ("numbers without a header", f"Open it in Fiji (Import, Raw), and save it {TIFF}"),
        ".dat": ("numbers of a program of its own", f"Save the image {TIFF} from that program"),
        ".spi": ("SPIDER", "Convert it to MRC with e2proc2d.py of EMAN2"),
        ".img": ("IMAGIC or another kind", "Convert it to MRC with e2proc2d.py of EMAN2"),
        ".czi": ("CZI of Zeiss", f"Open it in Fiji (Bio-Formats), and save it {TIFF}"),
        ".nd2": ("ND2 of Nikon", f"Open it in Fiji (Bio-Formats), and save it {TIFF}"),
        ".lif": ("LIF of Leica", f"Open it in Fiji (Bio-Formats), and save it {TIFF}"),
        ".svs": ("a slide scan", f"Open it in QuPath, and save the region {TIFF}"),
        ".pdf": ("a document", f"Save the image from the microscope's program {TIFF}"),
        ".npz": ("arrays of NumPy", f"Save the image {TIFF} with tifffile"),
        ".pptx": ("a document of Office", f"Save the image in it {TIFF}, at its full size"),
        ".docx": ("a document of Office", f"Save the image in it {TIFF}, at its full size"),
        ".xlsx": ("a document of Office", f"Save the image in it {TIFF}, at its full size"),
        ".zip": ("an archive", "Unpack it, and give the folder"),
        ".7z": ("an archive", "Unpack it, and give the folder"),
        ".rar": ("an archive", "Unpack it, and give the folder"),
        ".tar": ("an archive", "Unpack it, and give the folder"),
        ".zst": ("packed with zstd", "Unpack it"),
        ".tgz": ("an archive", "Unpack it, and give the folder"),
    }
)  # fmt: skip
CONTAINERS = (  # of TIFF, HDF5, DM and zip
    ".eer", ".svs", ".hspy", ".dm5", ".gtg", ".npz", ".pptx", ".docx", ".xlsx",
)  # fmt: skip
POINTERS = (
    (b"version https://git-lfs", "a pointer of Git LFS, not the file itself",
     "Run `git lfs pull` in its repository"),
    (b"/annex/objects/", "a pointer of git-annex, not the file itself",
     "Run `git annex get` in its repository"),
)  # fmt: skip
STARTS = (
    *POINTERS,
    (b"\x00\x05\x16\x07", "what macOS keeps beside a file (AppleDouble)", "Leave it out"),
    (b"<!DOCTYPE html", "a web page, as a download that failed leaves it", "Download it again"),
    (b"<html", "a web page, as a download that failed leaves it", "Download it again"),
    (b"PK\3\4", "a zip archive", "Unpack it, and give the folder"),
    (b"GIF8", "a GIF image", f"Open it in Fiji, and save it {TIFF}"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000", f"Open it in Fiji or GIMP, and save it {TIFF}"),
    (b"%!PS", "a PostScript drawing", f"Save the image from the microscope's program {TIFF}"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", "Unpack it"),
    (b"%PDF", "a document", f"Save the image from the microscope's program {TIFF}"),
    (b"7z\xbc\xaf'\x1c", "a 7z archive", "Unpack it, and give the folder"),
    (b"Rar!\x1a\7", "a rar archive", "Unpack it, and give the folder"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of Office, or OIB or ZVI",
     f"Open an image in Fiji (Bio-Formats), and save it {TIFF}"),
    (b"ZISRAWFILE", "CZI of Zeiss", f"Open it in Fiji (Bio-Formats), and save it {TIFF}"),
    (b"\xda\xce\xbe\x0a", "ND2 of Nikon", f"Open it in Fiji (Bio-Formats), and save it {TIFF}"),
    (b"8BPS", "an image of Photoshop", f"Save it from there {TIFF}"),
    (b"gimp xcf", "an image of GIMP", f"Export it from there {TIFF}"),
    (b"SIMPLE  =", "FITS", f"Open it in Fiji, and save it {TIFF}"),
    (b"NRRD", "NRRD", f"Open it in Fiji, and save it {TIFF}"),
    (b"\x93NUMPY", "an array of NumPy", f"Save it {TIFF} with tifffile"),
    (b"MATLAB 5.0", "data of MATLAB", f"Save the image {TIFF} with imwrite"),
    (b"MATLAB 7.3", "data of MATLAB", f"Save the image {TIFF} with imwrite"),
    (b"\0\0\0\x0cJXL ", "JPEG XL", f"Open it in GIMP, and save it {TIFF}"),
    (b"II\xbc\1", "JPEG XR", f"Open it in GIMP, and save it {TIFF}"),
    (b"v/1\1", "OpenEXR", f"Open it in GIMP, and save it {TIFF}"),
)  # fmt: skip
LATER = (  # offset of a mark, and what files have there
    (8, b"WEBP", "WebP", f"Open it in GIMP, and save it {TIFF}"),
    (8, b"AVI ", "a film (AVI)", f"Save the image that is meant {TIFF}"),
    (4, b"ftyphei", "HEIC, as telephones write", f"Save it {TIFF}"),
    (4, b"ftypmif", "HEIC, as telephones write", f"Save it {TIFF}"),
    (4, b"ftypavif", "AVIF", f"Open it in GIMP, and save it {TIFF}"),
    (4, b"ftyp", "a film (MP4 or MOV)", f"Save the image that is meant {TIFF}"),
    (128, b"DICM", "DICOM", f"Open it in Fiji, and save it {TIFF}"),
    (257, b"ustar", "a tar archive", "Unpack it, and give the folder"),
)  # fmt: skip
NETPBM = re.compile(rb"P[1-7]\s")
PACKERS = types.MappingProxyType({".gz": "gzip", ".bz2": "bzip2", ".xz": "xz"})
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # marks of its byte order
UNPRINTED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]")
WORDS, FEWEST = 30, 16  # characters of a text: that a message shows, and that make one
LONGEST_START = 512  # bytes


def by_suffix(path: Path) -> DatasetError | None:
    """Return the error for a file of a known kind that is not read, else None."""
    if path.suffix.lower() not in KINDS:
        return None
    kind, remedy = KINDS[path.suffix.lower()]
    return DatasetError(f"{path}: {kind}, which is not read; expected one micrograph. {remedy}.")


def by_content(path: Path) -> DatasetError | None:
    """Return the error for a file that is no image whatever its suffix says, else None.

    Raises:
      OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        start = file.read(LONGEST_START)
    for mark, kind, remedy in STARTS:
        if start.lstrip().lower().startswith(mark.lower()):
            return DatasetError(f"{path}: {kind}; expected a micrograph. {remedy}.")
    for offset, mark, kind, remedy in LATER:
        if start[offset:].startswith(mark):
            return DatasetError(f"{path}: {kind}; expected a micrograph. {remedy}.")
    if NETPBM.match(start):
        return DatasetError(
            f"{path}: an image of Netpbm (PGM, PPM); expected a micrograph. Open it in Fiji, and "
            f"save it {TIFF}."
        )
    for suffix, mark in compressed.MARKS.items():
        if start.startswith(mark) and path.suffix.lower() != suffix:
            return DatasetError(
                f"{path}: packed with {PACKERS[suffix]}; expected a file of its suffix. Add "
                f"{suffix} to its name, or unpack it."
            )
    return None


def empty_or_text(path: Path) -> DatasetError | None:
    """Return the error for a file that begins as a text, or with nothing but zeros; else None.

    It is asked last, of files without a mark of a kind that is read.

    Raises:
      OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        start = file.read(LONGEST_START)
    if len(start) == LONGEST_START and not any(start):
        return DatasetError(
            f"{path}: begins with {LONGEST_START} bytes of zeros; expected an image. The copy was "
            "interrupted, or the disk was full. Copy it again."
        )
    text = start.decode("utf-16" if start[:2] in UTF_16 else "utf-8", "ignore")
    if UNPRINTED.search(text) or len(text) < max(FEWEST, len(start) / 3):
        return None
    first = " ".join(text.split())[:WORDS]
    return DatasetError(
        f"{path}: a text, which begins with {first!r}; expected a micrograph. Leave it out, or "
        "take the image that belongs to it."
    )
