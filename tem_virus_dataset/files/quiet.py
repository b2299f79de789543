"""TensorFlow's start-up lines, kept off the screen unless its import fails.

TensorFlow writes some lines straight to file descriptor 2 while it is imported, before its logging
starts ("oneDNN custom operations are on", "Could not find cuda drivers"); no setting silences them
(tensorflow#100442). Commands call `tensorflow()` first. The import itself may happen much later,
inside of Keras or TFDS, so a hook waits for it: at the first import of `tensorflow` the descriptor
leads into a temporary file. Afterwards it leads where it did, and whatever is no log line is
written there. If the import fails, everything is.
"""

import contextlib
import importlib.abc
import importlib.machinery
import os
import re
import sys
import tempfile
import types
from collections.abc import Iterator, Sequence
from typing import Any

STDERR = 2  # the file descriptor
_LOG_LINE = re.compile(
    rb"WARNING: All log messages before absl|[IWEF]\d{4} \d\d:\d\d:\d\d\.|[IWEF]0000 \d\d:\d\d:"
    rb"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWE] |To enable the following instructions"
)


def tensorflow() -> None:
    """Keep the log lines of TensorFlow and of its first import off the screen."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # of all that comes after the import
    if "tensorflow" not in sys.modules and not any(isinstance(f, _Hook) for f in sys.meta_path):
        sys.meta_path.insert(0, _Hook())


@contextlib.contextmanager
def log_lines_caught() -> Iterator[None]:
    """Catch what is written to file descriptor 2; write it there at the end, but for log lines.

    Where an exception passes, all of it is written, but not after Ctrl-C.
    """
    try:
        kept = os.dup(STDERR)
    except OSError:  # there is none: nothing can be written, nor caught
        yield
        return
    failed = False
    with tempfile.TemporaryFile() as caught:
        try:
            _flush()
            os.dup2(caught.fileno(), STDERR)
            yield
        except Exception:
            failed = True
            raise
        finally:
            _flush()
            os.dup2(kept, STDERR)
            os.close(kept)
            caught.seek(0)
            lines = [line for line in caught if failed or not _LOG_LINE.match(line)]
            os.write(STDERR, b"".join(lines))


class _Hook(importlib.abc.MetaPathFinder):
    """Finds `tensorflow` as usual, with a loader that makes its import a quiet one.

    Others look TensorFlow up long before they import it, so the hook stays until the import.
    """

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of `tensorflow`, None for all else."""
        if name != "tensorflow":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec and spec.loader:
            spec.loader = _QuietLoader(spec.loader, self)
        return spec


class _QuietLoader(importlib.abc.Loader):
    """The usual loader of TensorFlow; its log lines are caught while the package executes."""

    def __init__(self, usual: Any, hook: _Hook) -> None:
        self._usual, self._hook = usual, hook

    def __getattr__(self, name: str) -> Any:
        """Return what the usual loader has: importlib.resources and pkgutil ask for more."""
        return getattr(self._usual, name)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        """See `importlib.abc.Loader`."""
        module: types.ModuleType | None = self._usual.create_module(spec)
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Execute the package by its usual loader; the hook is gone from then on."""
        with contextlib.suppress(ValueError):
            sys.meta_path.remove(self._hook)
        if module.__spec__:
            module.__spec__.loader = self._usual
        module.__loader__ = self._usual
        with log_lines_caught():
            self._usual.exec_module(module)


def _flush() -> None:
    if sys.stderr is not None:  # None where file descriptor 2 was closed from the start
        sys.stderr.flush()
