"""A row of a board: its folder checked, its predictions scored, its scores kept beside them.

`leaderboard/novelty/<board>/<row>/` holds `card.toml`, `seed<k>.csv.gz` (of `novelty_mirror`
`seed<k>.<round>.csv.gz`), and `scores.json`, which is computed from these files alone. A row of
this project has `origin.json` in place of the card: the networks that it comes from.
"""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from leaderboard.files.atomic import write_bytes
from leaderboard.files.names import reason
from leaderboard.files.plain_file import read_plain
from leaderboard.metrics import sketches
from leaderboard.open_set import predictions, row_scores
from leaderboard.open_set.folder import ORIGIN, SCORES, Origin, RowError, about, files_of, folders
from leaderboard.open_set.row_scores import MAIN, Scores, Warn
from leaderboard.ranking import comparison
from leaderboard.ranking.comparison import Candidate, Difference
from leaderboard.ranking.rows import FEWEST_SEEDS
from leaderboard.submission import card as cards
from leaderboard.submission.card import Card


@dataclasses.dataclass(frozen=True)
class Row:
    """A row as the page shows it; a submitted one has a card, one of this project an origin."""

    name: str
    about: Card | Origin
    scores: Scores

    @property
    def retired(self) -> str:
        """Why its authors no longer stand by the row, or which one follows it; "" mostly."""
        return "" if isinstance(self.about, Origin) else self.about.retired


class StaleError(RowError):
    """Scores of other predictions than those that lie beside them now."""


def score_folder(folder: Path, board: str, warn: Warn = lambda text: None) -> Scores:
    """Check and score all predictions of a row; warn: told what is probably wrong in a file.

    Raises:
      RowError, CardError, PredictionsError, SubmissionError: see there.
    """
    found = about(folder, board)
    for text in cards.warnings(found) if isinstance(found, Card) else ():
        warn(text)
    return row_scores.score_files(board, files_of(folder, board, found.seeds), warn)


def write(folder: Path, scores: Scores) -> Path:
    """Write `scores.json` atomically; return its file."""
    write_bytes(folder / SCORES, text(scores).encode())
    return folder / SCORES


def text(scores: Scores) -> str:
    """Return the text of `scores.json`; equal scores, equal texts."""
    return json.dumps(dataclasses.asdict(scores), indent=1, allow_nan=False) + "\n"


def how_to_write(folder: Path) -> str:
    """Return the command that writes the scores of a row anew."""
    is_own = (folder / ORIGIN).exists()
    return f"python -m leaderboard.open_set {'rescore' if is_own else f'submit {folder}'}"


def read(folder: Path, board: str) -> Row:
    """Read a row with its kept scores, which must be those of the predictions beside them.

    Raises:
      StaleError: the predictions are others. RowError: there are none. CardError: its card.
    """
    found = about(folder, board)
    remedy = f"Write it: {how_to_write(folder)}"
    try:
        scores = msgspec.json.decode(read_plain(folder / SCORES), type=Scores)
        for seed, values in scores.sketches.items():
            if len(values) != sketches.SIZE:
                raise ValueError(f"sketches of {seed[:20]}: {len(values)}, not {sketches.SIZE}")
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise RowError(
            f"{folder / SCORES}: cannot be read ({reason(error)}), expected the scores of the row. "
            + remedy
        ) from error
    files = [
        path for rounds in files_of(folder, board, found.seeds).values() for path in rounds.values()
    ]
    digests = {file.name: predictions.digest(file) for file in files}
    if digests != scores.files or scores.board != board:
        raise StaleError(
            f"{folder / SCORES}: is of other predictions than those beside it, expected the same. "
            f"{remedy}"
        )
    return Row(folder.name, found, scores)


def read_all(root: Path, board: str) -> list[Row]:
    """Return the rows of a board, the best first; root: `leaderboard/novelty`."""
    return ordered([read(folder, board) for folder in folders(root / board)])


def ordered(found: Sequence[Row]) -> list[Row]:
    """Return the rows as they rank: fewer than three seeds come below, those taken back last."""

    def order(row: Row) -> tuple[bool, bool, float, bool, str]:
        has_few, auroc = len(row.scores.seeds) < FEWEST_SEEDS, row.scores.mean(MAIN) or 0.0
        return bool(row.retired), has_few, -auroc, not isinstance(row.about, Origin), row.name

    return sorted(found, key=order)


def verdicts(found: Sequence[Row]) -> list[Difference | None]:
    """Compare the AUROC of every row with the best; None for a row that was taken back."""
    kept = [row for row in found if not row.retired]
    differences = iter(comparison.compare([_candidate(row) for row in kept]) if kept else ())
    return [None if row.retired else next(differences) for row in found]


def _candidate(row: Row) -> Candidate:
    scores = np.array([values[MAIN] for values in row.scores.seeds.values()])
    return Candidate(scores, np.array(list(row.scores.residuals.values())))
