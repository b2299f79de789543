"""The micrographs of a window, with the pixel size of each."""

from collections.abc import Callable
from pathlib import Path

from nicegui import run, ui

from tem_virus_dataset.app import uploads
from tem_virus_dataset.app.panels import panel
from tem_virus_dataset.app.upload_area import UploadArea
from tem_virus_dataset.app.window import Window

HINT = "or drop them here: TIFF, MRC, DM3, DM4, SER, EMD, PNG, JPEG or BMP"
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
            self._below = ui.element("div")
            self._draw()

    @property
    def is_busy(self) -> bool:
        """Whether files are being copied."""
        return self._area.is_busy

    async def _take(self, path: Path) -> None:
        upload = await run.io_bound(uploads.examined, path)
        self._window.add(upload)
        self._draw()

    def _discard(self, name: str) -> None:
        self._window.discard(name)
        self._area.release(name)
        self._draw()

    def _draw(self) -> None:
        self._below.clear()
        files = self._window.files
        with self._below:
            if not files:
                ui.label("No file yet.").classes("hint")
                return
            ui.label(SIZE_HINT).classes("hint").style("margin-top: 8px")
            if len(files) > 1:
                self._draw_for_all()
            for _, upload in sorted(files.items()):
                self._draw_file(upload)

    def _draw_for_all(self) -> None:
        with ui.element("div").classes("together"):
            field = ui.input("nm per pixel of all").props("outlined dense inputmode=decimal")
            ui.button("Set for all", on_click=lambda: self._set_all(field.value)).props("outline")

    def _set_all(self, text: str) -> None:
        for name, upload in self._window.files.items():
            if upload.is_read:
                self._window.form.nm_per_pixel[name] = text.strip()
        self._draw()

    def _draw_file(self, upload: uploads.Upload) -> None:
        name, sizes = upload.name, self._window.form.nm_per_pixel
        with ui.element("div").classes("file"):
            with ui.element("div"):
                ui.label(name).classes("name")
                about = f"nm per pixel {upload.remark}" if upload.is_read else upload.remark
                hint = ui.label(f"{megabytes(upload.size)}; {about}").classes("hint")
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


def megabytes(size: int) -> str:
    """Return a file's size for the user."""
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.1f} kB"


def quoted(text: str) -> str:
    """Return a value for `props`, which reads quoted JSON."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
