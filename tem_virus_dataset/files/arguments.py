"""Command lines: examples below the help, did-you-mean, `~` in paths, and how commands end.

The leaderboard and the data set have this file both, since each is installed without the other; a
test holds them equal.
"""

import argparse
import difflib
import errno
import functools
import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from tem_virus_dataset import interruption, typed_number

N = TypeVar("N", int, float)
FILES = ("data", "weights")  # options whose lists hold names of files, in which a comma is one
USAGE = 2  # exit status for arguments that are mistyped or contradict each other


class Parser(argparse.ArgumentParser):
    """`argparse.ArgumentParser` with examples, and a suggestion for a mistyped choice or option.

    Args:
      examples: whole command lines, shown below the help.
      More arguments are those of `argparse.ArgumentParser`.
    """

    def __init__(self, *, examples: Sequence[str] = (), **more: Any) -> None:
        if examples:
            more["epilog"] = "examples:\n" + "\n".join(f"  {line}" for line in examples)
            more.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(**more)
        self._given: Sequence[str] = ()

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """Take a list whose parts are separated by commas, such as `--seeds 0,1,2`, too."""
        if action.nargs == "+" and action.option_strings and action.dest not in FILES:
            arg_strings = [part for text in arg_strings for part in _parts(text)] or arg_strings
        return super()._get_values(action, arg_strings)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse a value that is no choice, with the choice that it resembles."""
        if action.choices is not None and value not in action.choices:
            known = ", ".join(map(str, action.choices))
            raise argparse.ArgumentError(
                action,
                f"unknown {value!r}{did_you_mean(str(value), action.choices)}; one of {known}",
            )

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse all arguments; exits with status 2 where one is not understood."""
        parsed, unknown = self.parse_known_args(args, namespace)
        if unknown:
            chosen = self._chosen(parsed)
            guess = did_you_mean(unknown[0].partition("=")[0], chosen._option_string_actions)
            chosen.error(f"unknown argument {' '.join(unknown)}{guess}")
        return parsed

    def _chosen(self, parsed: argparse.Namespace) -> argparse.ArgumentParser:
        """Return the parser of the sub-command that was chosen, or this one where there is none."""
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                return action.choices.get(str(getattr(parsed, action.dest, None)), self)
        return self

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse what is understood, and keep all arguments, for the text of an error."""
        self._given = sys.argv[1:] if args is None else args
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Print the message without the whole usage, and exit with status 2."""
        files = [text for text in self._given if text.startswith("-") and os.path.lexists(text)]
        hint = f". {files[0]} is taken for an option: write ./{files[0]}" if files else ""
        self.exit(USAGE, f"error: {message}{hint}\nSee {self.prog} --help.\n")


def _parts(text: str) -> list[str]:
    """Return the parts of a list.

    A setting keeps a decimal comma, as of `learning_rate=0,01`, and a number that of thousands, as
    of `1,000`: both are refused where they are read.
    """
    parts = [part for part in text.split(",") if part]
    is_decimal = "=" in text and not all("=" in part for part in parts)
    has_thousands = any(len(part) > 1 and part.isdigit() and part[0] == "0" for part in parts)
    return [text] if is_decimal or has_thousands else parts


