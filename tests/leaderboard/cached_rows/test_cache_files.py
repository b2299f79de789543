"""The files of the cache: killed, damaged, shared or full, it is usable or passed over."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from project_paths import ROOT

from leaderboard.cached_rows import cache_options, processes
from leaderboard.files import cache as caches
from leaderboard.files.arguments import Parser
from leaderboard.files.cache import Cache

KEYS = [f"{number:064x}" for number in range(256, 266)]
WRITER = """
import sys
from pathlib import Path
from leaderboard.files.cache import Cache
cache = Cache(Path(sys.argv[1]), "v")
print("ready", flush=True)
while True:
    for number in range(256, 266):
        cache.put(f"{number:064x}", f"{number}".encode() * 50_000)
"""


def test_what_was_put_is_got_and_nothing_else(tmp_path: Path) -> None:
    cache = Cache(tmp_path, "v")
    cache.put(KEYS[0], b"")
    cache.put(KEYS[1], b"two")
    assert [cache.get(key) for key in KEYS[:3]] == [b"", b"two", None]
    assert Cache(tmp_path, "other").get(KEYS[1]) is None
    assert not cache.problem


def test_two_writers_that_are_killed_leave_whole_entries_or_none(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.readline()
    cache, last = Cache(tmp_path, "v"), KEYS[-1]
    deadline = time.monotonic() + 60
    while cache.get(last) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    for number, key in enumerate(KEYS, start=256):
        assert cache.get(key) == f"{number}".encode() * 50_000


@pytest.mark.parametrize(
    "change", [lambda data: data[:40], lambda data: data + b"x", lambda _: b""]
)
def test_a_damaged_entry_is_none(tmp_path: Path, change) -> None:
    cache = Cache(tmp_path, "v")
    cache.put(KEYS[0], b"0123456789")
    (file,) = [one for one in tmp_path.rglob("*") if one.is_file()]
    file.write_bytes(change(file.read_bytes()))
    assert cache.get(KEYS[0]) is None
    cache.put(KEYS[0], b"again")
    assert cache.get(KEYS[0]) == b"again"


def test_a_folder_in_the_place_of_an_entry_is_passed_over(tmp_path: Path) -> None:
    cache = Cache(tmp_path, "v")
    (tmp_path / "v" / KEYS[0][:2] / KEYS[0]).mkdir(parents=True)
    cache.put(KEYS[0], b"x")
    assert cache.get(KEYS[0]) is None
    assert str(tmp_path) in cache.problem
    assert not list(tmp_path.rglob("*.tmp"))


def test_old_versions_are_deleted_and_nothing_else_is(tmp_path: Path) -> None:
    for version in ("old", "own"):
        Cache(tmp_path, version).put(KEYS[0], b"x")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("")
    long_ago = time.time() - 2 * caches.LONGEST_UNUSED
    for folder in tmp_path.iterdir():
        os.utime(folder, (long_ago, long_ago))
    Cache(tmp_path, "own").tidy()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["mine", "own"]


def chosen(monkeypatch: pytest.MonkeyPatch, *arguments: str, **variables: str) -> Path | None:
    for name in ("CI", cache_options.VARIABLE):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    parser = Parser()
    cache_options.add_options(parser)
    found = cache_options.cache_of(parser.parse_args(arguments))
    return found.folder if found else None


def test_which_cache_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    named = tmp_path / "named"
    assert chosen(monkeypatch) == caches.user_folder()
    assert chosen(monkeypatch, "--no-cache") is None
    assert chosen(monkeypatch, "--cache", str(named)) == named
    assert chosen(monkeypatch, TEM_VIRUS_CACHE=str(named)) == named
    assert chosen(monkeypatch, TEM_VIRUS_CACHE="") is None


def test_where_pull_requests_are_checked_only_a_named_cache_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert chosen(monkeypatch, CI="true") is None
    assert chosen(monkeypatch, "--cache", str(tmp_path), CI="true") == tmp_path
    assert chosen(monkeypatch, CI="true", TEM_VIRUS_CACHE=str(tmp_path)) == tmp_path


def test_results_of_processes_come_in_order_and_the_first_error_ends_them() -> None:
    numbers = [str(number) for number in range(processes.FEWEST)]
    with processes.in_order(int, numbers, 2) as results:
        assert list(results) == list(range(processes.FEWEST))
    found = []
    with (
        pytest.raises(ValueError, match="'x'"),
        processes.in_order(int, [*numbers[:20], "x", *numbers], 2) as results,
    ):
        found.extend(results)
    assert found == list(range(20))


PARENT = """
import os, time
from leaderboard.cached_rows import processes
if __name__ == "__main__":
    with processes.in_order(time.sleep, [0.0] * 30 + [60.0] * 30, 2) as results:
        next(results)
        print("ready", flush=True)
        next(results)
        time.sleep(60)
"""


def test_processes_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    # the children hold the other end of its output: it closes when all have ended
    parent = subprocess.Popen(
        [sys.executable, str(script)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert parent.stdout is not None
    parent.stdout.readline()
    parent.kill()
    parent.wait()
    reader = threading.Thread(target=parent.stdout.read, daemon=True)
    reader.start()
    reader.join(30)
    assert not reader.is_alive()
