"""The import of TensorFlow: its log lines are gone, all else stays, and a failure shows all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tem_virus_dataset

LINES = (
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\\n"
    "I0000 00:00:1795840240.100235    2642 port.cc:153] oneDNN custom operations are on.\\n"
    "2026-11-28 05:00:00.123456: I tensorflow/core/util/port.cc:153] oneDNN\\n"
)
STUB = f"""import os
os.write(2, b"{LINES}")
os.write(2, b"a library is missing\\n")
"""
CODE = """
import sys
from tem_virus_dataset.files import quiet
quiet.tensorflow()
quiet.tensorflow()
print("before", file=sys.stderr)
try:
    import tensorflow
    import tensorflow as again
    assert again.__spec__.name == "tensorflow"
except ImportError as error:
    print(type(error).__name__)
print("after", file=sys.stderr)
"""


def run(fresh, tmp_path, stub):
    """Import a package `tensorflow` that is this text; returns its output and errors."""
    (tmp_path / "tensorflow").mkdir()
    (tmp_path / "tensorflow" / "__init__.py").write_text(stub)
    root = Path(tem_virus_dataset.__file__).parents[1]
    return fresh(CODE, path=f"{tmp_path}{os.pathsep}{root}").communicate(timeout=100)


def test_log_lines_are_gone_and_other_lines_stay(fresh, tmp_path):
    out, error = run(fresh, tmp_path, STUB)
    assert (out, error.splitlines()) == ("", ["before", "a library is missing", "after"])


def test_a_failing_import_shows_everything(fresh, tmp_path):
    out, error = run(fresh, tmp_path, STUB + "raise ImportError\n")
    assert out == "ImportError\n"
    assert error.splitlines()[0] == "before"
    assert "oneDNN custom operations are on." in error
    assert error.splitlines()[-2:] == ["a library is missing", "after"]


def test_the_real_one_is_quiet_where_errors_go_nowhere():
    """Where they go somewhere, a command is seen to be quiet, below."""
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
    code = (
        "import os; from tem_virus_dataset.files import quiet; quiet.tensorflow();"
        "os.close(2); import tensorflow as tf;"
        "print(int(tf.constant(1) + 1))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False,
        env={k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"},
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("2\n", "")


def test_a_command_that_looks_tensorflow_up_first_is_quiet(phantom_dir):
    """TFDS and our own messages ask whether TensorFlow is there, long before they import it."""
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
    command = [sys.executable, "-m", "tem_virus_dataset", "verify", "phantom_14class"]
    done = subprocess.run(
        [*command, "--data-dir", str(phantom_dir)], capture_output=True, text=True, check=False,
        env={k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"},
        cwd=Path(tem_virus_dataset.__file__).parents[1],
    )  # fmt: skip
    assert done.returncode == 0
    for line in ("oneDNN", "All log messages", "cudart", "port.cc"):
        assert line not in done.stderr


def test_after_an_interruption_log_lines_stay_away(fresh, tmp_path):
    stub = STUB + "raise KeyboardInterrupt\n"
    (tmp_path / "tensorflow").mkdir()
    (tmp_path / "tensorflow" / "__init__.py").write_text(stub)
    root = Path(tem_virus_dataset.__file__).parents[1]
    code = CODE.replace("ImportError as", "KeyboardInterrupt as")
    out, error = fresh(code, path=f"{tmp_path}{os.pathsep}{root}").communicate(timeout=100)
    assert out == "KeyboardInterrupt\n"
    assert error.splitlines() == ["before", "a library is missing", "after"]
