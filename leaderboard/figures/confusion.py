"""The confusion matrix as a figure: counts, and their shares of the true class."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from leaderboard.figures.classification import plain

CELL, MARGIN = 0.53, 1.55  # inches; the margin holds the names of the classes


def confusion_matrix(confusion: ArrayLike, classes: Sequence[str]) -> Figure:
    """Draw counts with row shares in per cent below them, the cells coloured by share.

    Args:
      confusion: integers (c, c), rows are the true classes; classes: their names.
    """
    counts = np.asarray(confusion)
    total = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, total, out=np.zeros(counts.shape), where=total > 0)
    figure = Figure((side(len(classes)), side(len(classes))))
    axes = figure.subplots()
    colours = [to_rgb(mpl.rcParams["axes.facecolor"]), to_rgb("C0")]
    axes.pcolormesh(
        shares,
        cmap=LinearSegmentedColormap.from_list("shares", colours),
        vmin=0,
        vmax=1,
        edgecolors=mpl.rcParams["axes.edgecolor"],
        linewidth=0.5,
    )
    for (row, column), count in np.ndenumerate(counts):
        if count:
            share = shares[row, column]
            ink = mpl.rcParams["axes.facecolor" if share > 0.5 else "text.color"]
            where = {"x": column + 0.5, "ha": "center", "color": ink}
            axes.text(y=row + 0.48, s=f"{count}", va="bottom", fontweight="bold", **where)
            axes.text(y=row + 0.54, s=_per_cent(share), va="top", **where)
    middle = np.arange(len(classes)) + 0.5
    names = [plain(name) for name in classes]
    axes.set_xticks(middle, names, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(middle, names)
    axes.set(xlabel="predicted class", ylabel="true class", ylim=(len(classes), 0), aspect="equal")
    axes.grid(visible=False)
    axes.tick_params(length=0)
    return figure


def side(classes: int) -> float:
    """Return width and height of the figure in inches."""
    return MARGIN + CELL * max(classes, 4)


def _per_cent(share: float) -> str:
    """Return a share that is not 0 as whole per cent.

    >>> _per_cent(0.004), _per_cent(0.255), _per_cent(0.996)
    ('<1 %', '26 %', '>99 %')
    """
    if share < 0.01:
        return "<1 %"
    return ">99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"
