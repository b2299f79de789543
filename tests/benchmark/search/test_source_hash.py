"""What a trial's code is: the network, its training and its evaluation, without comments."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from project_paths import ROOT

from benchmark.models import registry
from benchmark.search.source_hash import (
    differing,
    file_hashes,
    git_diff,
    source_hash,
    sources,
)

BUILD = '''"""A model of a test."""

from benchmark.classification import step_inputs


def build(shape, classes, options):
    return 1
'''


def model(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> registry.Model:
    """A model whose module is a file with this text."""
    file = folder / "model_of_a_test.py"
    file.write_text(text)
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, file.stem, module)
    spec.loader.exec_module(module)
    return registry.Model("test", ("scratch",), module.build)


def test_it_covers_what_a_prediction_depends_on() -> None:
    names = set(sources(registry.model("d4_cnn")))
    assert names >= {
        "benchmark.models.d4_cnn",
        "benchmark.models.layers.d4",
        "benchmark.classification.train",
        "benchmark.classification.step_inputs",
        "benchmark.classification.resident_feed",
        "benchmark.training.loop",
        "benchmark.training.sampling",
        "benchmark.data.d4_transforms",
    }
    assert not names & {"benchmark.models.registry", "benchmark.models.plain_cnn"}


def test_windows_count_only_where_a_recipe_has_them() -> None:
    model = registry.model("plain_cnn")
    windows = "benchmark.data.filament_windows"
    assert windows in sources(model, with_windows=True)
    assert windows not in sources(model)


def test_comments_and_doc_strings_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = source_hash(model(tmp_path, BUILD, monkeypatch))
    documented = BUILD.replace("    return 1", '    """Say it."""\n    # why\n    return 1')
    assert source_hash(model(tmp_path, documented, monkeypatch)) == before


def test_another_number_is_another_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = source_hash(model(tmp_path, BUILD, monkeypatch))
    changed = BUILD.replace("return 1", "return 2")
    assert source_hash(model(tmp_path, changed, monkeypatch)) != before


def test_the_one_hash_of_a_code_does_not_depend_on_how_its_files_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trials and rounds are continued by it: it is of names and sources, as it always was."""
    given = model(tmp_path, BUILD, monkeypatch)
    text = "".join(f"{name}\n{source}\n" for name, source in sources(given).items())
    assert source_hash(given) == hashlib.sha256(text.encode()).hexdigest()


def test_each_file_has_a_hash_and_a_changed_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = model(tmp_path, BUILD, monkeypatch)
    before = file_hashes(given)
    assert len(before) == len(sources(given))
    inside = set(before) - {"model_of_a_test.py"}
    assert inside >= {"benchmark/training/loop.py", "benchmark/classification/train.py"}
    assert all((ROOT / name).is_file() for name in inside)
    assert all(len(value) == 12 for value in before.values())
    documented = BUILD.replace("    return 1", '    """Say it."""\n    # why\n    return 1')
    assert file_hashes(model(tmp_path, documented, monkeypatch)) == before
    changed = file_hashes(model(tmp_path, BUILD.replace("return 1", "return 2"), monkeypatch))
    assert differing(before, changed, ("", "")) == ["model_of_a_test.py"]


def test_a_file_that_only_one_code_has_is_named_with_it() -> None:
    first, second = (file_hashes(registry.model(name)) for name in ("plain_cnn", "d4_cnn"))
    found = differing(first, second, ("only before", "only now"))
    assert "benchmark/models/plain_cnn.py (only before)" in found
    assert "benchmark/models/d4_cnn.py (only now)" in found
    assert "benchmark/models/layers/d4.py (only now)" in found
    assert not [name for name in found if "training" in name]


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_the_command_for_older_trials_shows_what_changed_between_them(tmp_path: Path) -> None:
    def do(command: str, day: int = 1) -> str:
        time = f"2026-01-{day:02}T12:00:00+00:00"
        names = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_COMMITTER_DATE": time}
        return subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, env={**os.environ, **names}, check=True,
            capture_output=True, text=True,
        ).stdout  # fmt: skip

    for folder in ("benchmark/training", "benchmark/classification", "benchmark/models"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "file.py").write_text("")
    (tmp_path / "benchmark" / "data").mkdir()
    do("git init -q")
    for day, name in enumerate(("training", "models", "classification"), 1):
        (tmp_path / "benchmark" / name / "file.py").write_text(f"day = {day}\n")
        identity = "-c user.name=a -c user.email=a@example.org"
        do(f"git add . && git {identity} commit -q -m {name}", day)
    shown = do(git_diff("2026-01-01T18:00:00+00:00", "2026-01-02T18:00:00+00:00"))
    assert "+day = 2" in shown
    assert "day = 1" not in shown
    assert "day = 3" not in shown
    (tmp_path / "benchmark" / "training" / "file.py").write_text("day = 4\n")
    assert "+day = 4" in do(git_diff("2026-01-01T18:00:00+00:00"))
