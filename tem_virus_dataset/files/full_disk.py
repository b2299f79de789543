"""A full disk, however a system or a library reports it.

A disk without space is one of three errors. A quota is used up (EDQUOT) on a shared file system,
and a file reaches its largest size (EFBIG) where `ulimit -f` or the file system sets one; Python
ignores the signal SIGXFSZ, so a limit arrives as EFBIG, too. TensorFlow reports all three in the
text of an error of its own, so texts are compared as well as numbers.
"""

import errno
import os

NUMBERS = frozenset(
    number
    for name in ("ENOSPC", "EDQUOT", "EFBIG")
    if (number := getattr(errno, name, None)) is not None  # Windows lacks one
)
TEXTS = tuple(os.strerror(number) for number in sorted(NUMBERS))


def is_full(error: BaseException) -> bool:
    """Whether an error, or one that caused it, means that no more can be written."""
    return bool(text_of(error))


def text_of(error: BaseException) -> str:
    """Return the system's text for a full disk, where an error or its cause has it; else ""."""
    chain: BaseException | None = error
    while chain is not None:
        if isinstance(chain, OSError) and chain.errno in NUMBERS:
            return os.strerror(chain.errno or 0)
        for text in TEXTS:
            if text in str(chain):
                return text
        chain = chain.__cause__ or chain.__context__
    return ""
