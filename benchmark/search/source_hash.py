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
ROOMS = ("benchmark.classification.", "benchmark.training.", "benchmark.models.", "benchmark.data.")
EXCEPT = ("benchmark.models.registry", "benchmark.models.checkpoint")  # no network depends on them


def source_hash(model: Model) -> str:
    """Return the sha256 of the source of a model, and of all that trains and evaluates it.

    These are the modules of the rooms `ROOMS` that the model's own module, `train` and `evaluate`
    import, directly or through others.
    """
    own = inspect.getmodule(model.build)
    waiting = [(str(own.__name__), str(own.__file__)) for own in [own] if own]
    waiting += [(name, file) for name in ENTRIES if (file := _file(name))]
    sources: dict[str, str] = {}
    while waiting:
        name, file = waiting.pop()
        if name in sources:
            continue
        tree = ast.parse(Path(file).read_text(encoding="utf-8"))
        sources[name] = ast.unparse(_without_docstrings(tree))
        waiting += [(n, f) for n in _imported(tree) if n.startswith(ROOMS) and (f := _file(n))]
    lines = [f"{name}\n{sources[name]}\n" for name in sorted(sources) if name not in EXCEPT]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


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
