"""A micrograph with three particles at places that no flip or swap leaves as they are."""

import math

from tem_virus_dataset.predict.writers.result import MicrographResult, ParticleRow

CLASSES = ("Ebola", "Orf")
BOXES = [(10.0, 5.0, 41.0, 20.0), (290.0, 145.0, 20.0, 30.0), (100.0, 92.0, 20.0, 18.0)]  # corner


def result(file="a.tif", are_points=False, novelty=0.5):
    """Return the result: an Orf, an uncertain Ebola, and an unknown particle like Orf.

    Args:
      novelty: of the first two; nan: the third is an Orf, too.
    """
    strange = 1.25 if novelty == novelty else math.nan
    about = [(1, 1, 0.9, novelty, False), (0, 0, 0.6, novelty, True)]
    about.append((2 if novelty == novelty else 1, 1, 0.5, strange, True))
    rows = []
    for (x, y, width, height), (label, similar, confidence, distance, doubt) in zip(
        BOXES, about, strict=True
    ):
        size = (math.nan, math.nan) if are_points else (width, height)
        centre = x + width / 2, y + height / 2
        rows.append(ParticleRow(label, similar, *centre, *size, confidence, distance, doubt))
    return MicrographResult(file, 400, 200, 2.0, "a test", CLASSES, tuple(rows))
