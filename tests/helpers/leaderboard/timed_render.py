"""How long rendering, checking and a submission take, and their memory, without and with a cache.

PYTHONPATH=. python tests/helpers/leaderboard/timed_render.py FOLDER

FOLDER holds the records that `many_records.py` wrote. Every command is a process of its own; the
pages and the cache are in a temporary folder. CPU seconds and memory are those of all its
processes: the memory is the sum of the largest of each, an upper bound.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Cost:
    """Wall and CPU seconds and MB of one command."""

    name: str
    wall: float
    cpu: float
    memory: float


def cost(name: str, command: Sequence[str]) -> Cost:
    """Run a command to its end; raises `RuntimeError` where it fails."""
    started, sampled = time.monotonic(), {}
    process = psutil.Popen([sys.executable, "-m", *command], cwd=HERE, stdout=-3)
    ended = threading.Event()

    def sample() -> None:
        while not ended.wait(0.2):
            try:
                for one in (process, *process.children(recursive=True)):
                    used = one.memory_info().rss
                    sampled[one.pid] = max(sampled.get(one.pid, 0), used)
            except psutil.Error:
                continue

    thread = threading.Thread(target=sample)
    thread.start()
    _, status, used = os.wait4(process.pid, 0)
    ended.set()
    thread.join()
    if status:
        raise RuntimeError(f"{' '.join(command)}: status {status}")
    seconds = used.ru_utime + used.ru_stime  # of its children, too, once it has waited for them
    return Cost(name, time.monotonic() - started, seconds, sum(sampled.values()) / 1e6)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the commands, and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of the records")
    parser.add_argument("--warm", action="store_true", help="keep the cache in FOLDER.cache")
    args = parser.parse_args(arguments)
    records = args.folder.resolve()
    print("| command | wall s | CPU s | MB |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        cache = f"{records}.cache" if args.warm else f"{folder}/cache"
        render = ("leaderboard.render", "--records", str(records), "--out", folder)
        for name, more in (
            ("render, cold", ()),
            ("render, warm", ()),
            ("render --check, warm", ("--check",)),
        ):
            one = cost(name, [*render, "--cache", cache, *more])
            print(f"| {one.name} | {one.wall:.1f} | {one.cpu:.1f} | {one.memory:.0f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
