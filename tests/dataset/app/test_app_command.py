"""The command `app`: how it starts, and how it ends."""

import signal
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from driven_window import WAIT, served

from tem_virus_dataset.__main__ import main
from tem_virus_dataset.commands import app


def test_a_missing_extra_is_one_line(monkeypatch, capsys) -> None:
    monkeypatch.setattr(
        app.importlib.util, "find_spec", lambda name: None if name == "nicegui" else 1
    )
    assert main(["app"]) == 1
    assert capsys.readouterr().err == (
        "error: nicegui is not installed; expected it, to show a window. Install it with "
        'pip install -e ".[app]".\n'
    )


def test_a_taken_port_is_one_line(nicegui, capsys) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["app", "--port", str(port), "--no-browser"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: --port {port}: cannot be listened at (Address already in use)")


def test_a_port_that_is_none_is_refused(capsys) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["app", "--port", "70000"])
    assert "expected a whole number from 0 to 65535" in capsys.readouterr().err


def test_it_listens_on_this_computer_alone_and_leaves_no_files(nicegui, tmp_path: Path) -> None:
    with served(tmp_path) as (address, process):
        assert address.startswith("http://127.0.0.1:")
        assert "Only this computer reaches it" in process.stdout.readline()
        port = int(address.rpartition(":")[2])
        with urllib.request.urlopen(address) as page:
            assert b"Not for diagnosis" in page.read()
        own = next((a[4][0] for a in _own_addresses() if not a[4][0].startswith("127.")), None)
        if own:
            with pytest.raises(OSError, match=r"refused|unreachable"):
                socket.create_connection((own, port), timeout=5).close()
        foreign = urllib.request.Request(address, headers={"Host": "example.org"})
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(foreign)
        assert list(tmp_path.iterdir())
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=WAIT)
        assert process.returncode == 130
        assert errors == "closed; its temporary files are deleted\n"
    assert list(tmp_path.iterdir()) == []


SLOW = """
import pathlib, sys, time, types
from nicegui import binding, ui
from tem_virus_dataset.app import server
ui.run = lambda *_, **__: None
server._run(pathlib.Path(sys.argv[1]), 0, False)
field = types.SimpleNamespace(one=1, two=2)
binding.active_links.append((field, ("one",), field, ("two",), lambda v: time.sleep(0.05) or v))
binding._refresh_step()
print(field.two)
"""


def test_a_busy_computer_is_no_warning(nicegui, fresh, tmp_path: Path) -> None:
    assert fresh(SLOW, tmp_path).communicate(timeout=WAIT) == ("1\n", "")


def _own_addresses():
    try:
        return socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    except OSError:
        return []
