"""The sub-command `app`: a local window for the released models."""

import argparse
import contextlib
import importlib.util
import sys

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.arguments import Parser, number

PROGRAM = "tem-virus"
PORT = number(int, "a whole number from 0 to 65535", lambda value: 0 <= value <= 65535)
INTERRUPTED = 130  # exit status after Ctrl-C


def add_app(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add `app`."""
    command = commands.add_parser(
        "app",
        help="open a window in the browser: drop micrographs, see counts",
        description="Open a window in the browser, on this computer alone: drop micrographs, see "
        "particles and counts, download all results. No image leaves the computer.",
        examples=[f"{PROGRAM} app", f"{PROGRAM} app --port 9000 --no-browser"],
    )
    command.add_argument(
        "--port", type=PORT, default=8765, metavar="N",
        help="port of the address, 0 for any that is free (default %(default)s)",
    )  # fmt: skip
    command.add_argument(
        "--no-browser", action="store_true", help="print the address, and open no browser"
    )
    command.set_defaults(run=_app)


def _app(args: argparse.Namespace) -> int:
    for package in ("nicegui", "onnxruntime", "msgspec"):
        if not importlib.util.find_spec(package):
            raise DatasetError(
                f"{package} is not installed; expected it, to show a window. Install it with "
                'pip install -e ".[app]".'
            )
    from tem_virus_dataset.app import server

    # Ctrl-C alone ends it. Where a shell starts it in the background no exception comes of that.
    with contextlib.suppress(KeyboardInterrupt):
        server.serve(args.port, not args.no_browser)
    print("closed; its temporary files are deleted", file=sys.stderr)
    return INTERRUPTED
