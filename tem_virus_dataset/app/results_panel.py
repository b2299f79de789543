"""The results of a window: messages, counts, overlays, diameters, and all as a zip."""

import asyncio
import html
from collections.abc import Sequence

from nicegui import ui

from tem_virus_dataset.app import addresses, results
from tem_virus_dataset.app.results import Counts
from tem_virus_dataset.app.theme import heading, panel
from tem_virus_dataset.app.window import Window

BY_CLASS = ("class", "count", "median diameter, nm", "uncertain")
EMPTY = "The results appear here: counts, micrographs with boxes, a histogram of diameters."


class ResultsPanel:
    """What the last prediction gave; empty until there is one."""

    def __init__(self, window: Window) -> None:
        """Draw it, empty."""
        self._window = window
        with panel("Results"):
            self._messages = ui.element("ul").classes("messages")
            self._messages.props('role="log" aria-label="messages"')
            self._below = ui.element("div")
        self.clear()

    def clear(self) -> None:
        """Show no results and no messages."""
        self._messages.clear()
        self._below.clear()
        with self._below:
            ui.label(EMPTY).classes("hint")

    def say(self, kind: str, text: str) -> None:
        """Add a message: an error, a warning, or a remark."""
        word = "" if kind == "remark" else f"<strong>{kind}:</strong> "
        with self._messages, ui.element("li").classes(kind):
            ui.html(f"{word}{html.escape(text)}", sanitize=False)

    async def show(self, about: str) -> int:
        """Show the results in the window's folder; return of how many micrographs there are any.

        Args:
          about: what they are of.
        """
        if not (self._window.out / "micrographs.csv").is_file():
            return 0
        found = results.counts(self._window.out)
        if not found.files:
            return 0
        await asyncio.to_thread(results.pack, self._window.out, self._window.archive)
        self._below.clear()
        with self._below:
            ui.label(about).classes("hint")
            ui.button(
                "Download everything (zip)",
                on_click=lambda: ui.download(addresses.archive(self._window)),
            )
            self._counts(found)
            self._overlays(found)
            self._diameters()
        return len(found.files)

    def _counts(self, found: Counts) -> None:
        if found.classes:
            heading("Counts by class")
            rows = results.by_class(self._window.out, found)
            ui.html(table("counts by class", BY_CLASS, rows), sanitize=False)
        heading("Counts by micrograph")
        head = ("micrograph", "particles", *found.classes)
        ui.html(table("counts by micrograph", head, found.rows), sanitize=False)

    def _overlays(self, found: Counts) -> None:
        files = list(results.overlays(self._window.out, found))
        if not files:
            return
        heading("Micrographs with boxes")
        place = {"number": 0}

        def turn(step: int) -> None:
            select.value = files[(files.index(select.value) + step) % len(files)]

        def draw() -> None:
            place["number"] = files.index(select.value)
            address = addresses.overlay(self._window, place["number"])
            count = sum(found.numbers[found.files.index(select.value)])
            text = html.escape(f"{select.value}: {count} particles")
            picture.set_content(
                f'<a href="{address}" target="_blank" title="Open in full size">'
                f'<img class="overlay" src="{address}" alt="{text}"></a>'
            )

        with ui.element("div").classes("together"):
            if len(files) > 1:
                ui.button("Previous", on_click=lambda: turn(-1)).props("outline")
                ui.button("Next", on_click=lambda: turn(1)).props("outline")
            select = ui.select(files, label="micrograph", value=files[0], on_change=lambda: draw())
            select.props("outlined dense options-dense").style("min-width: 200px; flex: 1")
        picture = ui.html("", sanitize=False).style("margin-top: 8px")
        draw()

    def _diameters(self) -> None:
        if results.diameters(self._window.out):
            heading("Diameters")
            address = addresses.diameters(self._window)
            ui.html(
                '<div class="scroll" tabindex="0" role="region" aria-label="histogram">'
                f'<img class="diameters" src="{address}" '
                'alt="histogram of the diameters by class"></div>',
                sanitize=False,
            )


def table(label: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as HTML; the first cell of a row is its heading.

    Args:
      label: for screen readers.
    """
    heads = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in head)
    lines = []
    for name, *cells in rows:
        style = ' class="total"' if name == results.TOTAL else ""
        data = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
        lines.append(f'<tr{style}><th scope="row">{html.escape(name)}</th>{data}</tr>')
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">'
        f'<table class="counts" aria-label="{label}"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )
