"""The folder of the prepared data sets, as the user names it."""

import os
from pathlib import Path
from typing import Any

import tensorflow_datasets as tfds

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import address


def data_dir(given: Any) -> str | None:
    """Return the absolute path of a data_dir, `~` expanded; None where none is given.

    Raises:
      DatasetError: it is an address, as of a bucket, or TFDS_DATA_DIR is one.
    """
    _refuse_address(os.fspath(given) if given else str(tfds.core.constants.DATA_DIR))
    return str(Path(given).expanduser().absolute()) if given else None


def manual_dir(given: Any) -> Path | None:
    """Return the folder that holds an archive, `~` expanded; None where none is given.

    Raises:
      DatasetError: it is an address.
    """
    if not given:
        return None
    if address.is_address(os.fspath(given)):
        raise DatasetError(
            f"{os.fspath(given)}: found an address; expected the folder of this machine that holds "
            "the archive. Copy the archive to a folder, and name that."
        )
    return Path(given).expanduser()


def _refuse_address(text: str) -> None:
    """Refuse a bucket at once.

    A build holds a lock, asks for the free space, and moves a complete folder to its place: no
    bucket offers these. Without a network, TensorFlow would try for a long time before it fails.
    """
    if address.is_address(text):
        raise DatasetError(
            f"{text}: found an address; expected a folder of this machine as data_dir "
            "(--data-dir). Prepare the data there; tfds.builder_from_directory reads a copy of "
            "them in a bucket."
        )
