"""The annotated particles of a micrograph: `particle_positions/<stem>_particlepositions.txt`.

`image size`, then `width;height`; then for each particle a line `particleposition` and below it
its points `x;y`, in pixels of the micrograph from the top left. One point is a round particle, two
an oval one, more are its centre line. A line `pixelsize` may occur anywhere; its value, on the
next line, is not used. Blank lines are ignored.
"""

import dataclasses
import math

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.tree import Blob

Point = tuple[float, float]  # x, y in pixels


@dataclasses.dataclass(frozen=True)
class Particles:
    """The annotation of one micrograph.

    Attributes:
      width, height: of the micrograph in pixels.
      points: of every particle, in the order of the file.
    """

    width: int
    height: int
    points: tuple[tuple[Point, ...], ...]

    def centres(self) -> list[Point]:
        """Return where patches are cut: at every point, but once midway between a pair.

        Source: Matuszewski & Sintorn 2021, section 2.2.
        """
        centres: list[Point] = []
        for particle in self.points:
            if len(particle) == 2:
                (x0, y0), (x1, y1) = particle
                centres.append(((x0 + x1) / 2, (y0 + y1) / 2))
            else:
                centres.extend(particle)
        return centres


def parse(blob: Blob) -> Particles:
    """Read the particles of one micrograph.

    Raises:
      DatasetError: a line of another form than described above, no size, no particle, a particle
        without points, or a point outside the micrograph.
    """
    size: Point | None = None
    particles: list[list[Point]] = []
    expects, skips = "", False
    for number, line in enumerate(blob.lines(), start=1):
        where = f"{blob.where}, line {number}"
        word = "".join(line.lower().split())
        if word in ("imagesize", "particleposition"):
            expects, skips = word, False
            if word == "particleposition":
                particles.append([])
        elif word == "pixelsize":
            skips = True
        elif skips or not word:
            skips = skips and not word
        elif expects == "imagesize":
            size, expects = _point(line, where), ""
        elif expects == "particleposition":
            particles[-1].append(_point(line, where))
        else:
            raise _error(where, f"{line!r:.80}", "a line that says what follows")
    if size is None:
        raise _error(blob.where, "no size of the image", "`image size` and `width;height`")
    if not particles or not all(particles):
        found = "a particle without a point" if particles else "no particle"
        raise _error(blob.where, found, "at least one, and a point for each")
    for x, y in (point for particle in particles for point in particle):
        if not (0 <= x <= size[0] and 0 <= y <= size[1]):
            inside = f"points in the image of {size[0]:g}x{size[1]:g} pixels"
            raise _error(blob.where, f"a point at {x:g};{y:g}", inside)
    return Particles(int(size[0]), int(size[1]), tuple(tuple(p) for p in particles))


def _point(line: str, where: str) -> Point:
    try:
        x, y = (float(value.replace(",", ".")) for value in line.strip().rstrip(";").split(";"))
        if not (math.isfinite(x) and math.isfinite(y)):
            raise ValueError("no finite number")
    except ValueError as error:
        raise _error(where, f"{line!r:.80}", "two numbers, `x;y`") from error
    return x, y


def _error(where: str, found: str, expected: str) -> DatasetError:
    return DatasetError(f"{where}: {found}; expected {expected}. Restore the published file.")
