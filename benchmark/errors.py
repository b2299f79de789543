"""The errors that the benchmark's commands print in one line, without a traceback."""


class BenchmarkError(Exception):
    """A run cannot be done as asked; the message says what was found, expected, and what to do."""


class UsageError(BenchmarkError):
    """The options of a command are mistyped or contradict each other."""

    exit_status = 2
