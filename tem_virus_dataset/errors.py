"""The error of the data set package."""


class DatasetError(Exception):
    """The data, or their place, are faulty.

    The message names the file, what was found, what was expected, and what to do.
    """


def reason(error: Exception) -> str:
    """Return why a file cannot be used; the system's errors repeat its path.

    >>> reason(FileNotFoundError(2, "No such file or directory", "splits.csv"))
    'No such file or directory'
    """
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)
