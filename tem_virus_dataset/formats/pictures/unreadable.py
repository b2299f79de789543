"""One line for whatever a library raises while it reads a file."""

import re
from pathlib import Path

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.pictures import blank_rows

ADDRESS = re.compile(  # also the name of a stream, which is an object of Python
    r"<[^<>]*\bat 0x[0-9a-fA-F]+>|<_io\.[^<>]*(?:<[^<>]*>)?[^<>]*>|\b0x[0-9a-fA-F]{6,}\b"
)
LONGEST = 160  # characters of a library's message
COPY = "Copy it again, or save the image as TIFF."
SAVE = "Save the image as TIFF with the program that wrote it."


def unreadable(path: Path, kind: str, error: Exception) -> DatasetError:
    """Return the error for a file that a library cannot read.

    Args:
      kind: of file, such as "DM3"; error: what the library raised.
    """
    is_interrupted = path.is_file() and blank_rows.ends_in_zeros(path)
    remedy = f"It ends in zeros, as after a copy that was interrupted. {COPY}"
    return DatasetError(
        f"{path}: cannot be read as {kind} ({described(error)}); expected an intact file. "
        f"{remedy if is_interrupted else SAVE}"
    )


def no_header(path: Path, kind: str) -> DatasetError:
    """Return the error for a file that does not start as one of its kind."""
    return DatasetError(
        f"{path}: starts with no header of {kind}; expected an intact file of its suffix. Copy it "
        "again, give it the suffix of its kind, or leave it out."
    )


def cut_off(path: Path, kind: str, size: int, expected: int) -> DatasetError:
    """Return the error for a file that ends before its image does; sizes are in bytes."""
    return DatasetError(
        f"{path}: cut off: it has {size} bytes; expected an intact {kind} file of {expected} "
        f"bytes or more. {COPY}"
    )


def described(error: Exception) -> str:
    """Return a library's message in one line, without addresses in memory."""
    text = ADDRESS.sub("", " ".join(str(error).split())).strip()
    if len(text) > LONGEST:
        text = text[:LONGEST] + "..."
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
