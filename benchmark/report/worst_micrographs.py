"""The micrographs of a detector's run that are worth a look: its worst, and some of its best."""

import dataclasses
from pathlib import Path

from benchmark.detection.data import Scene, Scenes
from benchmark.report import match_overlay, matches
from benchmark.report.mistakes import MOST
from benchmark.report.sources import NotHereError
from leaderboard.files.atomic import write_bytes
from leaderboard.results.detection import Evidence
from leaderboard.scoring.detection import MicrographScores
from tem_virus_dataset.micrographs import drawing

BEST = 2  # micrographs
TITLES = {"Found": matches.RIGHT, "Missed": matches.MISSED, "False alarms": matches.ALARM}


@dataclasses.dataclass(frozen=True)
class Micrograph:
    """One micrograph of the test split.

    Attributes:
      scores: its numbers; told: what was found, missed and a false alarm, in words, by title.
      picture: name of its file, or ""; width, height: of it, in pixels.
    """

    scores: MicrographScores
    told: dict[str, str]
    picture: str = ""
    width: int = 0
    height: int = 0


@dataclasses.dataclass(frozen=True)
class Shown:
    """What a page shows: those with the most errors, and those of most particles without any."""

    worst: list[Micrograph]
    best: list[Micrograph]


def show(found: Evidence, data: Scenes | NotHereError, folder: Path) -> Shown:
    """Choose micrographs of a run, and write their pictures into `folder`.

    Args:
      found: of one seed; data: those of the run, or why there are none.
    """
    (scored,) = found.scored
    wrong = [one for one in scored.micrographs if one.errors][:MOST]
    right = sorted((one for one in scored.micrographs if not one.errors), key=lambda x: -x.boxes)
    scenes = {} if isinstance(data, NotHereError) else {x.id: x for x in data.splits["test"]}
    worst, best = (
        [
            _shown(found, one, scenes.get(one.name), folder, f"{kind}-{number}.png")
            for number, one in enumerate(chosen, 1)
        ]
        for kind, chosen in (("worst", wrong), ("best", right[:BEST]))
    )
    return Shown(worst, best)


def _shown(
    found: Evidence, scores: MicrographScores, scene: Scene | None, folder: Path, name: str
) -> Micrograph:
    classes = found.truth.classes
    made = matches.marks(found.truth, found.predictions[0], found.scored[0], scores.name)
    told = {title: matches.told(made, kind, classes) for title, kind in TITLES.items()}
    if scene is None:
        return Micrograph(scores, told)
    picture = match_overlay.draw(scene, made, classes)
    write_bytes(folder / name, drawing.png(picture))
    return Micrograph(scores, told, name, picture.width, picture.height)
