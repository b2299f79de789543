"""The code that a trial depends on, as one hash: the network, its training and its evaluation.

Folds of one trial must come from one code, or their difference would say nothing. Comments, doc
strings and the layout of lines are left out: changing them changes no number. A hash of each file
stands beside the whole one, so that two trials of different code can say where it differs.
"""

import ast
import hashlib
import importlib.util
import inspect
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmark.models.registry import Model

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = ("benchmark.classification.train", "benchmark.classification.evaluate")
WINDOWS = "benchmark.data.filament_windows"  # training patches that a recipe may add
ROOMS = ("benchmark.classification.", "benchmark.training.", "benchmark.models.", "benchmark.data.")
EXCEPT = ("benchmark.models.registry", "benchmark.models.checkpoint")  # no network depends on them
DIGITS = 12  # of the hash of a file


def source_hash(model: Model, with_windows: bool = False) -> str:
    """Return the sha256 of the source of a model, and of all that trains and evaluates it.

    Args:
      with_windows: whether the recipe adds windows along filaments.
    """
    lines = [f"{name}\n{source}\n" for name, source in sources(model, with_windows).items()]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def file_hashes(model: Model, with_windows: bool = False) -> dict[str, str]:
    """Return the first digits of the sha256 of each source, by file.

    Args:
      with_windows: whether the recipe adds windows along filaments.

    Returns:
      By path within the clone, such as `benchmark/training/loop.py`; a file elsewhere has its name.
    """
    return {
        _path(file): hashlib.sha256(source.encode()).hexdigest()[:DIGITS]
        for file, source in _modules(model, with_windows).values()
    }


def differing(
    first: Mapping[str, str], second: Mapping[str, str], only: Sequence[str]
) -> list[str]:
    """Return the files whose hashes differ, ordered by name.

    Args:
      first, second: of `file_hashes`.
      only: what is added to the name of a file that only the first, only the second has.
    """
    names = sorted(name for name in {*first, *second} if first.get(name) != second.get(name))
    return [
        name if name in first and name in second else f"{name} ({only[name in second]})"
        for name in names
    ]


def git_diff(*began: str) -> str:
    """Return a command that shows how the code changed.

    Args:
      began: one or two times, each after the commit that it stands for; where there is one, the
        code is compared with that of the working tree.
    """
    commits = [f"$(git rev-list -1 --before={time} HEAD)" for time in began]
    folders = [room.rstrip(".").replace(".", "/") for room in ROOMS]
    return " ".join(["git diff", *commits, "--", *folders])


def sources(model: Model, with_windows: bool = False) -> dict[str, str]:
    """Return the source by module, ordered by name.

    These are the modules of the rooms `ROOMS` that the model's own module, `train` and `evaluate`
    import, directly or through others.
    """
    return {name: source for name, (_, source) in _modules(model, with_windows).items()}


def _modules(model: Model, with_windows: bool) -> dict[str, tuple[str, str]]:
    """Return file and source of the modules of `sources`, ordered by name."""
    entries = (*ENTRIES, WINDOWS) if with_windows else ENTRIES
    own = inspect.getmodule(model.build)
    waiting = [(str(own.__name__), str(own.__file__)) for own in [own] if own]
    waiting += [(name, file) for name in entries if (file := _file(name))]
    found: dict[str, tuple[str, str]] = {}
    while waiting:
        name, file = waiting.pop()
        if name in found:
            continue
        tree = ast.parse(Path(file).read_text(encoding="utf-8"))
        found[name] = file, ast.unparse(_without_docstrings(tree))
        waiting += [(n, f) for n in _imported(tree) if n.startswith(ROOMS) and (f := _file(n))]
    return {name: found[name] for name in sorted(found) if name not in EXCEPT}


def _path(file: str) -> str:
    path = Path(file).resolve()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


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
