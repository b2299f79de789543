"""The folder of records: one JSON file per run, from which the tables are rendered.

`<records>/<config>/<model>-<initialization>-<recipe>-s<seed>.json`, of submissions
`<records>/<config>/submitted/<submission>-s<seed>.json`. The predictions are beside it, as
`<same stem>.test.csv.gz` and `<same stem>.validation.csv.gz`, and the trained network, where it is
kept, as `<same stem>.onnx`. A failed run is kept apart, as `<same stem>.failed.json`.
"""

import dataclasses
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from leaderboard.files.atomic import write_bytes
from leaderboard.files.listing import files_below, files_in
from leaderboard.files.names import check_name, reason, shown
from leaderboard.files.plain_file import read_plain
from leaderboard.results.record import Record, RecordError

__all__ = ["Record", "RecordError", "network_path", "path", "path_of_run", "predictions_path",
           "read", "read_all", "read_submission", "submitted_files", "unrecorded",
           "write"]  # fmt: skip
SUBMITTED = "submitted"  # folder of a config's submissions
# What else this project writes as JSON, by fields that together no record has.
_OTHERS = {
    "scores under hard conditions": {"trained_with", "cells"},
    "scores of unknown viruses": {"board", "pairs"},
    "scores on the official test patches": {"run", "images"},
}
# Fields that older records lack; they then have their default.
_NEWER = ("temperature", "network", "no_network", "nm_per_pixel", "submitted", "paper",
          "weights_licence", "withdrawn", "superseded_by")  # fmt: skip


def path(root: Path, record: Record) -> Path:
    """Return where the record belongs in the folder `root`.

    A submission has a folder and a name of its own: it cannot replace the record of a run,
    whatever its model is called.
    """
    return _place(root, record, ".json" if record.status == "finished" else ".failed.json")


def path_of_run(root: Path, data: str, run: str) -> Path:
    """Return where the record of a finished run belongs, such as one that a network names.

    Runs on several data configs may have one name, so `data` ("tem_virus/mirror_11class") is asked
    for, too.
    """
    return root / data.rpartition("/")[2] / f"{run}.json"


def _place(root: Path, record: Record, ending: str) -> Path:
    if record.submission:
        name = f"{record.submission}-s{record.seed}{ending}"
        return root / record.config / SUBMITTED / name
    return root / record.config / (record.run + ending)


def predictions_path(root: Path, record: Record, split: str) -> Path:
    """Return where the predictions on `split` ("test" or "validation") belong.

    `Record.predictions` is this path for "test", relative to `root`, as POSIX. Those of a
    submission lie in its own folder beside `root`, gzipped or not.
    """
    if record.submission:
        file = root.parent / "submissions" / record.submission / f"seed{record.seed}.{split}.csv"
        return file if file.exists() else file.with_name(f"{file.name}.gz")
    return root / record.config / f"{record.run}.{split}.csv.gz"


def network_path(root: Path, record: Record) -> Path:
    """Return where the trained network of a run belongs, as an ONNX file."""
    return root / record.config / f"{record.run}.onnx"


def write(root: Path, record: Record) -> Path:
    """Write a record atomically and return its path.

    A finished record replaces the one of the same name, and removes the failed one. A failed one
    has a file of its own: it never replaces a finished one.

    Raises:
      OSError: the folder cannot be written to.
    """
    target = path(root, record)
    text = json.dumps(dataclasses.asdict(record), indent=1, allow_nan=False)
    write_bytes(target, f"{text}\n".encode())
    if record.status == "finished":
        _place(root, record, ".failed.json").unlink(missing_ok=True)
    return target


def read(file: Path) -> Record:
    """Read one record.

    Raises:
      RecordError: no such file, broken JSON, a field that is unknown, missing, twice there or of
        the wrong type, or a number that is not finite.
    """
    try:
        fields = json.loads(read_plain(file), object_pairs_hook=_without_duplicates)
    except FileNotFoundError as error:
        raise RecordError(
            f"{file}: no such file; expected the record of a run, CONFIG/RUN.json in a folder of "
            "records. Correct the path."
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        remedy = "Restore it from version control, or delete it and run the model again."
        if file.suffix != ".json":
            remedy = "Name a record: its file ends in .json."
        raise RecordError(
            f"{file}: cannot be read ({reason(error)}), expected the JSON of one record. {remedy}"
        ) from error
    names = [field.name for field in dataclasses.fields(Record)]
    if not isinstance(fields, dict):
        raise RecordError(f"{file}: found {shown(fields)}, expected an object with {names}")
    for content, theirs in _OTHERS.items():
        if theirs <= set(fields):
            raise RecordError(
                f"{file}: found {content}, expected the record of a training, as in "
                "leaderboard/records. Name that of the network."
            )
    unknown = [name for name in fields if name not in names]
    missing = [name for name in names if name not in fields and name not in _NEWER]
    for fault, faulty in (("unknown", unknown), ("missing", missing)):
        if faulty:
            raise RecordError(
                f"{file}: {fault} field {', '.join(shown(name) for name in faulty[:5])}, expected "
                f"exactly {', '.join(names)}. Was it written by another version of this project?"
            )
    try:
        return Record(**fields)
    except RecordError as error:
        raise RecordError(f"{file}: {error}") from error


def read_all(root: Path, config: str | None = None) -> list[Record]:
    """Read every record of the folder, or of one data config, ordered by path.

    Returns:
      The records; none when there is no such folder. A failed one is left out where a finished
      one of the same key exists.

    Raises:
      RecordError: a record that `read` refuses, or one that does not lie where `path` says.
      OSError: a folder cannot be read.
    """
    folder = root / check_name(config, "data config") if config else root
    return _without_superseded(_read_files(root, files_below(folder, ".json")))


def read_submission(root: Path, name: str) -> list[Record]:
    """Read the records of one submission, ordered by path; other files are not opened.

    Raises what `read_all` raises.
    """
    start = f"{check_name(name, 'submission')}-s"
    files = [file for file in submitted_files(root) if file.name.startswith(start)]
    own = [record for record in _read_files(root, files) if record.submission == name]
    return _without_superseded(own)


def unrecorded(root: Path) -> list[Path]:
    """Return the folders of submissions that no record names, ordered; raises `OSError`.

    Git keeps no empty folders, so these are none.
    """
    places = [one for one in files_in(root.parent / "submissions", "") if one.is_dir()]
    named = {file.name.rpartition("-s")[0] for file in submitted_files(root)}
    return [one for one in places if one.name not in named and files_in(one, "")]


def submitted_files(root: Path) -> list[Path]:
    """Return the records of all submissions, ordered by path; raises `OSError`."""
    configs = [one for one in files_in(root, "") if one.is_dir()]
    return [file for config in configs for file in files_in(config / SUBMITTED, ".json")]


def _read_files(root: Path, files: Iterable[Path]) -> list[Record]:
    found = []
    for file in sorted(files, key=lambda file: file.relative_to(root).as_posix()):
        try:
            record = read(file)
        except RecordError:
            if not file.exists():  # a failed record whose run has just finished
                continue
            raise
        if file != path(root, record):
            raise RecordError(
                f"{file}: its fields belong into {path(root, record)}. Do not rename records; move "
                "it back or correct the field."
            )
        found.append(record)
    return found


def _without_superseded(found: Sequence[Record]) -> list[Record]:
    finished = {record.key for record in found if record.status == "finished"}
    return [record for record in found if record.status == "finished" or record.key not in finished]


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        raise ValueError(f"twice there: {', '.join(double)}")
    return dict(pairs)
