"""The one error a user of the benchmark meets."""


class BenchmarkError(Exception):
    """A run cannot be done as asked; the message says what was found, expected, and what to do."""
