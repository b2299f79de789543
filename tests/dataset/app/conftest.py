from collections.abc import Iterator
from pathlib import Path

import pytest
from driven_window import served


@pytest.fixture(scope="session")
def nicegui() -> None:
    pytest.importorskip("nicegui", reason='needs the extra "app" (nicegui)')
    pytest.importorskip("onnxruntime", reason='needs the extra "app" (onnxruntime)')


@pytest.fixture(scope="module")
def address(browser, nicegui: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of windows."""
    with served(tmp_path_factory.mktemp("temporary")) as (found, _):
        yield found
        browser.get("about:blank")  # or the page would look for its server, and log that
    browser.get_log("browser")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for micrographs."""
    path = tmp_path / "micrographs"
    path.mkdir()
    return path
