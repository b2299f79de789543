"""What the page of a row says whatever its task: where it stands, its scores, card and files."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from leaderboard.figures import files as figure_files
from leaderboard.figures.classification import training_curves
from leaderboard.files.atomic import write_bytes
from leaderboard.ground_truth import configs
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.ranking.rows import Row, Value
from leaderboard.results import store as records
from leaderboard.site import rendering, score_table
from leaderboard.site.leaderboards import TITLES, under
from leaderboard.submission.card import Card

Draw = Mapping[str, Callable[[], Figure]]


@dataclass(frozen=True)
class Place:
    """Where a page is written, and what of.

    Attributes:
      page: the file; template: that extends `standing.html`; templates: folder of it, where it is
        not one of the site's.
      folder: of figures and predictions, relative to that of the page: "" or one that ends in "/".
      download: which file of a figure is linked: "svg", or "png", which is then written, too.
    """

    page: Path
    template: str
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
    shown: Mapping[str, Value | None],
    draw: Draw,
    card: Card | None = None,
    **more: Any,
) -> None:
    """Write the page of a row, its figures and its predictions.

    Args:
      row: an own one, with records; root: folder of the records.
      shown: the scores at the top, by title, that of the training curves first.
      draw: the figures, by name.
      card: of a submission; more: what the template needs besides.

    Raises:
      OSError: the folder cannot be written to, or predictions cannot be read.
    """
    learned: Draw = {
        f"curves-s{one.seed}": functools.partial(
            training_curves, one.history, one.best_epoch, next(iter(shown))
        )
        for one in row.records
        if one.history
    }
    for name, figure in {**draw, **learned}.items():
        figure_files.write(place.beside, name, figure, png=place.download == "png")
    rendering.write(
        place.page,
        place.template,
        place.templates,
        folder=place.folder,
        download=place.download,
        row=row,
        first=row.records[0],
        shown=list(shown.items()),
        card=card,
        title=TITLES.get(row.data, row.data),
        under=under(row),
        note=configs.note(row.data).replace("**", ""),
        up="../../../../",
        front="phantoms.html" if configs.is_phantom(row.data) else "index.html",
        anchor=row.data,
        figures={*draw, *learned},
        table=score_table.of(row),
        files=_copied(place.beside, row, root),
        notes=sorted({one.notes for one in row.records if one.notes}),
        **more,
    )


def _copied(folder: Path, row: Row, root: Path) -> list[dict[str, Any]]:
    """Copy the predictions of every seed into the folder; return names, seeds and splits."""
    files = []
    for one in row.records:
        for split in reversed(SPLITS):
            file = records.predictions_path(root, one, split)
            if (one.predictions or one.submission) and file.is_file():
                write_bytes(folder / file.name, file.read_bytes())
                size = f"{max(1, round(file.stat().st_size / 1000))} kB"
                files.append({"name": file.name, "seed": one.seed, "split": split, "size": size})
    return files
