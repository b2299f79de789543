"""The page of a row: rank, scores, card, figures and files; the only writer of such a page.

`benchmark.report` writes the page of a run with it, as that of a row with one seed, and adds
images of errors in a template that extends that of the task.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from leaderboard.figures import files as figure_files
from leaderboard.figures.classification import training_curves
from leaderboard.files.atomic import write_bytes
from leaderboard.ground_truth import configs
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.ranking.rows import Row
from leaderboard.results import network_file
from leaderboard.results import store as records
from leaderboard.results.official import OfficialScores
from leaderboard.results.record import Record
from leaderboard.site import rendering, score_table
from leaderboard.site.leaderboards import TITLES, under
from leaderboard.site.row_content import RowContent
from leaderboard.submission.card import Card
from leaderboard.tables import official
from leaderboard.tasks import TASKS, part


@dataclass(frozen=True)
class Place:
    """Where a page is written, and from which template.

    Attributes:
      page: the file.
      template: extends the variable `parent`, the task's template; "" for that template itself.
      templates: folder of it.
      folder: of figures and predictions, relative to that of the page: "" or ending in "/".
      download: which file of a figure is linked: "svg", or "png", which is then written, too.
    """

    page: Path
    template: str = ""
    templates: Path = rendering.TEMPLATES
    folder: str = ""
    download: str = "svg"

    @property
    def beside(self) -> Path:
        """The folder of figures and predictions."""
        return self.page.parent / self.folder


def write(
    place: Place,
    row: Row,
    root: Path,
    card: Card | None = None,
    on_official: Sequence[tuple[Record, OfficialScores]] = (),
    **more: Any,
) -> None:
    """Write the page of a row, its figures, its predictions and its networks.

    Args:
      row: with records; root: folder of the records.
      card: of a submission; on_official: records of any row with their scores on the official test
        patches; more: what the template of `place` needs besides.

    Raises:
      RecordError: a network is missing, damaged or of another record.
      OSError: the folder cannot be written to, or predictions cannot be read.
    """
    content: RowContent = part("site", row.task).content(row)
    draw = {**content.draw, **_training(row)}
    for name, figure in draw.items():
        figure_files.write(place.beside, name, figure, png=place.download == "png")
    rendering.write(
        place.page,
        place.template or content.template,
        place.templates,
        parent=content.template,
        folder=place.folder,
        download=place.download,
        row=row,
        first=row.records[0],
        scores=list(content.scores.items()),
        card=card,
        title=TITLES.get(row.data, row.data),
        under=under(row),
        note=configs.note(row.data).replace("**", ""),
        up="../../../../",
        front="phantoms.html" if configs.is_phantom(row.data) else "index.html",
        anchor=row.data,
        figures=set(draw),
        table=score_table.of(row),
        files=_copied(place.beside, row, root),
        networks=_networks(place.beside, row, root),
        official=official.content(
            row.data, [pair for pair in on_official if pair[0] in row.records]
        ),
        notes=sorted({record.notes for record in row.records if record.notes}),
        **content.values,
        **more,
    )


def _training(row: Row) -> Mapping[str, Callable[[], Figure]]:
    """Return the training curves of each seed with a history, by name."""
    score = TASKS[row.task].ranked_by
    return {
        f"curves-s{record.seed}": functools.partial(
            training_curves, record.history, record.best_epoch, score
        )
        for record in row.records
        if record.history
    }


def _copied(folder: Path, row: Row, root: Path) -> list[dict[str, Any]]:
    """Copy the predictions of every seed into the folder; return names, seeds and splits."""
    files = []
    for record in row.records:
        for split in reversed(SPLITS):
            file = records.predictions_path(root, record, split)
            if (record.predictions or record.submission) and file.is_file():
                write_bytes(folder / file.name, file.read_bytes())
                size = f"{max(1, round(file.stat().st_size / 1000))} kB"
                files.append({"name": file.name, "seed": record.seed, "split": split, "size": size})
    return files


def _networks(folder: Path, row: Row, root: Path) -> list[dict[str, Any]]:
    """Copy the network of every seed into the folder; return what is stated of each.

    Where the network of a seed is not kept, it is the reason, if there is one.
    """
    networks: list[dict[str, Any]] = []
    for record in row.records:
        if record.network:
            file = network_file.check_one(records.path(root, record), record)
            write_bytes(folder / file.name, file.read_bytes())
            size = f"{record.network['bytes'] / 1e6:.1f} MB"
            networks.append({**record.network, "seed": record.seed, "size": size})
        elif record.no_network:
            networks.append({"seed": record.seed, "reason": record.no_network})
    return networks
