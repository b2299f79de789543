"""The addresses of a window's results, and what they return.

Results are asked for by the window's random name and a number: no name of a file is in an address.
"""

import uuid
from pathlib import Path

from fastapi import HTTPException
from fastapi.responses import FileResponse
from nicegui import app

from tem_virus_dataset.app import results
from tem_virus_dataset.app.window import Window

_WINDOWS: dict[str, Window] = {}
NOT_KEPT = {"Cache-Control": "no-store"}


def register(window: Window) -> None:
    """Let the results of a window be asked for."""
    _WINDOWS[window.folder.name] = window


def remove(window: Window) -> None:
    """Let them no longer be asked for."""
    _WINDOWS.pop(window.folder.name, None)


def overlay(window: Window, number: int) -> str:
    """Return the address of an overlay; `number` in the order of the micrographs."""
    return f"/results/{window.folder.name}/overlay/{number}?{_fresh()}"


def diameters(window: Window) -> str:
    """Return the address of the histogram."""
    return f"/results/{window.folder.name}/diameters?{_fresh()}"


def archive(window: Window) -> str:
    """Return the address of the zip of all results."""
    return f"/results/{window.folder.name}/archive"


def _fresh() -> str:
    """Return what makes an address another than that of an earlier prediction."""
    return uuid.uuid4().hex


def add_routes() -> None:
    """Let the server answer these addresses."""

    @app.get("/results/{window}/overlay/{number}")
    def _overlay(window: str, number: int) -> FileResponse:
        out = _window(window).out
        try:
            paths = list(results.overlays(out, results.counts(out)).values())
        except FileNotFoundError:  # a later prediction has removed them
            paths = []
        return _file(paths[number] if 0 <= number < len(paths) else None, "image/jpeg")

    @app.get("/results/{window}/diameters")
    def _diameters(window: str) -> FileResponse:
        return _file(results.diameters(_window(window).out), "image/png")

    @app.get("/results/{window}/archive")
    def _archive(window: str) -> FileResponse:
        file = _window(window).archive
        return _file(file, "application/zip", file.name)


def _window(name: str) -> Window:
    if name not in _WINDOWS:
        raise HTTPException(404)
    return _WINDOWS[name]


def _file(path: Path | None, kind: str, name: str | None = None) -> FileResponse:
    if path is None or not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, media_type=kind, filename=name, headers=NOT_KEPT)
