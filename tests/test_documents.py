"""What the documents say exists, exists: links, paths, rooms, commands and examples."""

import argparse
import importlib
import importlib.util
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from project_paths import PYTHONPATH, ROOT

from leaderboard.files import arguments as leaderboard_arguments
from tem_virus_dataset import builders
from tem_virus_dataset.files import arguments as dataset_arguments

README, CONTRIBUTING = ROOT / "README.md", ROOT / "CONTRIBUTING.md"
PACKAGES = ("tem_virus_dataset", "leaderboard", "benchmark")
DOCUMENTS = [
    README,
    CONTRIBUTING,
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted(ROOT.glob("leaderboard/**/*.md")),
    *sorted(ROOT.glob("tem_virus_dataset/**/*.md")),
]
BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
LONGEST = 120  # lines of the README
SET_UP = (  # .ci/run takes them from the README, word for word
    'python3.11 -m venv .venv && .venv/bin/pip install -e ".[benchmark]" '
    "&& .venv/bin/python -m benchmark.run --all --quick",
    'python3.11 -m venv .venv && .venv/bin/pip install -e ".[test]" && .venv/bin/python -m pytest',
)
IS_COMMAND = 'if __name__ == "__main__":'  # ends a module that is run, and no worker
MODULES = [
    f"{package}.{place.parent.name if place.name == '__main__.py' else place.stem}"
    for package in ("leaderboard", "benchmark")
    for place in sorted([*(ROOT / package).glob("*.py"), *(ROOT / package).glob("*/__main__.py")])
    if IS_COMMAND in place.read_text("utf-8")
]
COMMANDS = {
    "tem-virus": "tem_virus_dataset",
    "python -m tem_virus_dataset": "tem_virus_dataset",
    **{f"python -m {name}": name for name in MODULES},
}
PLACEHOLDERS = {"CONFIG": "patches_14class", "...": "1"}


