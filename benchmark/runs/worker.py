"""One run in a process of its own: `python -m benchmark.runs.worker JOB.json [attended]`."""

import importlib
import os
import re
import signal
import sys
import threading
import traceback
from pathlib import Path

import filelock

from benchmark.errors import BenchmarkError
from benchmark.machine import environment
from benchmark.runs.job import BUSY, ERROR, LOCK, Job
from benchmark.runs.launch import ATTENDED
from tem_virus_dataset.files import full_disk

MORE_MEMORY = (
    "The memory is full; expected space for the network and its batches. Lower --set batch_size or "
    "image_size, or --jobs, and start the same command again."
)
LOCK_SECONDS = 5.0  # that the process of a killed command may still hold the run


def _end_with_parent() -> None:
    """End this process and all that it started when the command that started it is gone.

    The command holds the other end of stdin and never writes to it, so that a read returns when the
    command ends, even by SIGKILL. `os.read` and not `sys.stdin`: a thread that waits inside of
    `sys.stdin` holds its lock, and the interpreter could not end.
    """
    os.read(0, 1)
    os.killpg(0, signal.SIGKILL)


def _is_out_of_memory(error: BaseException) -> bool:
    """Whether NumPy, TensorFlow or JAX could not get the memory that it asked for."""
    exhausted = ("ResourceExhaustedError", "OutOfMemoryError")
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ in exhausted
        or "RESOURCE_EXHAUSTED" in str(error)[:200]
    )


# TensorFlow's error within a compiled step begins with the place in the graph and a hundred lines
# of its own code; what happened comes last. The first line of a reason is shown below the table.


def _reason(error: BaseException) -> str:
    """Return the kind and text of an error, in whose first line stands what happened."""
    name, text = type(error).__name__, str(error)
    if not text.startswith("Graph execution error"):
        return f"{name}: {text}"
    lines = [line.strip() for line in text.partition("[[{{node")[0].splitlines()]
    said = [line for line in lines if line and not line.startswith(('File "', "^"))]
    errors = [line for line in said if re.match(r"[\w.]*(Error|Exception)\b", line)]
    return f"{name}: {(errors or said)[-1]}\n{text}"


def main(kind: type[Job] = Job, execute: str = "benchmark.runs.execute") -> int:
    """Do the job; where it fails, leave the reason in the run's folder.

    Args:
      kind: of the job; execute: module whose `run(job)` does it, imported only where needed.
    """
    job = kind.read(Path(sys.argv[1]))
    if ATTENDED in sys.argv[2:]:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        with filelock.FileLock(job.folder / LOCK, timeout=LOCK_SECONDS):
            for unfinished in job.folder.glob(".*.tmp"):  # of a process that was killed
                unfinished.unlink(missing_ok=True)
            if not job.record.exists():
                environment.start()
                importlib.import_module(execute).run(job)  # imports Keras, and so TensorFlow
    except filelock.Timeout:
        return BUSY
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        full = full_disk.text_of(error)
        reason = _reason(error)
        if full:
            reason = (
                f"{job.folder}: the disk is full, or your share of it ({full}); expected space for "
                "the run's files. Free some, and start the same command again: the run goes on."
            )
        elif _is_out_of_memory(error):
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            said = [line for line in lines if "memory" in line.lower() or "OOM" in line]
            reason = f"{type(error).__name__}: {(said or lines or [''])[0]} {MORE_MEMORY}"
        elif not isinstance(error, BenchmarkError):  # its message is complete
            traceback.print_exc()
        try:
            (job.folder / ERROR).write_text(reason, encoding="utf-8")
        except OSError:  # the disk is full; the log takes stderr
            print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
