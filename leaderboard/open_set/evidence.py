"""The kept scores of the open set, compared with those that the predictions beside them give.

`scores.json` is a text that anybody can edit, and the page is rendered from it. Scoring takes a
second a row; what was compared before is known from a cache.
"""

import dataclasses
import hashlib
from pathlib import Path

from leaderboard.files.cache import Cache
from leaderboard.files.names import BadNameError
from leaderboard.files.plain_file import read_plain
from leaderboard.files.same import differing
from leaderboard.ground_truth.table_files import GroundTruthError
from leaderboard.open_set import boards, rows
from leaderboard.open_set.folder import SCORES, RowError, folders
from leaderboard.predictions.text import LIMIT, PredictionsError
from leaderboard.results.record import RecordError
from leaderboard.submission.card import CardError
from leaderboard.submission.entries import SubmissionError

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
    key = _key(folder)
    if cache and cache.get(key):
        return
    stored, scores = rows.read(folder, board).scores, rows.score_folder(folder, board)
    found, expected = dataclasses.asdict(stored), dataclasses.asdict(scores)
    if not stored.signatures:  # of an earlier version
        expected["signatures"] = {}
    if place := differing(found, expected):
        raise RecordError(
            f"{folder / SCORES}: {place} is not that of the predictions beside it; expected the "
            f"same. Write it again: python -m leaderboard.open_set submit {folder}"
        )
    if cache:
        cache.put(key, b"compared")


def _key(folder: Path) -> str:
    """Return a hash of all files of a row, by which the cache knows that they were compared."""
    digest = hashlib.sha256(b"kept scores of the open set")
    for file in sorted(folder.iterdir()):
        if file.is_file():
            content = hashlib.sha256(read_plain(file, LIMIT)).digest()
            digest.update(f"{file.name}\0".encode() + content)
    return digest.hexdigest()
