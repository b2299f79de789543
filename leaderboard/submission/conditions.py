"""A submission to the board of hard conditions: its folder, checked and scored.

`hard_conditions/submissions/<name>/` holds `card.toml`, the same as in `submissions/`;
`conditions.toml`, which names the conditions that the training's augmentation resembles; and for
every seed `seed<k>.csv` or `seed<k>.csv.gz`. Nothing else may be in it.
"""

import datetime
import tomllib
from collections.abc import Callable
from pathlib import Path

from leaderboard.files.names import reason, shown
from leaderboard.files.plain_file import read_plain
from leaderboard.ground_truth import classification, lookup
from leaderboard.ground_truth import conditions as ground_truth
from leaderboard.ground_truth.conditions import CLEAN, HardCell
from leaderboard.ground_truth.table_files import GroundTruthError
from leaderboard.predictions import conditions as predictions
from leaderboard.predictions import signatures
from leaderboard.results.conditions import ConditionScores
from leaderboard.scoring import column_order
from leaderboard.scoring import conditions as scoring
from leaderboard.submission import card as cards
from leaderboard.submission import foreign_file
from leaderboard.submission.card import Card
from leaderboard.submission.entries import SubmissionError, refuse_copies, refuse_near_copies
from leaderboard.submission.folder import CARD, ENDINGS, check_siblings, checked_card, is_left_out
from leaderboard.tasks import CLASSIFICATION

CONDITIONS = "conditions.toml"
FIELD = "trained_with"
LIMIT = 2**15  # bytes of the file


def read(folder: Path, warn: Callable[[str], object] = lambda text: None) -> list[ConditionScores]:
    """Read and score a submission, seed by seed; warn: told what is probably wrong in a file.

    Raises:
      SubmissionError: the folder holds anything else, too few seeds, copies instead of seeds, or
        predictions on data of which no table is shipped. BadNameError: its name. CardError: its
        card. PredictionsError: a file of predictions.
    """
    card = read_card(folder)
    for text in cards.warnings(card):
        warn(text)
    files = _files(folder, card)
    try:
        task, data = lookup.find(card.data)
        if task != CLASSIFICATION:
            raise GroundTruthError(f"{data} has boxes; expected a config of patches. Name one.")
        cells = ground_truth.read(data)
        truth = classification.read(data, "test")
    except GroundTruthError as error:
        raise SubmissionError(f"{folder / CARD}: data: {error}") from error
    trained_with = _trained_with(folder / CONDITIONS, cells)
    ids = truth.ids.tolist()
    found = {s: predictions.read(file, cells, ids, truth.classes) for s, file in files.items()}
    refuse_copies((files[seed], values.tobytes()) for seed, values in found.items())
    of_seeds = {seed: scoring.signature(cells, list(values)) for seed, values in found.items()}
    refuse_near_copies(files, of_seeds)
    clean = next(n for n, cell in enumerate(cells) if cell.condition == CLEAN)
    for seed, values in found.items():
        if text := column_order.of_probabilities(truth.labels, values[clean], truth.classes):
            warn(f"{files[seed].name}: {text}")
    created = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    return [
        ConditionScores(
            data=truth.data,
            version=truth.version,
            classes=list(truth.classes),
            patches=len(truth),
            model=card.model,
            initialization=card.initialization,
            recipe=card.recipe,
            seed=seed,
            provenance="submitted",
            network=None,
            trained_with=trained_with,
            created=created,
            notes=card.notes,
            cells=[
                scoring.score(truth, cell, of_cell)
                for cell, of_cell in zip(cells, values, strict=True)
            ],
            residuals=scoring.mean_residuals(truth, cells, list(values)),
            signature=signatures.as_text(of_seeds[seed]),
            submission=folder.name,
            retired=card.retired,
            stated=[f"code: {card.code}", *card.beside_scores],
        )
        for seed, values in found.items()
    ]


def read_card(folder: Path) -> Card:
    """Return the card of a submission to this board; errors as of `folder.checked_card`."""
    place = "leaderboard/hard_conditions/submissions"
    card = checked_card(folder, f"{CARD}, {CONDITIONS} and predictions", place)
    check_siblings(folder)
    return card


def _files(folder: Path, card: Card) -> dict[int, Path]:
    """Return the predictions by seed, after a check of every name in the folder."""
    expected = {f"seed{seed}{ending}": seed for seed in card.seeds for ending in ENDINGS}
    found: dict[int, Path] = {}
    for file in sorted(folder.iterdir()):
        if file.name in (CARD, CONDITIONS) or is_left_out(file.name):
            continue
        if file.name not in expected:
            raise SubmissionError(
                f"{folder}: found {shown(file.name)}; expected {CARD}, {CONDITIONS} and "
                f"seed<k>.csv.gz for each of the card's seeds {shown(list(card.seeds))}. "
                + foreign_file.remedy(file.name, [CARD, CONDITIONS, *expected], card.seeds)
            )
        if expected[file.name] in found:
            raise SubmissionError(
                f"{file}: there is also {found[expected[file.name]].name}, expected one of them. "
                "Remove the other."
            )
        found[expected[file.name]] = file
    missing = [seed for seed in card.seeds if seed not in found]
    if missing:
        raise SubmissionError(
            f"{folder}: seed{missing[0]}.csv.gz is missing, expected predictions of every seed of "
            "the card. Add it, gzipped or not."
        )
    return found


def _trained_with(file: Path, cells: list[HardCell]) -> list[str]:
    """Return the conditions that the training's augmentation resembles."""
    names = list(dict.fromkeys(cell.condition for cell in cells if cell.condition != CLEAN))
    try:
        found = tomllib.loads(read_plain(file, LIMIT).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise SubmissionError(
            f"{file}: cannot be read ({reason(error)}); expected TOML with one line, {FIELD} = "
            '["gamma"], or []. Write it.'
        ) from error
    value = found.get(FIELD)
    if list(found) != [FIELD] or type(value) is not list:
        raise SubmissionError(
            f"{file}: found {shown(found)}; expected {FIELD} alone, a list of the conditions that "
            "your augmentation resembles, or []. Correct it."
        )
    unknown = [name for name in value if name not in names]
    if unknown or len(set(value)) != len(value):
        raise SubmissionError(
            f"{file}: {FIELD}: found {shown(unknown[0] if unknown else value)}; expected of "
            f"{', '.join(names)}, each once. Correct it."
        )
    return sorted(value)
