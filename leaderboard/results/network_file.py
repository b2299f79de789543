"""The trained network of a run as a file beside its record: what the record states is checked.

The file is written by `benchmark.network_files`. Here only its bytes are read, so that the tables
can be checked without a library that runs it.
"""

import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path

from leaderboard.files import plain_file
from leaderboard.files.names import is_own
from leaderboard.results import store as records
from leaderboard.results.record import NETWORK_OF, Record, RecordError

LARGEST = 2**32  # bytes of a network


def check(root: Path, found: Iterable[Record]) -> None:
    """Check that the network of each record is there, whole, and of this record.

    Args:
      root: folder of the records; found: records in it; those without a network are passed over.

    Raises:
      RecordError: a file is missing, damaged or of another record.
    """
    kept = [record for record in found if record.network]
    runs = {str(record.network["sha256"]): record.run for record in kept if record.network}
    for record in kept:
        check_one(records.path(root, record), record, runs)


def without(record_file: Path, record: Record) -> str:
    """Return the message where a record has no network beside it, with what to do."""
    reason = record.no_network or "it was trained before networks were kept"
    other = record.recipe_settings.get(NETWORK_OF)
    remedy = (
        f"Name the record of that run, {record_file.with_name(f'{other}.json')}"
        if other
        else "Write it from the weights of the run: python -m benchmark.export_model "
        f"{record_file}, or train it again"
    )
    return f"{record_file}: no network lies beside it ({reason}); expected one. {remedy}."


def place(record_file: Path, record: Record) -> Path | None:
    """Return where the network of a record lies or should lie; None where it has none.

    It has the name of the record, or that which the record states. Both may be renamed together; a
    later training then leaves another network of the stated name.
    """
    if not record.network:
        return None
    file = record_file.with_name(record.network["file"])
    renamed = record_file.with_suffix(file.suffix)
    return renamed if renamed.exists() else file


def check_one(record_file: Path, record: Record, runs: Mapping[str, str] | None = None) -> Path:
    """Check the network of one record, and return its file, beside that of the record.

    Args:
      record: with a network; runs: of other records by the sha256 of their networks.

    Raises:
      RecordError: see `check`; or it has none.
    """
    if not (expected := record.network):
        raise RecordError(without(record_file, record))
    file = place(record_file, record)
    assert file is not None  # it has one
    remedy = f"write it again: python -m benchmark.export_model {shlex.quote(str(record_file))}"
    if is_own(record.data):
        remedy = f"Copy it from where the model was trained, or there {remedy}"
    else:
        remedy = f"Restore it from version control, or {remedy}"
    try:
        size = plain_file.check_plain(file, LARGEST)
        digest = plain_file.digest(file).hex()
    except OSError as error:
        raise RecordError(
            f"{file}: cannot be read ({error.strerror}); expected the network of {record_file}. "
            f"{remedy}."
        ) from error
    if (digest, size) == (expected["sha256"], expected["bytes"]):
        return file
    other = (runs or {}).get(digest)
    if other:
        problem = f"is the network of {other}"
    else:
        problem = f"found {size:,} bytes with sha256 {digest[:12]}..."
    raise RecordError(
        f"{file}: {problem}; expected {expected['bytes']:,} bytes with sha256 "
        f"{expected['sha256'][:12]}..., as {record_file.name} states. {remedy}."
    )
