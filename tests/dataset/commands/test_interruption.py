"""Ctrl-C while a command loads its libraries, and where these make something else of it."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from project_paths import PYTHONPATH, ROOT

from leaderboard.files import arguments as leaderboard_arguments
from tem_virus_dataset.files import arguments as dataset_arguments

COPIES = (leaderboard_arguments, dataset_arguments)
PACKAGES = ("tem_virus_dataset", "leaderboard", "benchmark")
# a library as they are: at its import somebody presses Ctrl-C, of which it makes another error
LIBRARY = """
import os, signal
try:
    os.kill(os.getpid(), signal.SIGINT)
    for _ in range(1000): pass
except KeyboardInterrupt:
    raise ImportError("initialization failed") from None
"""
SCRIPT = """
import sys
from tem_virus_dataset.commands.cli import main
sys.exit(main())
"""


@pytest.fixture(autouse=True)
def python_handles_ctrl_c():
    """A process that a shell starts in the background ignores SIGINT, and so would the tests."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def commands():
    """The modules that are run by `python -m`, but for those that a command starts."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            is_command = '\nif __name__ == "__main__":\n' in file.read_text(encoding="utf-8")
            if is_command and not file.stem.endswith("worker"):
                parts = file.relative_to(ROOT).with_suffix("").parts
                yield ".".join(parts[:-1] if parts[-1] == "__main__" else parts)


def interrupted(tmp_path, *arguments):
    """Run Python, in which the first import of argparse is interrupted."""
    (tmp_path / "argparse.py").write_text(LIBRARY)
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{PYTHONPATH}"},
        capture_output=True,
        text=True,
        timeout=100,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


@pytest.mark.parametrize("module", commands())
def test_a_command_that_is_loading_ends_in_one_line(module, tmp_path):
    done = interrupted(tmp_path, "-m", module)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


def test_so_does_the_script_that_pip_writes(tmp_path):
    (tmp_path / "tem-virus").write_text(SCRIPT)
    done = interrupted(tmp_path, tmp_path / "tem-virus", "info")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


@pytest.mark.parametrize("package", PACKAGES)
def test_a_program_that_imports_a_package_keeps_its_own_way(package, fresh):
    code = f"import signal; before = signal.getsignal(2); import {package}; "
    out, _ = fresh(f"{code}print(signal.getsignal(2) is before)").communicate(timeout=100)
    assert out == "True\n"


@pytest.mark.parametrize("copy", COPIES)
def test_what_a_library_makes_of_it_is_still_an_interruption(copy, capsys):
    @copy.command("program", ValueError)
    def main(_):
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise ImportError("initialization failed") from None

    assert main([]) == 130
    assert capsys.readouterr().err == "interrupted\n"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


class Callback:
    """Python drops what this raises, as it does in callbacks of its garbage collection."""

    def __del__(self):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("copy", COPIES)
def test_one_that_meets_a_callback_is_not_lost_and_ends_a_wait(copy, capsys):
    waited = []

    @copy.command("program", ValueError)
    def main(_):
        Callback()
        waited.append(threading.Event().wait(100))
        return 0

    assert main([]) == 130
    assert not waited
    assert capsys.readouterr().err == "interrupted\n"


@pytest.mark.parametrize("copy", COPIES)
def test_other_faults_stay_what_they_are(copy):
    @copy.command("program", ValueError)
    def main(_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        main([])
