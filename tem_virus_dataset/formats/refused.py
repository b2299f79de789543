"""Files that are known and not read: what they are, and what to do with them."""

import types
from pathlib import Path

from tem_virus_dataset.errors import DatasetError

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
        ".zip": ("an archive", "Unpack it, and give the folder"),
        ".7z": ("an archive", "Unpack it, and give the folder"),
        ".rar": ("an archive", "Unpack it, and give the folder"),
        ".tar": ("an archive", "Unpack it, and give the folder"),
        ".zst": ("packed with zstd", "Unpack it"),
        ".tgz": ("an archive", "Unpack it, and give the folder"),
    }
)  # fmt: skip
STARTS = (
    (b"version https://git-lfs.github.com", "a pointer of Git LFS, not the file itself",
     "Run `git lfs pull` in its repository"),
    (b"\x00\x05\x16\x07", "what macOS keeps beside a file (AppleDouble)", "Leave it out"),
    (b"<!DOCTYPE html", "a web page, as a download that failed leaves it", "Download it again"),
    (b"<html", "a web page, as a download that failed leaves it", "Download it again"),
    (b"PK\3\4", "a zip archive", "Unpack it, and give the folder"),
    (b"GIF8", "a GIF image", f"Open it in Fiji, and save it {TIFF}"),
    (b"RIFF", "WebP, or a film or sound (RIFF)", f"Open it in GIMP, and save it {TIFF}"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000", f"Open it in Fiji or GIMP, and save it {TIFF}"),
    (b"%!PS", "a PostScript drawing", f"Save the image from the microscope's program {TIFF}"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", "Unpack it"),
    (b"%PDF", "a document", f"Save the image from the microscope's program {TIFF}"),
)  # fmt: skip
PACKED = ((b"\x1f\x8b", "gzip", ".gz"), (b"BZh", "bzip2", ".bz2"), (b"\xfd7zXZ", "xz", ".xz"))
LONGEST_START = 64  # bytes


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
    for mark, kind, suffix in PACKED:
        if start.startswith(mark) and path.suffix.lower() != suffix:
            return DatasetError(
                f"{path}: packed with {kind}; expected a file of its suffix. Add {suffix} to its "
                "name, or unpack it."
            )
    return None
