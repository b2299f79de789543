"""Command lines of several sub-commands, each with its help text and its examples."""

import argparse
from collections.abc import Iterable, Mapping, Sequence

from leaderboard.files.arguments import Parser


def parser_of(
    program: str,
    description: str | None,
    help_of: Mapping[str, str],
    examples_of: Mapping[str, Sequence[str]],
    shown: Iterable[str] = (),
) -> tuple[Parser, dict[str, argparse.ArgumentParser]]:
    """Return the parser of a command, and those of its sub-commands by name, without options yet.

    The name of the chosen sub-command is parsed as `command`.

    Args:
      program: how the command is called, such as `python -m benchmark.search`.
      help_of: one line for each sub-command, in the order of the help.
      examples_of: arguments behind the name of each sub-command, one example or more.
      shown: sub-commands whose first example is also in the help of the command; all where empty.
    """
    lines_of = {
        name: [f"{program} {name} {line}" for line in examples_of[name]] for name in help_of
    }
    examples = [lines_of[name][0] for name in shown or help_of]
    parser = Parser(prog=program, description=description, examples=examples)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    parsers: dict[str, argparse.ArgumentParser] = {
        name: commands.add_parser(name, help=text, description=text, examples=lines_of[name])
        for name, text in help_of.items()
    }
    return parser, parsers
