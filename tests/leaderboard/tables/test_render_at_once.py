"""Several processes that render at once: nothing is lost or undone."""

import subprocess
import sys
import threading

import pytest
from filelock import FileLock
from markdown_table import models_of
from project_paths import ROOT
from sample_records import FINISHED, change

from leaderboard.files.atomic import write_bytes
from leaderboard.files.locking import LockedError, lock_path
from leaderboard.render import render
from leaderboard.results.store import write

RENDERER = """
import sys
from pathlib import Path
from leaderboard.results.store import read, write
from leaderboard.render import render
import dataclasses
root, out, first = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
record = read(root / "recropped_14class" / "custom-scratch-small+epochs=14-s0.json")
for seed in range(first, first + 8):
    write(root, dataclasses.replace(record, model=f"m{seed}", predictions=None))
    render(root, out)
"""


def test_two_processes_rendering_at_once_lose_nothing(folders):
    write(folders[0], FINISHED)
    both = [
        subprocess.Popen([sys.executable, "-c", RENDERER, *folders, first], cwd=ROOT)
        for first in ("0", "8")
    ]
    assert [process.wait(60) for process in both] == [0, 0]
    assert render(*folders, check=True) == []
    names = models_of((folders[1] / "README.md").read_text())
    assert sorted(names) == sorted(["custom", *(f"m{seed}" for seed in range(16))])
    assert [path.name for path in folders[1].iterdir()] == ["README.md"]


def test_a_slow_render_does_not_undo_a_later_one(folders, monkeypatch):
    """Another one starts, with a newer record, after the slow one has read the records."""
    write(folders[0], FINISHED)

    def other():
        write(folders[0], change(model="newer"))
        render(*folders)

    thread = threading.Thread(target=other)

    def slow_write(path, data):
        monkeypatch.undo()  # the other one writes as always
        thread.start()
        thread.join(0.5)
        write_bytes(path, data)

    monkeypatch.setattr("leaderboard.render.write_bytes", slow_write)
    render(*folders)
    thread.join(30)
    assert "newer" in (folders[1] / "README.md").read_text()


def test_waiting_for_another_process_ends_with_a_message(folders, monkeypatch):
    folders[1].mkdir()
    monkeypatch.setattr("leaderboard.files.locking.LONG_PATIENCE", 0.05)
    messages = []

    def other():
        with pytest.raises(LockedError, match="another process has been writing") as caught:
            render(*folders)
        messages.append(str(caught.value))

    with FileLock(lock_path(folders[1])):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(30)
    assert str(folders[1]) in messages[0]
