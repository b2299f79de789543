"""Build a config again while its old data stay readable, and swap them at the end.

TFDS deletes the old data before it reads the archive, so that a wrong folder would cost the user
both. Here the new data are built beside the old. Two renames swap them when all is written. A
process that is killed between the two leaves the old data under `replaced.<version>`; `restore`
puts them back.
"""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import tensorflow_datasets as tfds

REPLACED = "replaced."  # beginning of the old folder's name between the two renames
NEW = "incomplete.rebuilt."  # of the new one's; `exclusive` deletes it where a build was killed


def restore(folder: Path) -> None:
    """Put back the data that a killed rebuild has moved away; delete them where it was complete.

    Only called while the lock is held.

    Args:
      folder: of the prepared version.
    """
    old = folder.with_name(REPLACED + folder.name)
    if old.exists() and not folder.exists():
        old.rename(folder)
    elif old.exists():
        shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def beside(builder: tfds.core.DatasetBuilder) -> Iterator[None]:
    """Let a builder write to a folder beside its data; swap the two where no error passes.

    Where one passes, the old data and what the builder knows of them are as before. Inside,
    `builder.info` knows nothing of the old data: TFDS gives a filled one no other file format.
    """
    place, info = Path(builder.data_dir), builder.info  # always the same object
    new, old = place.with_name(NEW + place.name), place.with_name(REPLACED + place.name)
    known = dict(vars(info))
    builder._data_dir = str(new)
    try:
        vars(info).update(vars(builder._info()))
        yield
        place.rename(old)
        new.rename(place)
        known = {}
        info.read_from_directory(str(place))
    finally:
        builder._data_dir = str(place)
        vars(info).update(known)
        restore(place)
        shutil.rmtree(new, ignore_errors=True)
