"""The folder of a row: which files it holds, and what its author or its origin states of it."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import msgspec

from leaderboard.files.names import check_name, reason, shown
from leaderboard.files.plain_file import read_plain
from leaderboard.open_set import boards
from leaderboard.submission import card as cards
from leaderboard.submission import foreign_file
from leaderboard.submission.card import Card
from leaderboard.submission.folder import MIN_SEEDS, check_siblings, check_successor, is_left_out

CARD, SCORES, ORIGIN = "card.toml", "scores.json", "origin.json"
ENDINGS = (".csv.gz", ".csv")


class RowError(Exception):
    """A row that cannot be used; names folder or file, what was found and what to do."""


@dataclasses.dataclass(frozen=True)
class Origin:
    """What a row of this project comes from.

    Attributes:
      board: its name; model: registered one; recipe: label of the training; seeds: of it.
      method: that gives the novelty; chosen: how it was chosen; notes: "" or a sentence.
      networks: sha256 of the files with weights or features, by name; {} without any.
      created: time in UTC.
      initialization: "scratch" or "transfer"; "" in older rows, and without a network.
    """

    board: str
    model: str
    recipe: str
    seeds: list[int]
    method: str
    chosen: str
    notes: str
    networks: dict[str, str]
    created: str
    initialization: str = ""


def files_of(folder: Path, board: str, seeds: Sequence[int]) -> dict[int, dict[str, Path]]:
    """Return the predictions by seed and round, after a check of every name in the folder.

    Raises:
      RowError: a file is missing, foreign, or there twice.
    """
    required = [name for name in boards.rounds_of(board) if not name.startswith("sessions-")]
    optional = [name for name in boards.rounds_of(board) if name.startswith("sessions-")]
    expected = {
        _stem(seed, name) + ending: (seed, name)
        for seed in seeds
        for name in (*required, *optional)
        for ending in ENDINGS
    }
    found: dict[int, dict[str, Path]] = {seed: {} for seed in seeds}
    for file in sorted(folder.iterdir()):
        if is_left_out(file.name):
            continue
        if file.name in (CARD, SCORES, ORIGIN) and file.is_file() and not file.is_symlink():
            continue
        if file.is_symlink() or not file.is_file() or file.name not in expected:
            if file.name in (CARD, SCORES, ORIGIN, *expected):
                raise RowError(
                    f"{folder}: {file.name} is no plain file, expected the file itself. Put it "
                    "there."
                )
            raise RowError(
                f"{folder}: found {shown(file.name)}, expected {CARD} and predictions of the seeds "
                f"{list(seeds)}, such as {next(iter(expected))}. "
                + foreign_file.remedy(file.name, [CARD, *expected], seeds)
            )
        seed, name = expected[file.name]
        if name in found[seed]:
            raise RowError(
                f"{file}: there is also {found[seed][name].name}, expected one of them. Remove the "
                "other."
            )
        found[seed][name] = file
    has_sessions = any(name in rounds for rounds in found.values() for name in optional)
    for seed, rounds in found.items():
        needed = [*required, *(optional if has_sessions else [])]
        if missing := [_stem(seed, name) + ".csv" for name in needed if name not in rounds]:
            raise RowError(
                f"{folder}: {', '.join(missing[:4])} {'is' if len(missing) == 1 else 'are'} missing"
                f" ({len(missing)} in all), expected predictions of every seed and round. Add them."
            )
    return found


def _stem(seed: int, name: str) -> str:
    return f"seed{seed}.{name}" if name else f"seed{seed}"


def about(folder: Path, board: str) -> Card | Origin:
    """Read the card of a row, or the origin of one of this project.

    Raises:
      CardError: the card cannot be used. RowError: the origin cannot, there are both, or it is of
        another board. BadNameError: the name of the folder. SubmissionError: another row is
        called so but for the case of its letters, or it cannot follow the row that it names.
    """
    check_name(folder.name, "row")
    check_siblings(folder)
    file = folder / ORIGIN
    if file.exists() and (folder / CARD).exists():
        raise RowError(f"{file}: a submission has {CARD} alone; remove {ORIGIN}.")
    if not file.exists():
        card = cards.read(folder / CARD)
        _check_board(folder / CARD, "data", card.data, board)
        _check_model(folder, card)
        check_successor(folder, card)
        if len(card.seeds) < MIN_SEEDS:
            raise RowError(
                f"{folder / CARD}: found {len(card.seeds)} seeds, expected at least {MIN_SEEDS}: "
                "one training may be lucky. Train again with other seeds, and give all."
            )
        return card
    try:
        origin = msgspec.json.decode(read_plain(file), type=Origin)
    except (OSError, msgspec.MsgspecError) as error:
        raise RowError(
            f"{file}: cannot be read ({reason(error)}), expected the origin of a row of "
            f"this project. A submission has {CARD} in its place."
        ) from error
    _check_board(file, "board", origin.board, board)
    return origin


def _check_model(folder: Path, card: Card) -> None:
    """Refuse a model under two names: the table shows that of the folder."""
    if folder.name != card.model and not folder.name.startswith(f"{card.model}-"):
        raise RowError(
            f"{folder / CARD}: model: found {shown(card.model)}, expected {shown(folder.name)}, or "
            f"a folder named {card.model} or {card.model}-NOVELTY: the table shows the folder's "
            "name. Rename one of them."
        )


def _check_board(file: Path, field: str, found: str, board: str) -> None:
    if found != board:
        raise RowError(
            f"{file}: {field}: found {shown(found)}, expected {board}: a row lies in the folder of "
            "its board."
        )


def folders(folder: Path) -> list[Path]:
    """Return the folders of the rows of a board, by name."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(one for one in found if one.is_dir() and not one.name.startswith("."))
