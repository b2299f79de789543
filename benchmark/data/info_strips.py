"""Info strips in a user's own images for training: counted and named, not cut off.

Predictions leave them out. Here boxes and scores belong to the complete image, so a strip stays;
its black and white then take contrast from the micrograph.
"""

from collections.abc import Mapping
from pathlib import Path

from tem_virus_dataset.annotations.folders.faults import counted
from tem_virus_dataset.formats.info_strip import InfoStrip

SHOWN = 3  # files that a warning names


def warning(root: Path, strips: Mapping[Path, InfoStrip], images: int) -> str:
    """Return a warning of the images of a folder with an info strip, "" where none has one.

    Args:
      strips: by file, of all or of some images; images: their number in all.
    """
    found = {file: strip for file, strip in strips.items() if strip}
    if not found:
        return ""
    names = "; ".join(f"{file.name}: {strip}" for file, strip in list(found.items())[:SHOWN])
    more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return (
        f"{root}: found an info strip in {len(found)} of {counted(images, 'image')} ({names}"
        f"{more}); expected micrographs without text. They are used as they are, with less "
        "contrast, while predictions leave strips out. Cut the strips off, and export the boxes "
        "for the cut images."
    )
