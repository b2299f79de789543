"""The code that a trial depends on, as one hash: the network, its training and its evaluation.

Folds of one trial must come from one code, or their difference would say nothing. Comments, doc
strings and the layout of lines are left out: changing them changes no number.
"""

import ast
import hashlib
import importlib.util
import inspect
from collections.abc import Iterator
from pathlib import Path

from benchmark.models.registry import Model

ENTRIES = ("benchmark.classification.train", "benchmark.classification.evaluate")
WINDOWS = "benchmark.data.filament_windows"  # training patches that a recipe may add
ROOMS = ("benchmark.classification.", "benchmark.training.", "benchmark.models.", "benchmark.data.")
EXCEPT = ("benchmark.models.registry", "benchmark.models.checkpoint")  # no network depends on them


def source_hash(model: Model, with_windows: bool = False) -> str:
    """Return the sha256 of the source of a model, and of all that trains and evaluates it.

    Args:
      with_windows: whether the recipe adds windows along filaments.
    """
    lines = [f"{name}\n{source}\n" for name, source in sources(model, with_windows).items()]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def sources(model: Model, with_windows: bool = False) -> dict[str, str]:
    """Return the source by module, ordered by name.

    These are the modules of the rooms `ROOMS` that the model's own module, `train` and `evaluate`
    import, directly or through others.
    """
    entries = (*ENTRIES, WINDOWS) if with_windows else ENTRIES
    own = inspect.getmodule(model.build)
    waiting = [(str(own.__name__), str(own.__file__)) for own in [own] if own]
    waiting += [(name, file) for name in entries if (file := _file(name))]
    text_of: dict[str, str] = {}
    while waiting:
        name, file = waiting.pop()
        if name in text_of:
            continue
        tree = ast.parse(Path(file).read_text(encoding="utf-8"))
        text_of[name] = ast.unparse(_without_docstrings(tree))
        waiting += [(n, f) for n in _imported(tree) if n.startswith(ROOMS) and (f := _file(n))]
    return {name: text_of[name] for name in sorted(text_of) if name not in EXCEPT}


def _file(module: str) -> str | None:
    """Return the source file of a module, None where there is no module of that name."""
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError:  # a function of a module
        return None
    return spec.origin if spec else None


def _imported(tree: ast.Module) -> Iterator[str]:
    """Yield what a module imports: modules, and names in them that may be modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node, clean=False
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return tree
