"""The one error a user of the data set meets."""


class DatasetError(Exception):
    """Something about the data is not as it must be.

    The message names the file, what was found, what was expected, and what to do.
    """
