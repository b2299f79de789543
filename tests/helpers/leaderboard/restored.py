"""A folder that many tests change, put back after each of them."""

from collections.abc import Iterator
from pathlib import Path

import made_submission


def restored(folder: Path) -> Iterator[Path]:
    """Yield a folder; then write all files again that it had, and delete the others.

    It is the body of a fixture: `yield from restored(template)`.
    """
    before = made_submission.texts(folder)
    yield folder
    for name in made_submission.texts(folder).keys() - before.keys():
        (folder / name).unlink()
    for name, content in before.items():
        (folder / name).write_bytes(content)
