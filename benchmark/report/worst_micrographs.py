"""The micrographs of a detector's run with the most errors, and some without errors."""

import dataclasses
from pathlib import Path

from benchmark.detection.data import Scene, Scenes
from benchmark.report import match_overlay, matches
from benchmark.report.sources import NotHereError
from leaderboard.files.atomic import write_bytes
from leaderboard.ranking.rows import Row
from leaderboard.results.detection import Evidence
from leaderboard.scoring.detection import MicrographScores
from tem_virus_dataset.micrographs import drawing

MOST, BEST = 12, 2  # micrographs with the most errors, and without errors
TITLES = {
    "Correct": matches.CORRECT,
    "Missed": matches.MISSED,
    "False positives": matches.FALSE_POSITIVE,
}


@dataclasses.dataclass(frozen=True)
class Micrograph:
    """One micrograph of the test split.

    Attributes:
      scores: its numbers; counts: its boxes by class as a text, by title.
      picture: name of its file, or ""; width, height: of it, in pixels.
    """

    scores: MicrographScores
    counts: dict[str, str]
    picture: str = ""
    width: int = 0
    height: int = 0


@dataclasses.dataclass(frozen=True)
class Errors:
    """Micrographs with the most errors, those of most particles without any, what is missing."""

    worst: list[Micrograph]
    best: list[Micrograph]
    missing: list[str]


def write(row: Row, data: Scenes | NotHereError, folder: Path) -> Errors:
    """Choose micrographs of a run, and write their images.

    Args:
      row: of one seed; data: those of the run, or why there are none; folder: of the images.
    """
    missing = [str(data)] if isinstance(data, NotHereError) else []
    if row.evidence is None:
        (record,) = row.records
        reason = (
            "No curves, and no scores by class and micrograph: no ground-truth table of the boxes "
            f"of {row.data} {record.data_version}, of its classes, is available."
        )
        return Errors([], [], [" ".join((reason, *missing))])
    (scored,) = row.evidence.scored
    incorrect = [scores for scores in scored.micrographs if scores.errors][:MOST]
    correct = sorted(
        (scores for scores in scored.micrographs if not scores.errors), key=lambda x: -x.boxes
    )
    scenes = {} if isinstance(data, NotHereError) else {x.id: x for x in data.splits["test"]}
    worst, best = (
        [
            _micrograph(row.evidence, scores, scenes.get(scores.name), folder, f"{kind}-{n}.png")
            for n, scores in enumerate(chosen, 1)
        ]
        for kind, chosen in (("worst", incorrect), ("best", correct[:BEST]))
    )
    return Errors(worst, best, missing)


def _micrograph(
    evidence: Evidence, scores: MicrographScores, scene: Scene | None, folder: Path, name: str
) -> Micrograph:
    classes = evidence.truth.classes
    boxes = matches.of_micrograph(
        evidence.truth, evidence.predictions[0], evidence.scored[0], scores.name
    )
    counts = {title: matches.counts(boxes, kind, classes) for title, kind in TITLES.items()}
    if scene is None:
        return Micrograph(scores, counts)
    picture = match_overlay.draw(scene, boxes, classes)
    write_bytes(folder / name, drawing.png(picture))
    return Micrograph(scores, counts, name, picture.width, picture.height)
