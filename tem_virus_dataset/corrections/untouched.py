"""Which labels are still as they were predicted: a training on them learns its own mistakes."""

import csv
import hashlib
import io
from pathlib import Path

FILE = "predicted.csv"  # in the folder: its label files, and the sha256 of each as predicted


def text(folder: Path) -> str:
    """Return the content of `FILE` for the label files of a folder."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("file", "sha256"))
    for file in sorted((folder / "labels").glob("*/*.txt")):
        if file.name != "classes.txt":
            writer.writerow((file.relative_to(folder).as_posix(), _digest(file)))
    return out.getvalue()


def notice(folder: Path) -> str:
    """Return a line on label files that nobody has changed; "" without any, or without `FILE`."""
    table = folder / FILE
    if not table.exists():
        return ""
    try:
        with table.open(encoding="utf-8", newline="") as lines:
            rows = [(folder / row["file"], row["sha256"]) for row in csv.DictReader(lines)]
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:
        return (
            f"{table}: cannot be read ({error}); expected the columns file,sha256, as tem-virus "
            "correct wrote them. Labels that nobody has corrected are not counted. Delete it."
        )
    kept = [(file, digest) for file, digest in rows if file.is_file()]
    same = sum(_digest(file) == digest for file, digest in kept)
    if not same:
        return ""
    return (
        f"{folder}: {same} of {len(kept)} label files are as they were predicted. If nobody "
        "has looked at them, correct them first."
    )


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
