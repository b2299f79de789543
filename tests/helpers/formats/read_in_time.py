"""Read files in a process of its own, which a reader may hang, kill, or fill with memory."""

import multiprocessing
import re
import resource
import traceback
import warnings
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Self

ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}", re.I)
START = 120.0  # seconds, within which the readers are imported on a busy machine


class Reader:
    """A process that reads files, one after another; it is started again where it ends or hangs.

    Attributes:
      seconds: time for a file; memory: of the process, in bytes.
    """

    def __init__(self, seconds: float = 20.0, memory: int = 6 << 30) -> None:
        self.seconds, self.memory = seconds, memory
        self._process: multiprocessing.process.BaseProcess | None = None
        self._ours: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._stop()

    def fault(self, path: Path) -> tuple[str, str]:
        """Read a file; return how it ended, "read", "refused" or "fault", and what is wrong."""
        if self._process is None or not self._process.is_alive():
            self._start()
        assert self._ours is not None
        assert self._process is not None
        self._ours.send(str(path))
        if not self._ours.poll(self.seconds):
            self._stop()
            return "fault", f"hangs for more than {self.seconds:g} s"
        try:
            ending, words = self._ours.recv()
        except EOFError:
            self._process.join()
            code = self._process.exitcode
            self._stop()
            return "fault", f"ends the process with {code}"
        return ending, words

    def _start(self) -> None:
        self._stop()
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self.memory), daemon=True)
        self._process.start()
        theirs.close()
        if not self._ours.poll(START) or self._ours.recv() != "ready":
            raise RuntimeError(f"the process that reads does not start within {START:g} s")

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._ours is not None:
            self._ours.close()
        self._process = self._ours = None


def _serve(connection: Connection, memory: int) -> None:
    from tem_virus_dataset.formats import read as micrograph

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    micrograph.READERS  # noqa: B018  # imported
    connection.send("ready")
    while True:
        try:
            path = Path(connection.recv())
        except EOFError:
            return
        connection.send(_ending(path))


def _ending(path: Path) -> tuple[str, str]:
    from tem_virus_dataset import DatasetError
    from tem_virus_dataset.formats import read as micrograph

    try:
        image = micrograph.read(path).image
    except (DatasetError, OSError) as error:
        return ("fault", words) if (words := _odd(str(error), path)) else ("refused", str(error))
    except BaseException:
        return "fault", traceback.format_exc()
    if image.ndim != 2 or image.dtype not in ("uint8", "uint16"):
        return "fault", f"returns {image.dtype} of shape {image.shape}"
    return "read", f"{image.shape}"


def _odd(message: str, path: Path) -> str:
    """Return what is wrong with a message, "" for nothing."""
    if str(path) not in message:
        return f"names no file: {message}"
    if "\n" in message:
        return f"has several lines: {message}"
    return f"has an address of memory: {message}" if ADDRESS.search(message) else ""
