"""Coordinates for programs of cryo-EM: RELION's STAR files, and EMAN's box files.

Both take rows of an MRC file as they are stored. RELION counts them from the first row, as our
pictures do. EMAN shows the first row of an MRC file at the bottom, and turns other kinds over as it
reads them; its y therefore counts rows of an MRC from the first, rows of other kinds from the last.
"""

from tem_virus_dataset.formats.compressed import OPENERS
from tem_virus_dataset.formats.instruments import mrc
from tem_virus_dataset.formats.read import UNPACKED
from tem_virus_dataset.predict.writers.result import MicrographResult

# also packed, such as .mrc.gz
MRC = tuple(kind for kind, opener in UNPACKED.items() if opener is mrc.open_pictures)
STAR_COLUMNS = (
    "rlnCoordinateX", "rlnCoordinateY", "rlnClassNumber", "rlnAnglePsi",
    "rlnAutopickFigureOfMerit",
)  # fmt: skip


def star(result: MicrographResult) -> str:
    """Return the coordinates of a micrograph as RELION's picking writes them.

    x and y are of the centres in pixels, y downwards from the first row. The class number is 1 for
    the first class; a comment names the classes. The figure of merit is the confidence.
    """
    used = sorted({particle.label for particle in result.particles})
    lines = ["", "# version 30001", ""]
    lines += [f"# class {label + 1}: {result.names[label]}" for label in used]
    lines += ["data_", "", "loop_"]
    lines += [f"_{name} #{place}" for place, name in enumerate(STAR_COLUMNS, 1)]
    lines += [
        f"{particle.x:.2f} {particle.y:.2f} {particle.label + 1} 0 {particle.confidence:.4f}"
        for particle in result.particles
    ]
    return "\n".join(lines) + "\n\n"


def box(result: MicrographResult) -> str:
    """Return the boxes of a micrograph as EMAN's boxer does, a line `x y width height` each.

    x and y are of the corner that EMAN shows at the lower left, whole pixels, y upwards.
    """
    lines = []
    for particle in result.particles:
        if particle.is_point:
            continue
        x0, y0, _, y1 = particle.corners
        lower = y0 if is_mrc(result.file) else result.height - y1
        values = (x0, lower, particle.width, particle.height)
        lines.append("\t".join(str(round(value)) for value in values) + "\n")
    return "".join(lines)


def is_mrc(file: str) -> bool:
    """Return whether a file is one of MRC, also a packed one, by its name."""
    name = file.lower()
    for suffix in OPENERS:
        name = name.removesuffix(suffix)
    return name.endswith(MRC)
