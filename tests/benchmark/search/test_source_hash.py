"""What a trial's code is: the network, its training and its evaluation, without comments."""

import importlib.util
import sys
from pathlib import Path

import pytest

from benchmark.models import registry
from benchmark.search.source_hash import source_hash, sources

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
