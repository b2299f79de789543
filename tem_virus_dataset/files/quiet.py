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
import importlib.util
import os
import re
import sys
import tempfile
import types
from collections.abc import Iterator, Sequence

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

    Where an exception passes, all of it is written.
    """
    try:
        kept = os.dup(STDERR)
    except OSError:  # there is none: nothing can be written, nor caught
        yield
        return
    failed = True
    with tempfile.TemporaryFile() as caught:
        try:
            sys.stderr.flush()
            os.dup2(caught.fileno(), STDERR)
            yield
            failed = False
        finally:
            sys.stderr.flush()
            os.dup2(kept, STDERR)
            os.close(kept)
            caught.seek(0)
            lines = [line for line in caught if failed or not _LOG_LINE.match(line)]
            os.write(STDERR, b"".join(lines))


class _Hook(importlib.abc.MetaPathFinder):
    """Finds `tensorflow` as the finders after it do, and makes its import a quiet one."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of `tensorflow`; the hook is gone from then on."""
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def quietly(module: types.ModuleType) -> None:
                with log_lines_caught():
                    execute(module)

            spec.loader.exec_module = quietly  # type: ignore[method-assign]
        return spec
