"""Kinds of files that are no CSV, known by their first bytes, and how to make a CSV of each."""

from pathlib import Path

_PANDAS = "frame.to_csv(FILE, index=False)"
_SAVE = "In the program that wrote it, save the table as CSV (UTF-8)."
_UNPACK = "Unpack it, and give the CSV itself, or gzip it."
_ARRAY = f"Load it, put it into a pandas frame with the column id, and write {_PANDAS}."
# First bytes, what the file is, what to do. The first that fits is meant.
KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"PAR1", "a Parquet file", f"Write it again: pandas.read_parquet(FILE), then {_PANDAS}."),
    (b"ARROW1", "a Feather file", f"Write it again: pandas.read_feather(FILE), then {_PANDAS}."),
    (b"FEA1", "a Feather file", f"Write it again: pandas.read_feather(FILE), then {_PANDAS}."),
    (b"\x93NUMPY", "a NumPy array", _ARRAY),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", _ARRAY),
    (b"MATLAB 5.0", "a MATLAB file", "In MATLAB, write the table with writetable(T, 'FILE.csv')."),
    (b"BZh", "a bzip2 file", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz file", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", _UNPACK),
    (b"\x04\x22\x4d\x18", "an LZ4 file", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"\x1f\x9d", "a compress (.Z) file", _UNPACK),
    (b"\x1f\x8b", "a gzip file within a gzip file", "Pack it once: gunzip it, and give that."),
    (b"\xd0\xcf\x11\xe0", "an old Excel file", "In Excel, save the sheet as CSV UTF-8."),
    (b"SQLite format 3\x00", "an SQLite database", "Export the table as CSV."),
    (b"\x89PNG", "a PNG image", "Give the file of predictions."),
    (b"\xff\xd8\xff", "a JPEG image", "Give the file of predictions."),
    (b"II*\x00", "a TIFF image", "Give the file of predictions."),
    (b"MM\x00*", "a TIFF image", "Give the file of predictions."),
    (b"%PDF", "a PDF", _SAVE),
    (b"{\\rtf", "a rich text file", _SAVE),
    (b"Obj\x01", "an Avro file", _SAVE),
    (b"ORC", "an ORC file", _SAVE),
    (b"RDX", "an R data file", "In R, write the table: write.csv(table, FILE, row.names = FALSE)."),
    (b"\x7fELF", "a program", "Give the file of predictions."),
    (b"version https://git-lfs", "a Git LFS pointer", "Fetch the file itself: git lfs pull."),
    (b"/annex/objects/", "a git-annex pointer", "Fetch the file itself: git annex get."),
    (b"\x00\x00\xfe\xff", "UTF-32 text", "Save it as UTF-8."),
    (b"\xff\xfe\x00\x00", "UTF-32 text", "Save it as UTF-8."),
    (b"\xff\xfe", "UTF-16 text", "Save it as UTF-8: in Excel as CSV UTF-8, in PowerShell with "
     "-Encoding utf8."),
    (b"\xfe\xff", "UTF-16 text", "Save it as UTF-8."),
)  # fmt: skip
_IN_ZIP = (  # names that a zip holds at its beginning
    (b"xl/", "an Excel file", "In Excel, save the sheet as CSV UTF-8."),
    (b"[Content_Types].xml", "an Excel file", "In Excel, save the sheet as CSV UTF-8."),
    (b"mimetypeapplication/vnd.oasis", "a LibreOffice file", "In LibreOffice, save it as CSV."),
    (b".npy", "NumPy arrays (.npz)", _ARRAY),
    (b"data.pkl", "a PyTorch file, and no such file is ever opened", _ARRAY),
    (b"AndroidManifest", "a program", "Give the file of predictions."),
)
_TEXTS = (  # texts that are no CSV, in lower case
    (b"<!doctype html", "a web page", "The download failed or asks for a login: fetch it again."),
    (b"<html", "a web page", "The download failed or asks for a login: fetch it again."),
    (b"<?xml", "an XML file", _SAVE),
    (b"{", "a JSON file", f"Write it again: pandas.read_json(FILE), then {_PANDAS}."),
    (b"[", "a JSON file", f"Write it again: pandas.read_json(FILE), then {_PANDAS}."),
)
_SHOWN = 4096  # bytes that are looked at


def known(data: bytes) -> tuple[str, str] | None:
    """Return what a file is and what to do with it, None where it may be CSV.

    Args:
      data: its first bytes, unpacked where it is gzipped; nothing of them is ever run or loaded.
    """
    beginning = data[:_SHOWN]
    if not beginning.strip():
        return "empty", "Write it again."
    if beginning.startswith(b"PK"):
        found = next((kind for mark, *kind in _IN_ZIP if mark in beginning), None)
        return (found[0], found[1]) if found else ("a zip archive", _UNPACK)
    if beginning[:1] == b"\x80" and beginning[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return "a pickle, and no pickle is ever opened", _ARRAY
    for mark, what, remedy in KINDS:
        if beginning.startswith(mark):
            return what, remedy
    if beginning[257:262] == b"ustar":
        return "a tar archive", _UNPACK
    start = beginning.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, what, remedy in _TEXTS:
        if start.startswith(mark):
            return what, remedy
    return _by_zeros(beginning)


def _by_zeros(data: bytes) -> tuple[str, str] | None:
    """Know UTF-16 without a mark, and binary files in general, by their zeros."""
    zeros = data.count(0)
    halves = [half.count(0) / len(half) for half in (data[::2], data[1::2]) if half]
    if max(halves) > 0.9 and min(halves) < 0.5:
        return "UTF-16 text", "Save it as UTF-8."
    return ("a binary file", _SAVE) if zeros > 0.1 * len(data) else None


def refused(path: Path, data: bytes) -> str:
    """Return the message about a file that is known to be no CSV, "" for any other."""
    kind = known(data)
    if kind is None or kind[0] == "empty":
        return ""
    return f"{path}: is {kind[0]}; expected a CSV file, gzipped or not. {kind[1]}"
