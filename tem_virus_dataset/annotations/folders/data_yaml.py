"""`data.yaml` of a YOLO folder: the names of the classes, and where the splits are."""

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tem_virus_dataset.annotations.folders import entries
from tem_virus_dataset.annotations.folders.entries import SPLITS
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import optional

NAMES, ENDINGS = ("data.yaml", "data.yml"), (".yaml", ".yml")


@dataclasses.dataclass(frozen=True)
class DataYaml:
    """What such a file states.

    Attributes:
      names: of the classes, in the order of their index.
      base: its `path`, which the places are relative to; "" where it has none.
      splits: the places of each split that it names: folders of images, or lists of them.
    """

    path: Path
    names: tuple[str, ...]
    base: str = ""
    splits: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)


def find(folder: Path) -> DataYaml | None:
    """Read data.yaml of a folder, or else the one YAML file of another name that has its keys.

    Raises:
      DatasetError: it cannot be read, or its names are not one list without gaps.
    """
    if path := entries.child(folder, *NAMES):
        return read(path) if path.is_file() else None
    others = [path for path in entries.files(folder) if path.suffix.casefold() in ENDINGS]
    likely = [path for path in others if _is_likely(path)]
    if len(likely) > 1:
        raise DatasetError(
            f"{likely[1]}: names classes, and so does {likely[0].name}; expected one such file, "
            "data.yaml. Move the other away."
        )
    return read(likely[0]) if likely else None


def read(path: Path) -> DataYaml:
    """Read one file; words that YAML takes for numbers or truth values stay as they are written.

    Raises:
      DatasetError: see `find`.
    """
    yaml = optional.package("yaml", "PyYAML", str(path))
    try:
        # BaseLoader: `no` and `0010` are names, neither False nor 8
        content: Any = yaml.load(path.read_bytes(), yaml.BaseLoader)
        if not isinstance(content, dict):
            raise TypeError("no `names`" if content else "nothing in it")
        names = _names(content["names"])
        number = str(content.get("nc", len(names)))
    except (yaml.YAMLError, KeyError, TypeError, ValueError, RecursionError) as error:
        what = "no `names`" if isinstance(error, KeyError) else _reason(error)
        raise DatasetError(
            f"{path}: cannot be read ({what}); expected `names: [...]`. "
            "Correct the file, or remove it and write classes.txt."
        ) from error
    if "kpt_shape" in content:
        raise DatasetError(
            f"{path}: kpt_shape, so the labels are keypoints; expected boxes. Export the labels as "
            "boxes (YOLO detection), and take kpt_shape out."
        )
    if number != str(len(names)):
        raise DatasetError(
            f"{path}: nc is {number}, and there are {len(names)} names ({', '.join(names)}); "
            "expected as many. Correct the one that is wrong."
        )
    splits = {}
    for key, value in content.items():
        split = next((s for s, known in SPLITS.items() if entries.folded(str(key)) in known), None)
        places = tuple(map(str, filter(None, value if isinstance(value, list) else [value])))
        if split and places and not isinstance(value, dict):
            splits[split] = places
    base = content.get("path", "")
    return DataYaml(path, names, base if isinstance(base, str) else "", splits)


def resolved(yaml: DataYaml, text: str, is_file: bool = False) -> Path | None:
    """Return the file or folder that a place of data.yaml means, or None.

    Roboflow writes `../train/images` for what lies beside data.yaml; other programs write paths of
    the machine that they ran on. What lies in the folder wins, then the path as it stands, then
    the longest end of a foreign path that lies in the folder.

    Args:
      is_file: a line of a list of images, which may begin with a folder that is not here.
    """
    home = yaml.path.parent
    text = text.replace("\\", "/")
    parts = [part for part in text.split("/") if part not in ("", ".", "..")]
    places = [home / yaml.base.replace("\\", "/") / text, home / text]
    if text.startswith(".."):
        places.insert(0, home / "/".join(parts))
    if home.name in parts[:-1]:  # from the folder that a program was run in
        places.append(home / "/".join(parts[parts.index(home.name) + 1 :]))
    for path in places:
        if parts and entries.is_there(path):
            return Path(os.path.normpath(path))
    is_foreign = text.startswith("/") or text[1:2] == ":"
    starts = range(len(parts)) if is_foreign or is_file else (0,)
    ends = ("/".join(parts[start:]) for start in starts)
    return next(filter(None, (entries.below(home, end) for end in ends if end)), None)


def _names(names: Any) -> tuple[str, ...]:
    if isinstance(names, Mapping):  # by index
        if wrong := [index for index in names if not str(index).strip().isdigit()]:
            raise ValueError(f"`names` have {wrong[0]!r} in place of the number of a class")
        by_index = {int(index): name for index, name in names.items()}
        missing = sorted(set(range(len(names))) - set(by_index))
        if missing:
            raise ValueError(f"`names` have no entry {missing[0]}")
        names = [by_index[index] for index in range(len(by_index))]
    if not (names and isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise TypeError("`names` are no list of words")
    return tuple(map(entries.class_name, names))


def _reason(error: Exception) -> str:
    """Return why a file cannot be read: of an error of PyYAML, the cause and its line."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    if mark is None or not problem:
        return str(error).splitlines()[0]
    is_path = "escape character" in problem
    hint = ": put paths of Windows between single quotes" if is_path else ""
    hint = ": indent with blanks, not tabs" if r"'\t'" in problem else hint
    return f"line {mark.line + 1}: {problem}{hint}"


def _is_likely(path: Path) -> bool:
    try:
        yaml = optional.package("yaml", "PyYAML", str(path))
        content = yaml.load(path.read_bytes(), yaml.BaseLoader)
    except DatasetError:
        return False
    except (yaml.YAMLError, OSError, ValueError, RecursionError):
        return False
    keys = {str(key).casefold() for key in content} if isinstance(content, dict) else set()
    return "names" in keys and bool(keys & {"nc", "path", *(n for s in SPLITS.values() for n in s)})
