"""The names of a YOLO folder's classes: `data.yaml`, or a line for each in `classes.txt`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import optional
from tem_virus_dataset.files.tree import Blob

TEXTS, YAMLS = ("classes.txt", "labels.txt"), ("data.yaml", "data.yml")


def read(places: Sequence[Path], given: Sequence[str]) -> Sequence[str]:
    """Return the classes' names in the order of the class index.

    Args:
      places: folders to search, the first is named in errors; given: by the user, may be
        empty.

    Raises:
      DatasetError: no file names them, or two sources differ.
    """
    stated: dict[str, list[str]] = {"the argument": list(given)} if given else {}
    for place in dict.fromkeys(places):
        for path in (place / name for name in YAMLS):
            if path.is_file():
                stated[str(path)] = _of_yaml(path)
        for path in (place / name for name in TEXTS):
            if path.is_file():
                lines = Blob(path.read_bytes(), str(path)).lines()
                stated[str(path)] = [line.strip() for line in lines if line.strip()]
    stated = {where: names for where, names in stated.items() if names}
    if len({tuple(names) for names in stated.values()}) == 1:
        where, names = next(iter(stated.items()))
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise DatasetError(
                f"{where}: class {twice[0]!r} is there twice; expected every name once. Labels "
                "name a class by its place in the list: give the second another name."
            )
        return names
    found = " and ".join(f"{', '.join(names)} in {where}" for where, names in stated.items())
    fault = f"classes {found}" if stated else "no names of classes"
    raise DatasetError(
        f"{places[0]}: {fault}; expected one list of them, in data.yaml or a line for each "
        "in classes.txt. Write it into the folder."
    )


def _of_yaml(path: Path) -> list[str]:
    yaml = optional.package("yaml", "PyYAML", str(path))

    try:
        content: Any = yaml.safe_load(path.read_bytes())
        names = content["names"]
        if isinstance(names, Mapping):  # by index
            names = [names[index] for index in range(len(names))]
        if not (names and isinstance(names, list)):
            raise TypeError("names are no list")
        return [str(name) for name in names]
    except (yaml.YAMLError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise DatasetError(
            f"{path}: cannot be read ({str(error).splitlines()[0]}); expected `names: [...]`. "
            "Correct the file, or remove it and write classes.txt."
        ) from error
