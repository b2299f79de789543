"""The page of a row: scores, classes, figures, card and files; the only writer of such a page.

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
from leaderboard.site import score_table
from leaderboard.site.boards import flags
from leaderboard.site.boards.benchmarks import listing
from leaderboard.site.boards.leaderboards import under
from leaderboard.site.drawings import curves
from leaderboard.site.row_content import RowContent
from leaderboard.site.text import citation, rendering
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
      address: of a file of predictions or of a network, as the page links it. Without it these
        files are copied into `folder`, and every figure is written there as a PNG for papers.
    """

    page: Path
    template: str = ""
    templates: Path = rendering.TEMPLATES
    folder: str = ""
    address: Callable[[Path], str] | None = None

    @property
    def beside(self) -> Path:
        """The folder of figures and predictions."""
        return self.page.parent / self.folder

    def link(self, file: Path) -> str:
        """Return the address of a file, which is copied where the place has no address of it."""
        if self.address:
            return self.address(file)
        write_bytes(self.beside / file.name, file.read_bytes())
        return rendering.quoted(f"{self.folder}{file.name}")


def write(
    place: Place,
    row: Row,
    root: Path,
    card: Card | None = None,
    on_official: Sequence[tuple[Record, OfficialScores]] = (),
    **more: Any,
) -> None:
    """Write the page of a row.

    Args:
      row: with records; root: folder of the records.
      card: of a submission; on_official: records of any row with their scores on the official test
        patches; more: what the template of `place` needs besides.

    Raises:
      RecordError: a network is missing, damaged or of another record.
      OSError: the folder cannot be written to, or predictions cannot be read.
    """
    content: RowContent = part("site", row.task).content(row)
    figures: set[str] = set()
    if place.address is None:
        draw = {**content.draw, **_training(row)}
        for name, figure in draw.items():
            figure_files.write_png(place.beside, name, figure)
        figures = set(draw)
    listed = listing(row.data)
    first = row.records[0]
    rendering.write(
        place.page,
        place.template or content.template,
        place.templates,
        parent=content.template,
        folder=place.folder,
        row=row,
        first=first,
        scores=list(content.scores.items()),
        card=card,
        title=listed.title,
        under=under(row),
        flags=flags.of(row),
        note=configs.note(row.data).replace("**", ""),
        figures=figures,
        training=curves.training(row.records, TASKS[row.task].ranked_by),
        table=score_table.of(row),
        files=_predictions(place, row, root),
        networks=_networks(place, row, root),
        official=official.content(
            row.data, [pair for pair in on_official if pair[0] in row.records]
        ),
        notes=sorted({record.notes for record in row.records if record.notes}),
        cite=citation.row(
            row.model, under(row), listed.title, card.authors if card else (), first.created[:4]
        ),
        **content.values,
        **{"up": "../../", "board": "../index.html", **more},
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


def _predictions(place: Place, row: Row, root: Path) -> list[dict[str, Any]]:
    """Return name, address, seed, split and size of the predictions of every seed."""
    files = []
    for record in row.records:
        for split in reversed(SPLITS):
            file = records.predictions_path(root, record, split)
            if (record.predictions or record.submission) and file.is_file():
                size = f"{max(1, round(file.stat().st_size / 1000))} kB"
                named = {"name": file.name, "seed": record.seed, "split": split, "size": size}
                files.append({**named, "address": place.link(file)})
    return files


def _networks(place: Place, row: Row, root: Path) -> list[dict[str, Any]]:
    """Return what is stated of the network of every seed, and its address.

    Where the network of a seed is not kept, it is the reason, if there is one.
    """
    networks: list[dict[str, Any]] = []
    for record in row.records:
        if record.network:
            file = network_file.check_one(records.path(root, record), record)
            size = f"{record.network['bytes'] / 1e6:.1f} MB"
            stated = {**record.network, "seed": record.seed, "size": size}
            networks.append({**stated, "address": place.link(file)})
        elif record.no_network:
            networks.append({"seed": record.seed, "reason": record.no_network})
    return networks
