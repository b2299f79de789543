"""The error of the data set package."""


class DatasetError(Exception):
    """The data, or their place, are faulty.

    The message names the file, what was found, what was expected, and what to do.
    """