def identity(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def without_blocks(text: str) -> str:
    return BLOCK.sub("", text)


def command_lines() -> set[tuple[str, str]]:
    """Command and arguments of every command line, in blocks of code and between backticks."""
    lines = list[str]()
    for document in DOCUMENTS:
        text = document.read_text("utf-8")
        for kind, block in BLOCK.findall(text):
            if kind not in ("python", "toml", "bibtex"):
                lines += re.sub(r"\\\n\s*", "", block).replace(" && ", "\n").split("\n")
        lines += [" ".join(x.split()) for x in re.findall(r"`([^`]+)`", without_blocks(text))]
    module = rf"python -m (?:{'|'.join(PACKAGES)})[\w.]*"
    typed = re.compile(rf"(?:^|[\\/ ])(tem-virus|{module})(?= |$)(.*)")
    matches = filter(None, (typed.search(line.partition(" #")[0]) for line in lines))
    return {(match[1], match[2].strip()) for match in matches}


TYPED = sorted(line for line in command_lines() if line[1])


def main_of(command: str) -> Callable[[list[str]], int]:
    """The function that runs a command."""
    name = COMMANDS[command]
    module = importlib.import_module(name)
    if hasattr(module, "__path__"):  # a package
        module = importlib.import_module(f"{name}.__main__")
    return module.main


class UnderstoodError(Exception):
    """Raised in place of running a command, once its arguments are parsed."""


@pytest.fixture
def only_parsed(monkeypatch):
    """Every parser stops the command after it has understood its arguments."""
    own = leaderboard_arguments.Parser, dataset_arguments.Parser
    for kind in (argparse.ArgumentParser, *own):
        original = kind.parse_args

        def parse_args(self, args=None, namespace=None, original=original):
            raise UnderstoodError(original(self, args, namespace))

        monkeypatch.setattr(kind, "parse_args", parse_args)


def test_every_command_is_shown():
    assert {command for command, _ in TYPED} == set(COMMANDS)


@pytest.mark.parametrize("command, arguments", TYPED, ids=[" ".join(line) for line in TYPED])
def test_a_command_is_understood(command, arguments, only_parsed):
    words = shlex.split(arguments.partition(" > ")[0].replace("\\", "/"))
    main = main_of(command)
    with pytest.raises((UnderstoodError, SystemExit)) as ended:
        main([PLACEHOLDERS.get(word, word) for word in words])
    assert ended.type is UnderstoodError or ended.value.code == 0, words  # 0: --help


def test_the_configs_of_commands_exist():
    words = [word for _, arguments in TYPED for word in arguments.split()]
    named = {word for word in words if word.startswith(("tem_virus/", "tem_exosome/"))}
    named |= {
        words[1]
        for command, arguments in TYPED
        if COMMANDS[command] == "tem_virus_dataset"
        and len(words := arguments.split()) > 1
        and words[0] in ("prepare", "verify", "figure", "audit")
    } - {"CONFIG"}
    assert len(named) > 5
    assert {name.removeprefix("tem_virus/") for name in named} - set(builders.names()) == set()


def test_every_config_is_in_the_document_of_the_data():
    text = (ROOT / "docs" / "data.md").read_text("utf-8")
    names = [name.rpartition("/")[2] for name in builders.names()]
    assert [name for name in names if not re.search(rf"\b{name}\b", text)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_wrong_option_is_not_understood(command, only_parsed, capsys):
    (arguments, *_) = [arguments for name, arguments in TYPED if name == command]
    with pytest.raises(SystemExit) as ended:
        main_of(command)([*shlex.split(arguments), "--no-such-option"])
    assert ended.value.code == 2


def test_the_readme_is_short():
    assert len(README.read_text("utf-8").splitlines()) <= LONGEST


def test_the_readme_has_the_two_commands_of_a_fresh_clone():
    lines = README.read_text("utf-8").splitlines()
    assert tuple(line for line in lines if line.startswith("python3.11 -m venv")) == SET_UP


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", without_blocks(document.read_text("utf-8")))
    headings = re.findall(r"^#+ (.+)$", text.lower(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().replace(" ", "-") for heading in headings}


def leads_somewhere(document: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    file = (document.parent / name).resolve() if name else document
    return file.exists() and (not anchor or anchor in anchors(file))


@pytest.mark.parametrize("document", DOCUMENTS, ids=identity)
def test_links_lead_somewhere(document):
    text = without_blocks(document.read_text("utf-8"))
    targets = re.findall(r"\]\((?!https?:)([^)\s]+)\)", text)
    assert [target for target in targets if not leads_somewhere(document, target)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=identity)
def test_nothing_is_left_to_be_filled_in(document):
    text = document.read_text("utf-8")
    assert not re.findall(r"\b[A-Z]+_(?:SECTION|HASH)\b|\bTODO\b|\bTBD\b", text)


@pytest.mark.parametrize("document", DOCUMENTS, ids=identity)
def test_paths_of_the_tree_exist(document):
    names = re.findall(r"`([\w./-]+)`", without_blocks(document.read_text("utf-8")))
    paths = [name for name in names if name.startswith((*(f"{p}/" for p in PACKAGES), "tests/"))]
    of_users = "leaderboard/submissions"  # not there before the first submission
    assert [p for p in paths if not p.startswith(of_users) and not (ROOT / p).exists()] == []


def test_the_tree_names_every_room():
    text = CONTRIBUTING.read_text("utf-8")
    named = {name.strip("/") for name in re.findall(r"`([\w/]+/)`", text)}
    folders = {identity(file.parent) for name in PACKAGES for file in (ROOT / name).rglob("*.py")}
    assert folders - named == set()


def test_the_tree_names_every_command():
    text = CONTRIBUTING.read_text("utf-8")
    files = [name.replace(".", "/") + ".py" for name in MODULES]
    assert [name for name in files if (ROOT / name).exists() and f"`{name}`" not in text] == []


def test_where_is_what_has_a_path_on_every_line():
    text = CONTRIBUTING.read_text("utf-8")
    (table,) = re.findall(r"## Where is what\n+(.*?)\n\n", text, re.DOTALL)
    rows = table.splitlines()[2:]
    assert len(rows) > 15
    assert [row for row in rows if not re.search(r"`\w+/[\w./]+\.py`", row)] == []


def python_blocks(document: Path, word: str) -> list[str]:
    blocks = [code for kind, code in BLOCK.findall(document.read_text("utf-8")) if kind == "python"]
    return [code for code in blocks if word in code]


def run_example(code: str, folder: Path, check: str, **environment: str) -> None:
    """Run an example in a process of its own, and what is to be true after it."""
    stub = "" if importlib.util.find_spec("torch") else "import stub_torch; stub_torch.install()\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{stub}{code}\n{check}"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": PYTHONPATH, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


PATCHES = """
import sys, numpy as np
assert "tensorflow" not in sys.modules
assert tuple(images.shape) == (4, 1, 256, 256)  # 292 patches: nine batches of 32, and these
assert np.asarray(images).dtype == np.float32
assert np.allclose(np.asarray(images).mean((2, 3)), 0, atol=1e-3)
assert np.allclose(np.asarray(images).std((2, 3)), 1, atol=1e-3)
assert len(labels) == 4 and 0 <= min(labels) and max(labels) < 14
"""


def test_the_pytorch_example_runs(array_dir, tmp_path):
    (code,) = python_blocks(README, "torch")
    assert len(code.splitlines()) == 5
    (tmp_path / "arrays").symlink_to(array_dir)
    run_example(code, tmp_path, PATCHES)


def test_the_tensorflow_example_runs(phantom_dir, tmp_path):
    code, _ = python_blocks(README, "tfds")
    assert len(code.splitlines()) == 3
    check = "assert image.shape == (256, 256, 1) and image.dtype == 'uint16' and 0 <= label < 14"
    run_example(code, tmp_path, check, TFDS_DATA_DIR=str(phantom_dir))


def test_the_random_access_example_runs(array_dir, tmp_path):
    (code,) = python_blocks(ROOT / "docs" / "data.md", "data_source")
    (tmp_path / "arrays").symlink_to(array_dir)
    run_example(code, tmp_path, "assert image.shape == (256, 256, 1) and 0 <= label < 14")


TWO_PATCHES = """
import numpy as np, tensorflow_datasets as tfds
images = np.arange(2 * 256 * 256, dtype=np.uint8).reshape(2, 256, 256, 1)
tfds.load = lambda name, split, batch_size: [{"image": images, "label": np.array([0, 1])}]
tfds.as_numpy = lambda batches: batches
"""  # no test can download the mirror
TWO_PREDICTIONS = """
assert probabilities.shape == (2, len(model.classes)) == (2, 11)
assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
"""


def test_the_example_of_a_kept_network_runs():
    (code,) = python_blocks(ROOT / "docs" / "benchmark.md", "ready")
    run_example(f"{TWO_PATCHES}{code}", ROOT, TWO_PREDICTIONS)


def test_the_model_in_the_document_is_registered(monkeypatch):
    from benchmark.models import registry

    monkeypatch.setattr(registry, "_MODELS", {})
    (code,) = python_blocks(CONTRIBUTING, "register")
    exec(compile(code, "my_model.py", "exec"), {"__name__": "benchmark.models.my_model"})
    (model,) = registry._MODELS.values()
    network = model.build((64, 64, 1), 14, registry.Options())
    assert network.output_shape == (None, 14)


def test_the_model_in_the_document_passes_the_checks_of_the_document(tmp_path):
    (code,) = python_blocks(CONTRIBUTING, "register")
    (tmp_path / "my_model.py").write_text(code)
    for check in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *check, "--config", ROOT / "pyproject.toml"]
        done = subprocess.run([*command, tmp_path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
