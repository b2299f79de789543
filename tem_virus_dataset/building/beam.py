"""Builds under Apache Beam: options from one line of text, and the errors of its workers."""

import contextlib
from collections.abc import Iterator
from typing import Any

from tem_virus_dataset.errors import DatasetError

# Runs in this process, or in direct_num_workers others. It is what DirectRunner falls back to after
# it has tried to download a program.
RUNNER = "apache_beam.runners.portability.fn_api_runner.FnApiRunner"
NAME = f"{DatasetError.__module__}.{DatasetError.__qualname__}: "


def settings(options: str) -> dict[str, Any]:
    """Read "name=value,name=value" (as TFDS's own command does) for a `DownloadConfig`.

    Raises:
      DatasetError: Apache Beam is not installed.
    """
    try:
        from apache_beam.options.pipeline_options import PipelineOptions
    except ImportError as error:
        raise DatasetError(
            f"--beam: {error}; expected an environment with Apache Beam. Make one of its own, "
            "and in the clone of this project: pip install '.[beam]'"
        ) from error
    given = PipelineOptions([f"--{option}" for option in options.split(",") if option])
    runner = given.get_all_options(drop_default=True).get("runner", RUNNER)
    return {"beam_runner": runner, "beam_options": given}


@contextlib.contextmanager
def workers_errors() -> Iterator[None]:
    """Raise a worker's `DatasetError` with its own message alone.

    Beam adds the step's name to it, and turns errors of other processes into traceback text.
    """
    try:
        yield
    except (DatasetError, RuntimeError) as error:
        before, step, _ = str(error).partition(" [while running '")
        if not step or not (isinstance(error, DatasetError) or NAME in before):
            raise
        raise DatasetError(before.rpartition(NAME)[2]) from error
