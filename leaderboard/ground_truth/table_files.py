"""Ground-truth tables as files, with checked columns: `<data set>/<config>-<version>.csv`."""

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from leaderboard.files.arguments import did_you_mean
from leaderboard.files.names import reason, shown
from leaderboard.files.plain_file import ANY, check_plain, read_csv

SPLITS = ("validation", "test")


class GroundTruthError(Exception):
    """No ground-truth table of a config, or one that cannot be read; says what to do."""


def full_name(data: str) -> str:
    """Return the name of a config with its data set, `tem_virus` where none is named."""
    return data if "/" in data else f"tem_virus/{data}"


def known(folder: Path) -> dict[tuple[str, str], Path]:
    """Return the tables below a folder, by data such as `tem_virus/mirror_11class` and version.

    Those of one config are in the order of their versions.
    """
    found = []
    for file in folder.glob("*/*-*.csv"):
        config, _, version = file.stem.rpartition("-")
        numbers = [int(number) for number in re.findall(r"\d+", version)]
        found.append((f"{file.parent.name}/{config}", numbers, version, file))
    return {(data, version): file for data, _, version, file in sorted(found)}


def path(folder: Path, data: str, version: str) -> Path:
    """Return the path of a config's table below a folder, as `known` finds it."""
    return folder / f"{full_name(data)}-{version}.csv"


def newest(known: Mapping[tuple[str, str], Path], data: str) -> Path | None:
    """Return the shipped table of a config of the last version; None where none is shipped.

    Args:
      known: file by data and version, versions ascending; data: with or without `tem_virus/`.
    """
    return {name: file for (name, _), file in known.items()}.get(full_name(data))


def check_split(split: str) -> None:
    """Raise `GroundTruthError` for a split that no table holds."""
    if split not in SPLITS:
        raise GroundTruthError(f"split: found {shown(split)}, expected {' or '.join(SPLITS)}")


def not_shipped(data: str, known: Sequence[str], content: str) -> GroundTruthError:
    """Return the error for data without a shipped table of this content, such as "boxes"."""
    names = sorted(set(known))
    return GroundTruthError(
        f"{shown(data)}: no table of its {content} is shipped{did_you_mean(full_name(data), names)}"
        f"; expected one of {', '.join(names)}. Create one where the config is prepared: python -m "
        "benchmark.ground_truth DATASET/CONFIG FOLDER"
    )


@contextlib.contextmanager
def opened(data: str, file: Path, columns: Sequence[str]) -> Iterator[tuple[str, list[list[str]]]]:
    """Read a CSV table of a config, and yield its version and the rows below the header.

    Raises:
      GroundTruthError: it is of another config, or no such table. An error of the block that
        parses the rows is also turned into this error.
    """
    config, _, version = file.stem.rpartition("-")
    if config != data.partition("/")[2]:
        raise GroundTruthError(
            f"{file}: its name says {config or 'no config'}, expected "
            f"{data.partition('/')[2]}-<version>.csv. Give the table of the config."
        )
    try:
        header, *rows = read_csv(file)
        if tuple(header) != tuple(columns):
            raise ValueError(f"found the columns {header}")
        yield version, rows
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise GroundTruthError(
            f"{file}: cannot be read ({reason(error)}), expected a CSV table with the "
            f"columns {','.join(columns)}. Restore it, or create it again."
        ) from error


def has_columns(file: Path, columns: Sequence[str]) -> bool:
    """Say whether a file begins with this header; False where it cannot be read."""
    try:
        check_plain(file, ANY)
        with file.open("rb") as lines:
            return lines.readline(1000).decode(errors="replace").strip() == ",".join(columns)
    except OSError:
        return False
