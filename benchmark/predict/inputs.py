"""Which files are looked at, and what each is called in the results."""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmark.errors import BenchmarkError
from tem_virus_dataset.formats.read import READERS


@dataclasses.dataclass(frozen=True)
class Picture:
    """A file, and the name of its results: its path below the folder that was given, as POSIX."""

    path: Path
    file: str

    @property
    def name(self) -> str:
        """The same without the ending."""
        return self.file[: -len(self.path.suffix)] if self.path.suffix else self.file


def listed(given: Sequence[Path], out: Path) -> list[Picture]:
    """List files as they are given, and those of folders, sorted, with what lies deeper in them.

    Args:
      out: folder of the results, which is left out where it lies in one of these.

    Raises:
      BenchmarkError: nothing is there, a folder has no picture, or two would have one name.
    """
    found: dict[str, Picture] = {}
    for path in given:
        if path.is_dir() and path.resolve().is_relative_to(out.resolve()):
            raise BenchmarkError(
                f"--out {out}: the pictures of {path} lie in it; expected another folder, since "
                "results are no micrographs. Name one."
            )
        pictures = list(_of_folder(path, out)) if path.is_dir() else [Picture(path, path.name)]
        if not pictures or not path.exists():
            what = "no micrograph in it" if path.exists() else "not there"
            raise BenchmarkError(
                f"{path}: {what}; expected a file, or a folder with files of {', '.join(READERS)}."
            )
        for one in pictures:
            other = found.setdefault(one.name.lower(), one)
            if other.path != one.path:
                raise BenchmarkError(
                    f"{one.path}: its results would have the name of those of {other.path}; "
                    "expected names that differ. Give one of them another --out, or rename it."
                )
    return list(found.values())


def _of_folder(folder: Path, out: Path) -> Iterator[Picture]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() not in READERS or hidden or not path.is_file():
            continue
        if not path.resolve().is_relative_to(out.resolve()):
            yield Picture(path, path.relative_to(folder).as_posix())
