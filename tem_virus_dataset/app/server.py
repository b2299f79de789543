"""The server of the windows: on this computer alone, with one folder that is deleted at the end."""

import asyncio
import contextlib
import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.predict.start import check_packages

HOST = "127.0.0.1"
PREFIX = "tem-virus-app-"
RECONNECT = 120.0  # seconds that a window's files are kept after its browser has gone
CLOSING = 2  # seconds that open pages have to be closed
BINDING = 5.0  # seconds that the fields of windows may take to follow, before NiceGUI warns


def free_port(port: int) -> int:
    """Return a port that can be listened at; 0 asks for any.

    Raises:
      DatasetError: another program has it, or this one may not.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
        if os.name == "posix":  # elsewhere this would let two programs have it
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
            tried.listen()
        except OSError as error:
            raise DatasetError(
                f"--port {port}: cannot be listened at ({error.strerror or error}); expected a "
                "port that no program has. Name another, or look whether a window is open already "
                f"at http://{HOST}:{port}."
            ) from error
        number: int = tried.getsockname()[1]
        return number


def serve(port: int, opens_browser: bool) -> None:
    """Serve windows until Ctrl-C, which passes as `KeyboardInterrupt`.

    Raises:
      DatasetError: a package is missing, or the port is taken.
    """
    check_packages()
    number = free_port(port)
    root = Path(tempfile.mkdtemp(prefix=PREFIX))
    tempfile.tempdir = str(root)  # uploads on their way lie there, too
    os.environ["NICEGUI_STORAGE_PATH"] = str(root / "storage")
    try:
        _run(root, number, opens_browser)
    finally:
        tempfile.tempdir = None
        shutil.rmtree(root, ignore_errors=True)


def _run(root: Path, port: int, opens_browser: bool) -> None:
    from nicegui import app, binding, ui
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from tem_virus_dataset.app import addresses, page

    binding.MAX_PROPAGATION_TIME = BINDING  # its default of 10 ms passes on any busy computer
    # A page of another site can name this server by a name of its own (DNS rebinding): not here.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
    addresses.add_routes()
    app.add_exception_handler(OSError, _not_written)
    app.on_startup(lambda: _announce(port))
    app.on_shutdown(lambda: shutil.rmtree(root, ignore_errors=True))
    ui.run(
        lambda: page.build(root),
        host=HOST,
        port=port,
        title=page.TITLE,
        language="en-US",
        show=opens_browser,
        reload=False,
        tailwind=False,
        reconnect_timeout=RECONNECT,
        show_welcome_message=False,
        timeout_graceful_shutdown=CLOSING,
    )


def _not_written(request: Any, error: Exception) -> Any:
    """Answer an upload that the disk has no room for; the page says so, too."""
    from fastapi.responses import PlainTextResponse

    reason = getattr(error, "strerror", None) or error
    print(
        f"error: {tempfile.gettempdir()}: cannot be written to ({reason}); expected space for a "
        "copy of the file. Make room, or name another folder with the variable TMPDIR.",
        file=sys.stderr,
    )
    return PlainTextResponse(str(reason), status_code=507)


async def _announce(port: int) -> None:
    """Print the address as soon as the server answers at it."""
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(HOST, port)
            writer.close()
            break
        await asyncio.sleep(0.05)
    print(f"tem-virus app: http://{HOST}:{port}", flush=True)
    print("Only this computer reaches it; no image leaves it. Ctrl-C closes it.", flush=True)
