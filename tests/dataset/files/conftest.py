"""A server on this machine, reached without a proxy."""

import http.server
import threading

import pytest
from download_server import Handler


@pytest.fixture
def server():
    """A server of BODY; `how` says what it does else, `asked` holds the headers it was sent."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        made.daemon_threads = True
        made.how, made.asked = {}, []
        made.url = f"http://127.0.0.1:{made.server_port}/file.zip"
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


@pytest.fixture
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def to(tmp_path):
    return tmp_path / "downloads" / "manual" / "TEM virus dataset.zip"
