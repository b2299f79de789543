"""The addresses of results: of a window that is there, and of results that are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("nicegui", reason='needs the extra "app" (nicegui)')

from fastapi import FastAPI, HTTPException

from tem_virus_dataset.app import addresses
from tem_virus_dataset.app.window import Window


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    """A window without results."""
    made = Window.below(tmp_path)
    addresses.register(made)
    yield made
    addresses.remove(made)


@pytest.mark.parametrize("number", [-1, 0, 1])
def test_an_overlay_that_is_gone_is_not_found(
    window: Window, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = FastAPI()
    monkeypatch.setattr(addresses, "app", server)
    addresses.add_routes()
    (route,) = [route for route in server.routes if "overlay" in getattr(route, "path", "")]
    with pytest.raises(HTTPException) as found:
        route.endpoint(window.folder.name, number)  # type: ignore[attr-defined]
    assert found.value.status_code == 404
