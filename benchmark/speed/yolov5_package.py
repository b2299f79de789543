"""The package yolov5, which is no dependency of ours, in a process and environment of its own.

It needs PyTorch, and old versions of packages that we need new ones of. Its process does nothing
while we are measured, and waits for one line of JSON at a time.
"""

import contextlib
import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmark.errors import BenchmarkError

VERSION = "5.0.10"  # of the package: release 5.0 of YOLOv5, as ours is
WORKER = Path(__file__).with_name("yolov5_package_worker.py")
INSTALL = (
    'python3.11 -m venv yolov5env && yolov5env/bin/pip install "pip<24.1" && yolov5env/bin/pip '
    f'install yolov5=={VERSION} requests "setuptools<81"'
)


class Yolov5Process:
    """The running process: it answers one request at a time.

    Attributes:
      versions: of yolov5, torch and python in its environment.
    """

    def __init__(self, python: Path, process: subprocess.Popen, log: Any) -> None:
        self.python, self._process, self._log = python, process, log
        self.versions = self._answer()
        if self.versions.get("yolov5") != VERSION:
            raise BenchmarkError(
                f"--against {python}: found yolov5 {self.versions.get('yolov5')}; expected "
                f"{VERSION}. Install that one: {INSTALL}"
            )

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request to `benchmark/speed/yolov5_package_worker.py` and return its answer.

        Raises:
          BenchmarkError: the request failed, or the process has ended.
        """
        with contextlib.suppress(BrokenPipeError):  # then it does not answer, either
            print(json.dumps(request), file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        try:
            answer = dict(json.loads(line))
        except (ValueError, TypeError):
            raise BenchmarkError(self._ended(line)) from None
        if "error" in answer:
            raise BenchmarkError(
                f"--against {self.python}: {answer['error']}; expected an environment with the "
                f"package yolov5. Create one: {INSTALL}"
            )
        return answer

    def _ended(self, line: str) -> str:
        """Return the message for a process that ended, or answered something else."""
        if line:
            return f"--against {self.python}: answered {line.strip()!r}; expected a line of JSON."
        status = self._process.wait()
        self._log.seek(0)
        last = (self._log.read().strip().splitlines() or ["without output"])[-1]
        return (
            f"--against {self.python}: ended with exit status {status} ({last}); expected answers. "
            "Name the Python of an environment with the package yolov5."
        )


@contextlib.contextmanager
def started(python: Path) -> Iterator[Yolov5Process]:
    """Start the process with another environment's Python; it ends with the `with`.

    It also ends when this process does: its stdin is closed then.

    Raises:
      BenchmarkError: there is no such Python, or no such package in its environment.
    """
    # -I: it must import neither the modules of this folder nor those of PYTHONPATH.
    command = [str(python), "-I", str(WORKER)]
    with tempfile.TemporaryFile("w+", errors="replace") as log:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,  # Ctrl-C is for this process, which then ends that one
            )
        except OSError as error:
            raise BenchmarkError(
                f"--against {python}: cannot be run ({error.strerror}); expected the Python of an "
                f"environment with the package yolov5. Create one: {INSTALL}"
            ) from error
        try:
            yield Yolov5Process(python, process, log)
        finally:
            process.kill()
            process.communicate()
