"""The text of a small file, whatever wrote it."""

import codecs

from tem_virus_dataset.micrographs.job import Blob


def lines(blob: Blob) -> list[str]:
    """Return a file's lines; UTF-8, or UTF-16 with its mark, bytes that are neither replaced."""
    sixteen = blob.data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return blob.data.decode("utf-16" if sixteen else "utf-8-sig", "replace").splitlines()
