"""Ctrl-C in a command: one line and exit status 130, from its first import on.

The leaderboard and the data set have this file both, as `arguments.py`. A package calls `at_start`
before it imports anything else. Ctrl-C then ends the process at once, until `main` of the command
begins: nothing has been begun. In `main` it is a `KeyboardInterrupt`, and it is noted, since
libraries of C and C++ make other exceptions of that one while they load.
"""

import _thread
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

STATUS = 130  # exit status after Ctrl-C
LATER = 0.05  # seconds
COMMANDS = ("tem-virus",)
PACKAGES = ("benchmark", "leaderboard", "tem_virus_dataset")
WORKER = "worker"  # modules that a command starts, which also ends them


def at_start() -> None:
    """Let Ctrl-C end this process in one line, if it is a command of ours that is being loaded.

    A program of others that imports this package keeps its own way, and so does a process in which
    Ctrl-C is ignored.
    """
    if is_command(sys.argv, sys.orig_argv) and _is_ours(signal.getsignal(signal.SIGINT)):
        signal.signal(signal.SIGINT, end_at_once)


def is_command(argv: list[str], original: list[str]) -> bool:
    """Return whether a process is a command of ours that is being loaded.

    Args:
      argv: `sys.argv`, "-m" at first while Python looks for a module to run.
      original: `sys.orig_argv`, with the options of Python.

    >>> is_command(["-m", "a.tif"], ["python", "-m", "benchmark.predict", "a.tif"])
    True
    >>> is_command(["/usr/bin/tem-virus", "info"], ["python", "/usr/bin/tem-virus", "info"])
    True
    >>> is_command(["-m", "benchmark"], ["python", "-m", "pytest", "benchmark"])
    False
    >>> is_command(["-m", "job.json"], ["python", "-m", "benchmark.runs.worker", "job.json"])
    False
    """
    if not argv:
        return False
    if argv[0] == "-m":
        names = original[-len(argv)].removeprefix("-m").split(".")
        return names[0] in PACKAGES and names[-1] != WORKER
    return Path(argv[0]).stem in COMMANDS


@contextlib.contextmanager
def noted() -> Iterator[list[int]]:
    """Raise `KeyboardInterrupt` at Ctrl-C, and note it in the list that is given.

    Where it meets a callback, whose exceptions Python prints and drops, it is raised again later.
    """
    seen: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        seen.append(number)
        raise KeyboardInterrupt

    def dropped(unraisable: "sys.UnraisableHookArgs") -> None:
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            threading.Timer(LATER, _again).start()
        else:
            hook(unraisable)

    before, hook = signal.getsignal(signal.SIGINT), sys.unraisablehook
    if not _is_ours(before):
        yield seen
        return
    signal.signal(signal.SIGINT, note)
    sys.unraisablehook = dropped
    try:
        yield seen
    finally:
        sys.unraisablehook = hook
        signal.signal(signal.SIGINT, before)


def _again() -> None:
    """Interrupt the main thread, also where it waits: a flag alone would be seen after its wait."""
    main = threading.main_thread().ident
    if sys.platform == "win32" or main is None:
        _thread.interrupt_main()
    else:
        signal.pthread_kill(main, signal.SIGINT)


def _is_ours(handler: object) -> bool:
    """Return whether Ctrl-C is handled in Python's way, or in that of `at_start`, in this thread.

    The packages have a function `end_at_once` each.
    """
    return threading.current_thread() is threading.main_thread() and (
        handler is signal.default_int_handler
        or getattr(handler, "__name__", "") == end_at_once.__name__
    )


def end_at_once(number: int, frame: FrameType | None) -> None:
    """End the process: a `KeyboardInterrupt` would be swallowed, or printed, by what is loaded."""
    with contextlib.suppress(OSError):
        os.write(2, b"interrupted\n")
    os._exit(STATUS)
