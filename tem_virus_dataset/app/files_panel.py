"""The micrographs of a window, with the pixel size of each."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from nicegui import ui

from tem_virus_dataset.app import uploads
from tem_virus_dataset.app.theme import panel, quoted
from tem_virus_dataset.app.upload_area import UploadArea
from tem_virus_dataset.app.window import Window
from tem_virus_dataset.formats.read import NAMES

HINT = f"or drop them here: {NAMES}"
EXPORT = "left out, an export of {}; predict it, too"
LABEL = "nm per pixel of "
SIZE_HINT = (
    "nm per pixel is filled in where the file states it. What you type takes precedence. "
    "Measure it at a scale bar: its length in nm / its length in pixels."
)


class FilesPanel:
    """The list of files."""

    def __init__(self, window: Window, note: Callable[[str, str], None]) -> None:
        """Draw it; `note` shows a message."""
        self._window = window
        with panel("Micrographs"):
            self._area = UploadArea(
                window.micrographs, ("Choose files", HINT), self._take,
                lambda text: note("error", text),
            )  # fmt: skip
            self._nothing = ui.label("No file yet.").classes("hint")
            self._above = ui.element("div")
            with self._above:
                self._draw_for_all()
            self._list = ui.element("div")
        self._rows: dict[str, ui.element] = {}
        self._named: dict[str, ui.checkbox] = {}
        self._update()

    @property
    def is_busy(self) -> bool:
        """Whether files are being copied."""
        return self._area.is_busy

    async def _take(self, path: Path) -> None:
        upload = await asyncio.to_thread(uploads.examined, path)
        self._window.add(upload)
        with self._list:
            self._rows[upload.name] = self._draw_file(upload)
        self._update()

    def _discard(self, name: str) -> None:
        self._window.discard(name)
        self._area.release(name)
        self._rows.pop(name).delete()
        self._named.pop(name, None)
        self._update()

    def _update(self) -> None:
        self._nothing.set_visibility(not self._rows)
        self._above.set_visibility(bool(self._rows))
        self._for_all.set_visibility(len(self._rows) > 1)
        exports = self._window.exports()
        for name, box in self._named.items():
            box.set_visibility(name in exports)
            box.text = EXPORT.format(exports.get(name, ""))

    def _draw_for_all(self) -> None:
        ui.label(SIZE_HINT).classes("hint").style("margin-top: 8px")
        with ui.element("div").classes("together") as self._for_all:
            field = ui.input("nm per pixel of files without").props(
                "outlined dense inputmode=decimal"
            )
            ui.button("Set for all", on_click=lambda: self._set_all(field.value)).props("outline")

    def _set_all(self, text: str) -> None:
        """Fill the fields of files that state no pixel size; a stated one is changed by hand."""
        for name, upload in self._window.files.items():
            if upload.is_read and upload.nm_per_pixel is None:
                self._window.form.nm_per_pixel[name] = text.strip()

    def _draw_file(self, upload: uploads.Upload) -> ui.element:
        name, sizes = upload.name, self._window.form.nm_per_pixel
        with ui.element("div").classes("file") as row:
            with ui.element("div"):
                ui.label(name).classes("name")
                about = f"nm per pixel {upload.remark}" if upload.is_read else upload.remark
                hint = ui.label(f"{megabytes(upload.size)}; {about}").classes("hint")
                if upload.is_read:
                    self._named[name] = ui.checkbox().bind_value(self._window.form.named, name)
            if upload.is_read:
                field = ui.input("nm per pixel").bind_value(sizes, name)
                field.props(f"outlined dense inputmode=decimal aria-label={quoted(LABEL + name)}")

                def mark() -> None:
                    is_needed = upload.nm_per_pixel is None and not sizes[name].strip()
                    hint.classes(*(("needed",) if is_needed else ()), remove="needed")

                field.on_value_change(mark)
                mark()
            else:
                ui.element("span")
            remove = ui.button(icon="close", on_click=lambda: self._discard(name))
            remove.props(f"flat round aria-label={quoted('remove ' + name)}")
        return row


def megabytes(size: int) -> str:
    """Return a file's size for the user."""
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.1f} kB"
