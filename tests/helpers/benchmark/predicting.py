"""The predict command in this process, and what it wrote."""

import csv
import io

import tifffile

from benchmark.predict import __main__ as predict

PLACES = [(100.0, 60.0), (40.5, 150.5), (230.0, 180.0)]
RADIUS = 12


def write(path, image, nm=0.5):
    """Write an image as TIFF, with its pixel size in nm where that is given."""
    tags = {"resolution": (1 / nm, 1 / nm), "metadata": {"unit": "nm"}} if nm else {}
    tifffile.imwrite(path, image, imagej=True, **tags)


def call(*arguments, model="detector", out=None):
    """Run the command; return its exit status."""
    where = ["--out", str(out)] if out else []
    return predict.main([*map(str, arguments), "--model", model, *where])


def rows(path):
    """Return the rows of a table, by column."""
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


def state(folder):
    """Return when each file of a folder was written."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
