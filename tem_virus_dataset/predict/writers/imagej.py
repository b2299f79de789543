"""The particles of a micrograph as a zip of ImageJ's ROIs, for its ROI Manager and for Fiji.

ImageJ itself opens no MRC. In Fiji Bio-Formats does, whose reader takes the first row for the
lowest; y of an MRC therefore counts from there.
"""

import collections
import dataclasses
import io
import zipfile

from tem_virus_dataset.files import optional
from tem_virus_dataset.predict.writers import marks, picking
from tem_virus_dataset.predict.writers.result import MicrographResult, ParticleRow

LARGEST = 2**15 - 1  # whole pixels in a ROI are of 16 bits; fractions, which win, have no limit
DAY = (1980, 1, 1, 0, 0, 0)  # of the files in the zip, so that equal ROIs are equal files


def check_package() -> None:
    """Raise `DatasetError` where roifile is not installed."""
    optional.package("roifile", "roifile", "--formats roi")


def roi_zip(result: MicrographResult) -> bytes:
    """Return a zip with a rectangle for each particle, or a point where it has no size.

    ROIs are named by class and number (`Adenovirus-0001`), coloured as in the overlay, and have
    class, confidence and novelty among their properties. Coordinates have fractions of pixels, from
    the top left corner of the image as Fiji shows it.
    """
    out = io.BytesIO()
    counts: collections.Counter[str] = collections.Counter()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for particle in result.particles:
            label = result.names[particle.label].replace("/", "_")
            counts[label.casefold()] += 1
            name = f"{label}-{counts[label.casefold()]:04d}"
            entry = zipfile.ZipInfo(f"{name}.roi", DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, _roi(result, particle, name))
    return out.getvalue()


def _roi(result: MicrographResult, particle: ParticleRow, name: str) -> bytes:
    import roifile

    if picking.is_mrc(result.file):
        particle = dataclasses.replace(particle, y=result.height - particle.y)
    if particle.is_point:
        roi = roifile.ImagejRoi.frompoints([(float(particle.x), float(particle.y))], name=name)
        roi.roitype = roifile.ROI_TYPE.POINT
        roi.options = roifile.ROI_OPTIONS.SUB_PIXEL_RESOLUTION
    else:
        x0, y0, x1, y1 = particle.corners
        left, top, right, bottom = (min(max(round(v), 0), LARGEST) for v in (x0, y0, x1, y1))
        roi = roifile.ImagejRoi(
            roitype=roifile.ROI_TYPE.RECT,
            options=roifile.ROI_OPTIONS.SUB_PIXEL_RESOLUTION,
            name=name,
            left=left, top=top, right=right, bottom=bottom,
            xd=x0, yd=y0, widthd=particle.width, heightd=particle.height,
        )  # fmt: skip
    style = marks.style(particle.label, result.is_unknown(particle))
    roi.stroke_color = b"\xff" + bytes.fromhex(style.colour.removeprefix("#"))
    properties: dict[str, str | bool] = {
        "class": result.names[particle.label],
        "confidence": f"{particle.confidence:.4f}",
        "most_similar": result.classes[particle.most_similar],
    }
    if particle.is_uncertain is not None:
        properties["uncertain"] = particle.is_uncertain
    if particle.novelty == particle.novelty:
        properties["novelty"] = f"{particle.novelty:.4f}"
    roi.properties = properties
    return bytes(roi.tobytes())
