"""Figures as files: SVG in light and dark for pages, PNG at 300 dpi for papers."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.figure import Figure

from leaderboard.files.atomic import write_bytes

DPI = 300  # of the PNG
POINTS = 10.5  # of text: 14 CSS pixels where a page shows the SVG in its own size


def theme(dark: bool = False) -> dict[Any, Any]:
    """Return Matplotlib's settings of a figure; colours of Okabe & Ito, safe for the colour-blind.

    Make a figure inside `matplotlib.rc_context(theme())`; it needs no other setting.
    """
    ink, faint, ground = (
        ("#e6e8eb", "#4a515a", "#14171a") if dark else ("#1b1f24", "#d5dae0", "#ffffff")
    )
    colours = ["#56b4e9", "#e69f00", "#2fc79a"] if dark else ["#0072b2", "#d55e00", "#009e73"]
    own: dict[Any, Any] = dict.fromkeys(
        ("text.color", "axes.labelcolor", "axes.titlecolor", "xtick.color", "ytick.color"), ink
    )
    own |= dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor"), ground)
    own |= dict.fromkeys(("axes.edgecolor", "grid.color"), faint)
    own |= dict.fromkeys(
        ("font.size", "axes.titlesize", "legend.fontsize", "xtick.labelsize", "ytick.labelsize"),
        POINTS,
    )
    return own | {
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.prop_cycle": cycler(color=colours),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "figure.constrained_layout.use": True,
        "legend.frameon": False,
        "svg.hashsalt": "tem_virus",  # the same figure gives the same file
    }


def write(folder: Path, name: str, draw: Callable[[], Figure], png: bool = True) -> None:
    """Write `name.svg`, `name-dark.svg` and `name.png`, each whole or not at all.

    Args:
      draw: returns a new figure; called for each theme.
      png: without it only the first two, in half the time.

    Raises:
      OSError: the folder cannot be written to.
    """
    with mpl.rc_context(theme()):
        figure = draw()
        if png:
            write_bytes(folder / f"{name}.png", _saved(figure, "png", None))
        write_bytes(folder / f"{name}.svg", _saved(figure, "svg", {"Date": None}))
    with mpl.rc_context(theme(dark=True)):
        write_bytes(folder / f"{name}-dark.svg", _saved(draw(), "svg", {"Date": None}))


def write_png(folder: Path, name: str, draw: Callable[[], Figure]) -> None:
    """Write `name.png` alone, in light colours, whole or not at all; raises what `write` does."""
    with mpl.rc_context(theme()):
        write_bytes(folder / f"{name}.png", _saved(draw(), "png", None))


def _saved(figure: Figure, kind: str, metadata: dict[str, Any] | None) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, dpi=DPI, metadata=metadata, transparent=kind == "svg")
    return buffer.getvalue()
