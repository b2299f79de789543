"""Packages that only some files need: imported when such a file is met, missed in one line."""

import importlib
from typing import Any

from tem_virus_dataset.errors import DatasetError


def package(module: str, distribution: str, file: str) -> Any:
    """Import a package that not every installation has.

    Args:
      module: its name in Python; distribution: its name for pip.
      file: what cannot be read or written without it, for the message.

    Raises:
      DatasetError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise DatasetError(
            f"{file}: needs the package {distribution}, which is not installed. Install it with "
            f"pip install {distribution}, and run the same command again."
        ) from error
