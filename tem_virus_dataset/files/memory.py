"""Memory that is freed: kept for what comes next, in place of giving it back to the system."""

import ctypes
import sys

# Of `mallopt` in glibc's malloc.h.
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
LARGE = 32 << 20  # bytes from which on a block is given back at once; glibc takes no more
KEPT = 256 << 20  # bytes that are free and kept, at most


def keep_freed() -> bool:
    """Let this process keep up to 256 MB of freed memory, for blocks of up to 32 MB.

    Threads that read, change and write images give the memory of each back, and the system has to
    clear it for the next. Each would keep memory for itself in an arena of its own, so all share
    one. Call this before threads begin.

    Returns:
      Whether it is so; without glibc, such as on Windows and macOS, nothing changes.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is None:
        return False
    settings = ((MMAP_THRESHOLD, LARGE), (TRIM_THRESHOLD, KEPT), (ARENA_MAX, 1))
    return all(mallopt(name, value) for name, value in settings)
