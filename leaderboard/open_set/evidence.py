"""The kept scores of the open set, compared with those that the predictions beside them give.

`scores.json` is a text that anybody can edit, and the page is rendered from it. Scoring takes a
second a row; what was compared before is known from a cache. Names, cards and digests are always
checked.
"""

import dataclasses
from pathlib import Path

from leaderboard.cached_rows.compared import compare_once
from leaderboard.files.cache import Cache
from leaderboard.files.names import BadNameError
from leaderboard.files.same import differing
from leaderboard.ground_truth.table_files import GroundTruthError
from leaderboard.open_set import boards, rows
from leaderboard.open_set.folder import ORIGIN, SCORES, RowError, folders
from leaderboard.open_set.row_scores import Scores
from leaderboard.predictions.text import PredictionsError
from leaderboard.results.record import RecordError
from leaderboard.submission.card import CardError
from leaderboard.submission.entries import SubmissionError

LIKENESS = ("signatures", "sketches")  # by which copies are known; of a submission never left out
ERRORS = (
    BadNameError, CardError, GroundTruthError, PredictionsError, RowError, SubmissionError, OSError,
)  # fmt: skip


def check(root: Path, cache: Cache | None = None) -> None:
    """Score all rows again, and compare; root: `leaderboard/novelty`.

    Raises:
      RecordError: a row cannot be used, or has other scores than its predictions give.
    """
    for board in boards.BOARDS:
        for folder in folders(root / board):
            try:
                _check(folder, board, cache)
            except ERRORS as error:
                raise RecordError(str(error)) from error


def _check(folder: Path, board: str, cache: Cache | None) -> None:
    stored = rows.read(folder, board).scores
    compare_once(cache, folder.iterdir, lambda: _compare(folder, board, stored))


def _compare(folder: Path, board: str, stored: Scores) -> None:
    found = dataclasses.asdict(stored)
    expected = dataclasses.asdict(rows.score_folder(folder, board))
    if (folder / ORIGIN).exists():  # an earlier version of this project may have written it
        expected |= {name: {} for name in LIKENESS if not found[name]}
    if place := differing(found, expected):
        raise RecordError(
            f"{folder / SCORES}: {place} is not that of the predictions beside it; expected the "
            f"same. Write it again: {rows.how_to_write(folder)}"
        )
