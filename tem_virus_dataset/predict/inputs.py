"""The image files of a prediction, and the name of each one's results."""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.compressed import kind
from tem_virus_dataset.formats.read import READERS


@dataclasses.dataclass(frozen=True)
class InputImage:
    """A file, and its path below the folder that was given, as POSIX: it names the results."""

    path: Path
    file: str

    @property
    def name(self) -> str:
        """`file` without its suffix."""
        return self.file[: -len(self.path.suffix)] if self.path.suffix else self.file


def list_images(paths: Sequence[Path], out: Path) -> list[InputImage]:
    """List files as they are given, and those of folders and their sub-folders, sorted.

    Args:
      out: folder of the results, which is left out where it lies in one of these.

    Raises:
      DatasetError: a path does not exist, a folder has no image, or two images have one name.
    """
    images: dict[str, InputImage] = {}
    for path in paths:
        if path.is_dir() and path.resolve().is_relative_to(out.resolve()):
            raise DatasetError(
                f"--out {out}: the images of {path} are in it; expected another folder, since "
                "results are no micrographs. Name one."
            )
        in_path = list(_in_folder(path, out)) if path.is_dir() else [InputImage(path, path.name)]
        if not in_path or not path.exists():
            reason = "no micrograph in it" if path.exists() else "no such file"
            raise DatasetError(
                f"{path}: {reason}; expected a file, or a folder with files of "
                f"{', '.join(READERS)}."
            )
        for image in in_path:
            other = images.setdefault(image.name.lower(), image)
            if other.path != image.path:
                raise DatasetError(
                    f"{image.path}: its results would have the name of those of {other.path}; "
                    "expected names that differ. Give one of them another --out, or rename it."
                )
    return list(images.values())


def _in_folder(folder: Path, out: Path) -> Iterator[InputImage]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if kind(path) not in READERS or hidden or not path.is_file():
            continue
        if not path.resolve().is_relative_to(out.resolve()):
            yield InputImage(path, path.relative_to(folder).as_posix())
