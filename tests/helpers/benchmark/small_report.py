"""Reports of small runs: the command, the page of a run, and copies of a run to change."""

import dataclasses
import shutil
from pathlib import Path

from html_page import Page

from benchmark.report import __main__ as report
from leaderboard.results import store as records
from leaderboard.results.store import Record


def make(folder: Path, out: Path, *arguments: object) -> int:
    """Write the report of `records/` and `runs/` in a folder; return the exit status."""
    store = ["--records", folder / "records", "--runs", folder / "runs", "--out", out]
    return report.main([str(argument) for argument in [*store, *arguments]])


def page_of(out: Path, record: Record) -> Page:
    """Return the page of a run."""
    return Page(out / record.config / f"{record.run}.html")


def record_of(folder: Path) -> Record:
    """Return the one record of a folder."""
    return records.read(next((folder / "records").rglob("*.json")))


def copied(small: Path, folder: Path, **fields: object) -> Record:
    """Copy the run, with other fields in its record; its data are not copied."""
    shutil.copytree(small / "records", folder / "records")
    shutil.copytree(small / "runs", folder / "runs")
    record = dataclasses.replace(record_of(folder), **fields)
    records.write(folder / "records", record)
    return record
