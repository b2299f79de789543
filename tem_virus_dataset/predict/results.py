"""The results of one micrograph, as the bytes of files by their kind."""

from collections.abc import Mapping, Sequence

from tem_virus_dataset.formats.info_strip import InfoStrip
from tem_virus_dataset.formats.pixel_size import PixelSize
from tem_virus_dataset.formats.read import Micrograph
from tem_virus_dataset.predict import outputs, overlay, tables
from tem_virus_dataset.predict.particles import Particles


def files(
    file: str,
    content: Micrograph,
    particles: Particles,
    classes: Sequence[str],
    size: PixelSize,
    strip: InfoStrip,
) -> Mapping[str, bytes]:
    """Return what `outputs.write` writes of a micrograph.

    Args:
      file: name of the micrograph; content: what was read of it; size: of its pixels.
      strip: rows of the image that are no part of the micrograph.
    """
    table = tables.particles_table(file, particles, classes, size)
    results = {
        "particles": table.encode(*outputs.CODING),
        "overlays": overlay.png(content.image, particles, classes, size.nm, strip),
    }
    if not particles.are_points:  # points have no boxes
        results["labels"] = tables.yolo_labels(particles, content.image.shape).encode()
    return results
