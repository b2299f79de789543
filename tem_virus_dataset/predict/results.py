"""The results of one micrograph, as the bytes of files by their kind."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.formats.info_strip import InfoStrip
from tem_virus_dataset.formats.pixel_size import PixelSize
from tem_virus_dataset.predict.particles import Particles
from tem_virus_dataset.predict.writers import imagej, overlay, picking, tables, yolo
from tem_virus_dataset.predict.writers.kinds import OF_PIXELS
from tem_virus_dataset.predict.writers.result import MicrographResult, ParticleRow

CODING = "utf-8", "backslashreplace"  # names of files may hold bytes that are no text
WRITERS: dict[str, Callable[[MicrographResult], str | bytes]] = {
    "particles": tables.particles_table,
    "labels": yolo.labels,
    "star": picking.star,
    "box": picking.box,
    "roi": imagej.roi_zip,
}


def of_particles(
    file: str,
    shape: Sequence[int],
    particles: Particles,
    classes: Sequence[str],
    size: PixelSize,
) -> MicrographResult:
    """Return what all files of a micrograph show.

    Numbers are rounded as in the particle table. So a kind of file that is written later, from the
    table, is the same.

    Args:
      file: name of the micrograph; shape: height and width; size: of its pixels.
    """
    rows = zip(
        np.where(particles.is_unknown, len(classes), particles.labels).tolist(),
        particles.labels.tolist(),
        np.round(particles.boxes.astype(np.float64), 2).tolist(),
        np.round(particles.confidence.astype(np.float64), 4).tolist(),
        np.round(particles.novelty.astype(np.float64), 4).tolist(),
        _or_nones(particles.is_uncertain, len(particles)),
        strict=True,
    )
    return MicrographResult(
        file, shape[1], shape[0], size.nm, size.source, tuple(classes),
        tuple(ParticleRow(label, similar, *box, *rest) for label, similar, box, *rest in rows),
    )  # fmt: skip


def _or_nones(values: NDArray[np.bool_] | None, count: int) -> list[bool] | list[None]:
    return [None] * count if values is None else values.tolist()


def files(
    result: MicrographResult,
    kinds: Sequence[str],
    image: NDArray[np.integer] | None,
    strip: InfoStrip,
) -> Mapping[str, bytes]:
    """Return what `outputs.write` writes of a micrograph.

    Args:
      kinds: some of `kinds.SUFFIXES`; image: needed for overlays.
      strip: rows of the image that are no part of the micrograph.
    """
    content = {}
    for kind in kinds:
        if kind in OF_PIXELS:
            assert image is not None
            draw = overlay.jpeg if kind == "overlays" else overlay.png
            content[kind] = draw(image, result, strip)
        else:
            written = WRITERS[kind](result)
            content[kind] = written if isinstance(written, bytes) else written.encode(*CODING)
    return content
