"""The run command in a process of its own, as a user starts it."""

import os
import subprocess
import sys
from pathlib import Path

from leaderboard import records

ROOT = Path(__file__).resolve().parent.parent
FAST = ["--recipe", "quick", "--set", "side=32", "level=8", "batch=8", "patience=9"]


def command(folder: Path, *arguments: object) -> list[str]:
    """The command whose records and runs lie in `folder`."""
    store = ["--records", str(folder / "records"), "--runs", str(folder / "runs")]
    return [sys.executable, "-m", "benchmark.run", *map(str, arguments), *store]


def do(folder: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess:
    """Run it to its end."""
    return subprocess.run(
        command(folder, *arguments),
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def only_record(folder: Path) -> records.Record:
    """The one record in `folder`."""
    (record,) = records.read_all(folder / "records")
    return record
