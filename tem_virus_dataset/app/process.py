"""Starting the process that predicts, reading its events, and stopping it."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from tem_virus_dataset.app.job import Event, Job

WORKER = "tem_virus_dataset.app.worker"
ROOT = Path(__file__).resolve().parents[2]
LONGEST_LINE = 2**24  # bytes of an event
LAST_LINES = 2000  # bytes of what the process wrote about its end


class Prediction:
    """A prediction in a process of its own."""

    def __init__(self, job: Job) -> None:
        """Take the job; `events` starts it."""
        self._job = job
        self._process: asyncio.subprocess.Process | None = None
        self.is_stopped = False

    async def events(self) -> AsyncIterator[Event]:
        """Start the process, and yield its events until it ends."""
        log = Path(f"{self._job.out}.log")
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as errors:
            self._process = process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", WORKER,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors,
                limit=LONGEST_LINE, env=_environment(),
            )  # fmt: skip
        assert process.stdin and process.stdout  # for mypy
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # its end says why
            process.stdin.write(f"{self._job.to_json()}\n".encode())
            await process.stdin.drain()
        try:
            async for line in process.stdout:
                with contextlib.suppress(ValueError):
                    yield Event.of_json(line.decode())
            status = await process.wait()
        finally:
            self.stop()
        if status and not self.is_stopped:
            yield Event("error", _end(status, log))

    def stop(self) -> None:
        """End the process, if it runs."""
        if self._process and self._process.returncode is None:
            self.is_stopped = True
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()


def _environment() -> dict[str, str]:
    """Return the variables of this process, so that the other imports the same package."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"}


def _end(status: int, log: Path) -> str:
    """Return the line on a process that ended before its time."""
    if status < 0:  # by a signal: on Linux this is how memory ends
        return (
            f"the prediction was ended by the system (signal {-status}); expected results. The "
            "computer may have too little memory: close other programs, or take smaller images."
        )
    lines = log.read_bytes()[-LAST_LINES:].decode(errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "no line on it")
    return (
        f"the prediction ended with status {status} ({last}); expected results. This is a fault of "
        "the program: report it with the file, or leave the file out."
    )
