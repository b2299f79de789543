"""The rooms of the packages: their order, no circles, their size, and what they say they hold.

The folders of the tests are as small, and each of their modules has a name of its own.

Imports are read with `ast`, those within functions, too: a module that is imported late is still a
dependency. `if TYPE_CHECKING` counts as well.
"""

import ast
import functools
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from project_paths import ROOT

MOST_MODULES = 16  # of a folder, without `__init__`
MOST_WORDS = 25  # of a folder's sentence

# A room may import from those before it. Names are relative to the package; a room holds the
# folders below it that are not listed themselves. The package's own `__init__` comes last.
ORDER = {
    "leaderboard": [
        ["interruption"], ["errors"], ["facts"], ["tasks"], ["typed_number"],
        ["files"], ["ground_truth"], ["predictions"], ["metrics"], ["scoring"], ["results"],
        ["ranking"], ["cached_rows"], ["simulation"], ["submission"], ["tables"], ["open_set"],
        ["figures"], ["site"],
        ["score", "submit", "submit_conditions", "render", "intervals"],
    ],
    "tem_virus_dataset": [
        ["interruption"], ["errors"], ["facts"], ["tasks"],
        ["typed_number"], ["files"], ["user_table"], ["micrographs"], ["formats"],
        ["annotations.folders"], ["annotations"], ["splits"],
        ["sources"], ["phantoms"], ["networks"], ["predict"], ["corrections"], ["app"],
        ["bioimageio"],
        ["building"], ["conditions"], ["audit"], ["tem_virus"], ["tem_exosome"], ["builders"],
        ["commands"], ["__main__"],
    ],
    "benchmark": [
        ["errors"], ["facts"],
        ["machine"], ["data"], ["models.layers"], ["models"], ["training"], ["classification"],
        ["detection.yolo"], ["detection"], ["tasks"],
        ["network_files"], ["runs"], ["official"], ["search"], ["novelty"], ["open_set"],
        ["conditions"], ["learning_curve"], ["report"], ["speed"], ["predict"], ["releasing"],
        ["run", "export", "export_model", "release", "ground_truth", "tta", "two_step"],
    ],
}  # fmt: skip
MAY_IMPORT = {
    "leaderboard": set[str](),
    "tem_virus_dataset": set[str](),
    "benchmark": {"leaderboard", "tem_virus_dataset"},
}


def files(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def module_of(file: Path) -> str:
    """Name a file's module as it is imported: `benchmark.data`, `benchmark.data.npz`."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def modules() -> dict[str, Path]:
    return {module_of(file): file for package in ORDER for file in files(package)}


@functools.cache
def imports(module: str) -> frozenset[str]:
    """Return the modules of the packages that a module imports, wherever the line stands."""
    return frozenset(_imports(ast.parse(modules()[module].read_text(encoding="utf-8")), module))


def _imports(tree: ast.AST, module: str) -> Iterator[str]:
    for node in ast.walk(tree):
        names: Iterable[str] = ()
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: a relative import"
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in modules() else str(node.module) for name in below]
        for name in names:
            if name.partition(".")[0] in ORDER and name != module:
                assert name in modules(), f"{module} imports {name}, which does not exist"
                yield name


def room_of(module: str) -> int:
    """Return the place of a module's room in the order of its package."""
    package, _, rest = module.partition(".")
    order = ORDER[package]
    if not rest:
        return len(order)
    places = {name: place for place, names in enumerate(order) for name in names}
    parts = rest.split(".")
    for length in range(len(parts), 0, -1):
        if (name := ".".join(parts[:length])) in places:
            return places[name]
    raise AssertionError(f"{module} is in no room of the order")


@pytest.mark.parametrize("package", ORDER)
def test_every_module_imports_only_from_rooms_before_its_own(package: str) -> None:
    wrong = [
        f"{module} -> {name}"
        for module in map(module_of, files(package))
        for name in sorted(imports(module))
        if name.partition(".")[0] == package and name != package and room_of(name) > room_of(module)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("package", ORDER)
def test_packages_import_only_those_below_them(package: str) -> None:
    wrong = [
        f"{module} -> {name}"
        for module in map(module_of, files(package))
        for name in sorted(imports(module))
        if name.partition(".")[0] not in MAY_IMPORT[package] | {package}
    ]
    assert not wrong, "\n".join(wrong)


def folder_of(module: str) -> str:
    """Return the folder that a module's file lies in, as a module."""
    return module if modules()[module].name == "__init__.py" else module.rpartition(".")[0]


def circle(edges: dict[str, set[str]]) -> list[str]:
    """Return the nodes of a circle in a graph, in their order; [] where there is none."""
    state: dict[str, int] = {}

    def visit(node: str, path: list[str]) -> list[str]:
        state[node] = 1
        for following in sorted(edges.get(node, ())):
            if state.get(following) == 1:
                return [*path[path.index(following) :], following]
            if following not in state and (found := visit(following, [*path, following])):
                return found
        state[node] = 2
        return []

    for node in edges:
        if node not in state and (found := visit(node, [node])):
            return found
    return []


def test_a_circle_is_seen() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}}) == []


def test_no_circle_between_folders() -> None:
    """The packages themselves, with their commands and what all share, are no such folder."""
    edges: dict[str, set[str]] = {}
    for module in modules():
        for name in imports(module):
            ends = folder_of(module), folder_of(name)
            if ends[0] != ends[1] and not set(ends) & set(ORDER):
                edges.setdefault(ends[0], set()).add(ends[1])
    assert not circle(edges)


@pytest.mark.parametrize("folder", sorted({folder_of(module) for module in modules()}))
def test_no_circle_between_the_modules_of_a_folder(folder: str) -> None:
    inside = {module for module in modules() if folder_of(module) == folder} - {folder}
    assert not circle({module: set(imports(module)) & inside for module in inside})


@pytest.mark.parametrize("folder", sorted({folder_of(module) for module in modules()}))
def test_a_folder_is_small_and_says_in_one_sentence_what_it_holds(folder: str) -> None:
    path = ROOT.joinpath(*folder.split("."))
    names = [file.name for file in path.glob("*.py") if file.name != "__init__.py"]
    assert len(names) <= MOST_MODULES, names
    file = path / "__init__.py"
    assert file.exists()
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    sentence = text.partition("\n\n")[0].replace("\n", " ")
    assert sentence.endswith("."), f"{file}: {text!r}"
    assert ". " not in sentence, f"{file}: more than one sentence"
    assert len(sentence.split()) <= MOST_WORDS, f"{file}: {len(sentence.split())} words"


def modules_of_tests() -> dict[Path, list[str]]:
    """Name the modules of every folder of the tests, by folder."""
    folders: dict[Path, list[str]] = {}
    for file in sorted((ROOT / "tests").rglob("*.py")):
        folders.setdefault(file.parent.relative_to(ROOT), []).append(file.stem)
    return folders


@pytest.mark.parametrize("folder", modules_of_tests(), ids=str)
def test_a_folder_of_the_tests_is_small(folder: Path) -> None:
    names = modules_of_tests()[folder]
    assert len(names) <= MOST_MODULES, names


def test_modules_of_the_tests_differ_in_name() -> None:
    """They are imported by name alone, whichever folder they are in."""
    names = [name for several in modules_of_tests().values() for name in several]
    twice = {name for name in names if names.count(name) > 1} - {"conftest"}
    assert not twice
