"""The results of a prediction, read from the folder that it wrote."""

import collections
import csv
import dataclasses
import statistics
import zipfile
from pathlib import Path

from tem_virus_dataset.predict.writers import kinds

TOTAL = "all micrographs"


@dataclasses.dataclass(frozen=True)
class Counts:
    """Particles by micrograph and class.

    Attributes:
      classes: that have a particle, in label order; files: micrographs, also those without any.
      numbers: of each file, of each class.
    """

    classes: tuple[str, ...]
    files: tuple[str, ...]
    numbers: tuple[tuple[int, ...], ...]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The table: a line for each file with its sum, and one for all where there are several."""
        lines = [
            (file, str(sum(row)), *map(str, row))
            for file, row in zip(self.files, self.numbers, strict=True)
        ]
        if len(lines) > 1:
            sums = [sum(column) for column in zip(*self.numbers, strict=True)]
            lines.append((TOTAL, str(sum(sums)), *map(str, sums)))
        return lines


def counts(out: Path) -> Counts:
    """Read the counts of all micrographs."""
    files = [row["file"] for row in _rows(out / "micrographs.csv")]
    particles = collections.Counter(
        (row["file"], row["class"]) for row in _rows(out / "particles.csv")
    )
    there = {name for _, name in particles}
    known = (out / "labels" / "classes.txt").read_text("utf-8").splitlines()
    classes = tuple(dict.fromkeys([*(name for name in known if name in there), *sorted(there)]))
    numbers = tuple(tuple(particles[file, name] for name in classes) for file in files)
    return Counts(classes, tuple(files), numbers)


def by_class(out: Path, found: Counts) -> list[tuple[str, str, str, str]]:
    """Return class, count, median diameter in nm, and number of uncertain particles."""
    groups: dict[str, list[dict[str, str]]] = {name: [] for name in found.classes}
    for row in _rows(out / "particles.csv"):
        groups[row["class"]].append(row)
    return [
        (name, str(len(rows)), _median(rows), _uncertain(rows)) for name, rows in groups.items()
    ]


def _uncertain(rows: list[dict[str, str]]) -> str:
    """Return the number of uncertain particles, "" where the model does not tell."""
    known = [row["uncertain"] for row in rows if row["uncertain"]]
    return str(known.count("yes")) if known else ""


def _median(rows: list[dict[str, str]]) -> str:
    sides = ("width", "height", "nm_per_pixel")  # not rounded twice, as in summary.csv
    numbers = [[float(row[name]) for name in sides] for row in rows if row["width"]]
    diameters = [(width + height) / 2 * nm for width, height, nm in numbers]
    return f"{statistics.median(diameters):.1f}" if diameters else ""


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def overlays(out: Path, found: Counts) -> dict[str, Path]:
    """Return the overlays that there are, by micrograph."""
    suffix = kinds.SUFFIXES["overlays"]
    paths = {file: out / "overlays" / f"{file}{suffix}" for file in found.files}
    return {file: path for file, path in paths.items() if path.is_file()}


def pack(out: Path, file: Path) -> None:
    """Write all results into a zip, with the folder's name before each."""
    temporary = file.with_suffix(".tmp")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(out.rglob("*")):
            if path.is_file():
                archive.write(path, Path(out.name) / path.relative_to(out))
    temporary.replace(file)


def diameters(out: Path) -> Path | None:
    """Return the picture of the histogram of diameters, if there is one."""
    file = out / "diameters.png"
    return file if file.is_file() else None
