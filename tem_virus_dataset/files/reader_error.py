"""What a library's reader says of a file it cannot read, as one short line for our message."""

import re

LONGEST = 200  # characters
_ADDRESS = re.compile(r"\s+at 0x[0-9a-fA-F]+")
_OBJECT = re.compile(r" ?<(_io\.)?BytesIO object>")


def reason(error: BaseException) -> str:
    """Return the first line of an error, without memory addresses; its type where it says nothing.

    >>> reason(ValueError("cannot identify image file <_io.BytesIO object at 0x7f12>"))
    'cannot identify image file'
    >>> reason(EOFError())
    'EOFError'
    """
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    text = _OBJECT.sub("", _ADDRESS.sub("", text)).strip()
    first = text.splitlines()[0].strip() if text else ""
    if isinstance(error, KeyError | IndexError | AttributeError) or not first:
        first = f"{type(error).__name__}: {first}".removesuffix(": ")  # its text alone is a riddle
    return first if len(first) <= LONGEST else f"{first[:LONGEST]}..."
