"""The kept scores of submissions under hard conditions, compared with their predictions.

The page is rendered from JSON files that anybody can edit. Those of a submission are computed again
from its folder; what was compared before is known from a cache. Names and cards are always checked.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from leaderboard.cached_rows.compared import compare_once
from leaderboard.files.cache import Cache
from leaderboard.files.names import BadNameError
from leaderboard.files.same import differing
from leaderboard.ground_truth import conditions as ground_truth
from leaderboard.ground_truth.table_files import GroundTruthError
from leaderboard.predictions.text import PredictionsError
from leaderboard.results import conditions as results
from leaderboard.results.conditions import ConditionScores
from leaderboard.results.record import RecordError
from leaderboard.submission import conditions as submissions
from leaderboard.submission.card import CardError
from leaderboard.submission.entries import SubmissionError


def check(root: Path, cache: Cache | None = None) -> None:
    """Score all submissions again, and compare; root: the folder `hard_conditions`.

    Raises:
      RecordError: a submission cannot be used, or has other scores than its predictions give.
    """
    by_name: dict[str, list[ConditionScores]] = defaultdict(list)
    for one in _stored(root):
        if one.submission:
            by_name[one.submission].append(one)
    for name, stored in by_name.items():
        try:
            _check(root, name, stored, cache)
        except (
            BadNameError, CardError, PredictionsError, SubmissionError, OSError,
        ) as error:  # fmt: skip
            raise RecordError(f"{error} The scores of {name} need it.") from error


def _stored(root: Path) -> Iterator[ConditionScores]:
    """Yield the kept scores of all classifiers."""
    try:
        for data, _ in ground_truth.known():
            if (root / data.partition("/")[2]).is_dir() and not data.endswith(results.BOXES):
                yield from results.read_all(root, data, ground_truth.read(data))
    except GroundTruthError as error:
        raise RecordError(str(error)) from error


def _check(root: Path, name: str, stored: list[ConditionScores], cache: Cache | None) -> None:
    folder = root / "submissions" / name
    submissions.read_card(folder)
    files = [results.path(root, one) for one in stored]
    compare_once(cache, lambda: [*folder.iterdir(), *files], lambda: _compare(root, folder, stored))


def _compare(root: Path, folder: Path, stored: list[ConditionScores]) -> None:
    scored = {one.seed: one for one in submissions.read(folder)}
    remedy = f"Write it again: python -m leaderboard.submit_conditions {folder.name}"
    for one in stored:
        file, expected = results.path(root, one), scored.pop(one.seed, None)
        if expected is None:
            raise RecordError(f"{file}: seed {one.seed} is not one of {folder}. Delete the file.")
        found = dataclasses.asdict(dataclasses.replace(one, created=expected.created))
        if place := differing(found, dataclasses.asdict(expected)):
            raise RecordError(
                f"{file}: {place} is not that of the submission's predictions or card; expected "
                f"the same. {remedy}"
            )
    if scored:
        raise RecordError(f"{folder}: no scores of seed {min(scored)}; every run counts. {remedy}")
