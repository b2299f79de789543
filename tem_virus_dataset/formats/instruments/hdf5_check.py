"""Whether an HDF5 file can be listed at all, found out by a process of its own.

Why a process: on some damaged files the HDF5 library loops without end, in C, where no thread can
be stopped. So another process walks through the names, attributes and chunks first; if it does not
come back, it is ended, and the file is refused. It is started once and then serves all files.
"""

import contextlib
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

from tem_virus_dataset.errors import DatasetError

START, EACH = 120.0, 10.0  # seconds: to import h5py on a busy machine, and for one file
_WALK = """
import sys, h5py
def look(name, node):
    for key in node.attrs:
        try:
            node.attrs[key]
        except Exception:
            pass
    if isinstance(node, h5py.Dataset) and node.chunks:
        node.id.get_num_chunks()
print("ready", flush=True)
for line in sys.stdin:
    try:
        path = bytes.fromhex(line.strip()).decode("utf-8", "surrogateescape")
        with h5py.File(path, "r", locking=False) as file:
            look("", file)
            file.visititems(look)
    except Exception:
        pass  # the reader reports it
    print("done", flush=True)
"""


class _Walker:
    """The process, and what it prints."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.process = subprocess.Popen(
            [sys.executable, "-c", _WALK],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.is_alive = self._hears(START)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put("")  # it has ended

    def _hears(self, seconds: float) -> bool:
        try:
            return bool(self.lines.get(timeout=seconds))
        except queue.Empty:
            self.process.kill()
            return False

    def walks(self, path: Path) -> bool:
        """Return whether it comes back from a file."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.write(os.fsencode(path.absolute()).hex() + "\n")
            self.process.stdin.flush()
            self.is_alive = self._hears(EACH)
            return self.is_alive
        self.is_alive = False
        return False


_lock = threading.Lock()
_walker: _Walker | None = None


def check(path: Path) -> None:
    """Refuse a file that the HDF5 library does not come back from.

    Raises:
      DatasetError: it is damaged so that the library loops, or ends.
    """
    global _walker
    with _lock:
        if _walker is None or not _walker.is_alive or _walker.owner != os.getpid():
            _walker = _Walker()
        if _walker.is_alive and not _walker.walks(path):
            raise DatasetError(
                f"{path}: damaged, the HDF5 library does not come back from it within {EACH:g} s; "
                "expected an intact EMD file. Copy it again."
            )
