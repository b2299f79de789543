"""Entries of a folder that a person laid out: without hidden ones, however they are spelled."""

import os
import posixpath
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

_HIDDEN = re.compile(
    r"\..*|~\$.*|.*~|.*:Zone\.Identifier|Icon\r|thumbs\.db|desktop\.ini|ehthumbs\.db"  # files
    r"|.*\.aux\.xml"  # of GDAL and QGIS, beside images
    r"|__MACOSX|@eaDir|[#@]recycle|\$RECYCLE\.BIN|System Volume Information|lost\+found",
    re.IGNORECASE,
)
SPLITS = {  # also in Spanish, Portuguese, Italian, French, German, Chinese and Japanese
    "train": (
        "train", "training", "entrenamiento", "treino", "treinamento", "addestramento",
        "entraînement", "entrainement", "apprentissage", "训练", "训练集", "訓練", "学習",
    ),
    "validation": (
        "validation", "valid", "val", "validación", "validacion", "validação", "validacao",
        "validazione", "validierung", "验证", "验证集", "驗證", "検証",
    ),
    "test": ("test", "testing", "prueba", "pruebas", "teste", "测试", "测试集", "測試", "テスト"),
}  # fmt: skip
TABLES = ("pixel_sizes.csv", "predicted.csv", "splits.csv")  # of this project, no annotations
_RESULTS = ("done", "particles"), ("done", "overlays")  # sub-folders; the latter of version 1
_DONE = (".json", ".sha256")  # what a prediction writes into the first
_REST = re.compile(r"[ _-]?(20\d\d|set|data|images|imgs|split)$")  # of train2017, train_set


def is_hidden(name: str) -> bool:
    """Return whether a system keeps a file or folder of this name for itself, such as `._a.png`.

    Among them are previews that a network drive makes, and recycle bins: what they hold was
    deleted, or is there twice.

    >>> is_hidden("._a.png"), is_hidden("Thumbs.db"), is_hidden("$RECYCLE.BIN"), is_hidden("a.png")
    (True, True, True, False)
    """
    return bool(_HIDDEN.fullmatch(name))


def entries(folder: Path) -> list[Path]:
    """Return the entries of a folder by name, without hidden ones; none where it is no folder."""
    if not folder.is_dir():
        return []
    inside = (path for path in folder.iterdir() if not is_hidden(path.name))
    return sorted(inside, key=lambda path: path.name)


def folders(folder: Path) -> list[Path]:
    """Return the folders among the entries, without results of `tem-virus predict`."""
    return [path for path in entries(folder) if path.is_dir() and not is_results(path)]


def is_results(folder: Path) -> bool:
    """Return whether a folder holds the results of a prediction, also of an interrupted one.

    What is in it is no micrograph, and no label that anybody has drawn. Somebody's own folders may
    have the same names: `done` of a prediction holds no file of another kind.
    """
    if not any(all((folder / name).is_dir() for name in names) for names in _RESULTS):
        return False
    files = (path for path in (folder / "done").rglob("*") if path.is_file())
    return all(file.suffix in _DONE or is_hidden(file.name) for file in files)


def files(folder: Path) -> list[Path]:
    """Return the files among the entries."""
    return [path for path in entries(folder) if path.is_file()]


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and in those below it, without hidden ones.

    Links are followed, but not into a folder that was visited.
    """
    for here in _folders_below(folder):
        yield from files(here)


def dead_links_below(folder: Path) -> Iterator[Path]:
    """Yield the links in a folder and in those below it whose target is missing."""
    for here in _folders_below(folder):
        yield from (path for path in entries(here) if path.is_symlink() and not path.exists())


def _folders_below(folder: Path) -> Iterator[Path]:
    """Yield a folder and those below it, each once."""
    seen = {os.path.realpath(folder)}
    waiting = [folder]
    while waiting:
        here = waiting.pop(0)
        yield here
        for path in folders(here):
            if (real := os.path.realpath(path)) not in seen:
                seen.add(real)
                waiting.append(path)


def spelling(text: str) -> str:
    """Return a name in composed letters: macOS writes é as e with an accent of its own."""
    return unicodedata.normalize("NFC", text)


def class_name(text: str) -> str:
    """Return the name of a class: in composed letters, with single blanks.

    >>> class_name(" virus  (full) ")
    'virus (full)'
    """
    return spelling(" ".join(text.split()))


def folded(text: str) -> str:
    """Return a name that is the same for every spelling, with capitals or without."""
    return spelling(text).casefold()


def child(folder: Path, *names: str) -> Path | None:
    """Return the first of these entries that a folder has, with whatever capitals."""
    there = {folded(path.name): path for path in reversed(entries(folder))}
    return next((there[folded(name)] for name in names if folded(name) in there), None)


def normal_path(text: str) -> str:
    """Return a path with `/`, without `.` and `..` where they are not needed.

    >>> normal_path("./a/../b.png")
    'b.png'
    """
    return posixpath.normpath(text.strip().replace("\\", "/"))


def is_there(path: Path) -> bool:
    """Return whether a path exists; not one that no file system could hold."""
    try:
        return path.exists()
    except OSError:  # a name that is too long
        return False


def below(folder: Path, relative: str) -> Path | None:
    """Return the file or folder at a relative path, however it is spelled, also as on Windows."""
    path = folder / relative
    if is_there(path):
        return path
    here: Path | None = folder
    for part in relative.replace("\\", "/").split("/"):
        if here is None:
            return None
        if part == "..":
            here = here.parent
        elif part not in ("", "."):
            here = child(here, part)
    return here


def split_of(name: str) -> str | None:
    """Return the split that a name means, or None.

    >>> split_of("Valid"), split_of("train2017"), split_of("test_set"), split_of("trainval")
    ('validation', 'train', 'test', None)
    """
    word = _REST.sub("", folded(name))
    return next((split for split, names in SPLITS.items() if word in names), None)


def split_in(name: str) -> str | None:
    """Return the one split that a longer name speaks of, or None.

    >>> split_in("instances_val2017"), split_in("train_annotations"), split_in("train_test")
    ('validation', 'train', None)
    """
    words = re.findall(r"[^\W\d_]+", folded(name))
    found = {split for split, names in SPLITS.items() if set(words) & set(names)}
    return found.pop() if len(found) == 1 else None