def command(
    program: str, *errors: type[Exception], interrupted: str = "interrupted"
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Let the `main` of a command end as a shell expects, each in one line and without a traceback.

    The exit status is what `main` returns; 1 for one of the errors, or the `exit_status` of its
    class; 130 after Ctrl-C; 1 where the reader of the output has gone, as in `| head`.

    Args:
      program: how the command is called, for the advice after a usage error.
      errors: their text is printed after "error: "; any other exception is a fault of ours.
      interrupted: printed after Ctrl-C.
    """

    def decorate(main: Callable[..., int]) -> Callable[..., int]:
        @functools.wraps(main)
        def run(arguments: Sequence[str] | None = None) -> int:
            _print_anything()
            with interruption.noted() as interruptions:
                try:
                    status = main(arguments)
                    if sys.stdout is not None:  # None where it was closed from the start
                        sys.stdout.flush()  # a reader that has gone is noticed here, not later
                    return status
                except (KeyboardInterrupt, Exception) as error:
                    if interruptions or isinstance(error, KeyboardInterrupt):
                        print(interrupted, file=sys.stderr)
                        return interruption.STATUS
                    if isinstance(error, BrokenPipeError):
                        # what is still buffered must not fail again at the exit
                        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                        return 1
                    if not isinstance(error, errors):
                        raise
                    return _print_error(error, program)

        return run

    return decorate


def _print_error(error: Exception, program: str) -> int:
    """Print an error as one line; returns the exit status."""
    status = int(getattr(error, "exit_status", 1))
    advice = f"\nSee {program} --help." if status == USAGE else ""
    print(f"error: {_text(error)}{advice}", file=sys.stderr)
    return status


def _text(error: Exception) -> str:
    """Return the text of an error; of one of the system, with its file first and a remedy."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    file = f"{os.fsdecode(error.filename)}: " if error.filename else ""
    # a quota or a largest size of files (`ulimit -f`) leaves no more room than a full disk
    full = error.errno in (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", None))
    if full:
        return (
            f"{file}the disk is full, or your share of it ({error.strerror}); expected space to "
            "write to. Free some, or name a folder on another disk."
        )
    if file and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{file}{error.strerror}; expected a place that you may read and write. Change its "
            "permissions, or work in a folder of your own."
        )
    return f"{file}{error.strerror}" if file else str(error)


def _print_anything() -> None:
    """Let all text be printed: names of files may hold other bytes, and consoles lack signs."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def did_you_mean(text: str, known: Iterable[Any]) -> str:
    """Return ", did you mean ...?" for what resembles the text most, else nothing.

    >>> did_you_mean("patchs_14class", ["patches_14class", "mirror_11class"])
    ", did you mean 'patches_14class'?"
    """
    near = difflib.get_close_matches(text, [str(one) for one in known], n=1)
    return f", did you mean {near[0]!r}?" if near else ""


def _is_special(file: Path) -> bool:
    try:
        return file.exists() and not (file.is_file() or file.is_dir())
    except OSError:  # what opens the file says why it cannot
        return False


def path(text: str) -> Path:
    """Read the path of a file or folder of this machine, for argparse: `~` is the user's home.

    A pipe or a device is refused here: to open it would wait for ever, and a file that is written
    whole would replace it. So is the address of a bucket or a page, of which pathlib makes a
    folder named `gs:`. An empty name, as of a variable that is not set, would be this folder.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError(
            f"{text!r}: a name without letters, as of a variable that is not set; expected a file "
            "or a folder. Name one: this folder is a dot."
        )
    if re.match("[A-Za-z][A-Za-z0-9+.-]+:/", text):
        raise argparse.ArgumentTypeError(
            f"{text} is an address; expected a path of this machine. Name a folder of it, where "
            "you may put a copy."
        )
    found = Path(text).expanduser()
    if _is_special(found):
        raise argparse.ArgumentTypeError(
            f"{text} is a pipe, a socket or a device; expected a file or a folder. Write what it "
            "gives to a file, and name that."
        )
    return found


def number(
    kind: Callable[[str], N],
    expected: str,
    accepts: Callable[[N], bool],
    meant: Callable[[str], str] = lambda text: "",
) -> Callable[[str], N]:
    """Return a reader of numbers for argparse, which refuses all else with what is expected.

    Args:
      meant: from a text that is refused to a sentence on what to write, "" where it knows none.

    >>> fraction = number(float, "a number from 0 to 1", lambda value: 0 <= value <= 1)
    >>> fraction("0.5")
    0.5
    """

    def read(text: str) -> N:
        value = converted(text)
        if value is not None and accepts(value):
            return value
        with_point = text.replace(",", ".")
        in_point = converted(with_point)
        if value is None and in_point is not None and accepts(in_point):
            raise argparse.ArgumentTypeError(
                f"{text}: a decimal comma; expected {expected}. Write {with_point}."
            )
        remedy = meant(text)
        raise argparse.ArgumentTypeError(
            f"{text or repr(text)}: expected {expected}{f'. {remedy}' if remedy else ''}"
        )

    def converted(text: str) -> N | None:
        try:
            return typed_number.read(text, kind)
        except ValueError:
            return None

    return read


def _as_fraction(text: str) -> str:
    """Return what to write for a percentage, as a sentence."""
    match = re.fullmatch(r"\s*([0-9]+(?:[.,][0-9]+)?)\s*%?\s*", text)
    percent = float(match[1].replace(",", ".")) if match else -1.0
    return f"For {percent:g} %, write {percent / 100:g}." if 0 <= percent <= 100 else ""


fraction = number(float, "a number from 0 to 1", lambda value: 0 <= value <= 1, _as_fraction)
count = number(int, "a whole number, 1 or more", lambda value: value >= 1)
seed = number(  # Keras and NumPy take no larger ones
    int, f"a whole number from 0 to {2**32 - 1}", lambda value: 0 <= value < 2**32
)


def output_folder(text: str) -> Path:
    """Read the name of a folder to write to, for argparse: that of no file, nor of one in it."""
    found = path(text)
    if ".." in found.parts and not found.parent.exists():  # "new/.." would be made, and left empty
        found = Path(os.path.relpath(found))
    there = next((one for one in (found, *found.parents) if one.exists()), None)
    if there and not there.is_dir():
        raise argparse.ArgumentTypeError(f"{there} is a file; expected a folder. Name another.")
    return found
