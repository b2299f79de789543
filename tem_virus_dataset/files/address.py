"""Addresses such as `gs://bucket/folder`, which are given where a path is expected."""

import re

# Two letters at least, since C:/ is a drive; one slash, since pathlib merges two.
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")


def is_address(text: str) -> bool:
    """Whether a text is the address of a bucket or a page, and no path of this machine.

    >>> is_address("gs://bucket/x"), is_address("s3:/bucket/x"), is_address("C:/x")
    (True, True, False)
    """
    return bool(_ADDRESS.match(text))
