"""How long rendering, checking and a submission take, and their memory, without and with a cache.

PYTHONPATH=. python tests/helpers/leaderboard/timed_render.py FOLDER

FOLDER, named `records`, holds what `many_records.py` wrote. Every command is a process of its own;
the pages and the cache are in a temporary folder. CPU seconds and memory are those of all its
processes: the memory is the sum of the largest of each, an upper bound. The submission is a copy of
three records, and is taken away again. With --site the pages of the site are built twice, and once
more with one row that is new.
"""

import argparse
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parents[3]
CARD = """model = "timed"
data = "tem_virus/mirror_11class"
recipe = "copy"
authors = ["nobody"]
code = "https://example.org/timed"
parameters = 1
seeds = [0, 1, 2]
pretraining = "none"
extra_data = "none"
hardware = "none"
chosen = "nothing: a copy, to measure time"
"""


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


def show(found: Cost) -> None:
    """Print one line of the table."""
    costs = f"{found.wall:.1f} | {found.cpu:.1f} | {found.memory:.0f}"
    print(f"| {found.name} | {costs} |", flush=True)


def submission(root: Path) -> Path:
    """Copy the predictions of three records into a submission, and return its folder."""
    folder = root / "submissions" / "timed"
    folder.mkdir(parents=True)
    (folder / "card.toml").write_text(CARD)
    for seed, file in enumerate(sorted(root.glob("records/*/*.test.csv.gz"))[:3]):
        (folder / f"seed{seed}.test.csv.gz").write_bytes(file.read_bytes())
    return folder


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the commands, and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of the records")
    parser.add_argument("--warm", action="store_true", help="keep the cache in FOLDER.cache")
    parser.add_argument("--site", action="store_true", help="the site, too")
    args = parser.parse_args(arguments)
    records = args.folder.resolve()
    if records.name != "records":
        parser.error(f"{args.folder}: expected a folder named records")
    print("| command | wall s | CPU s | MB |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        cache = f"{records}.cache" if args.warm else f"{folder}/cache"
        render = ("leaderboard.render", "--records", str(records), "--out", folder)
        kept = (*render, "--cache", cache)
        show(cost("render, cold", kept))
        show(cost("render, warm", kept))
        show(cost("render --check, warm", [*kept, "--check"]))
        show(cost("render --check records, warm", [*kept, "--check", "records"]))
        site = ("leaderboard.site", "--records", str(records), "--out", f"{folder}/site")
        site = (*site, "--cache", cache)
        if args.site:
            show(cost("site", site))
            show(cost("site, again", site))
        handed_in = submission(records.parent)
        try:
            command = ("leaderboard.submit", "timed", "--root", str(records.parent))
            show(cost("submit", command))
            show(cost("render, one row new", kept))
            if args.site:
                show(cost("site, one row new", site))
        finally:
            shutil.rmtree(handed_in)
            for file in records.glob("*/submitted/timed-s*.json"):
                file.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
