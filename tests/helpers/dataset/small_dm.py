"""DM3 and DM4 files of whatever images and calibrations; nionswift-io writes the bytes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

Sides = Sequence[tuple[float, str]]  # step and unit of the x-axis, the y-axis, ...


def write(
    path: Path,
    *images: tuple[np.ndarray, Sides | None],
    thumbnail: int | None = None,
    tags: dict | None = None,
):
    """Write images, each with its calibration.

    Args:
      thumbnail: the index of a small copy among them; tags: of each image.
    """
    from nionswift_plugin.DM_IO import dm3_image_utils, parse_dm3

    entries = []
    for pixels, sides in images:
        data = dm3_image_utils.ndarray_to_imagedatadict(np.ascontiguousarray(pixels))
        if sides is not None:
            steps = [{"Origin": 0.0, "Scale": step, "Units": unit} for step, unit in sides]
            data["Calibrations"] = {
                "Dimension": steps,
                "Brightness": {"Origin": 0.0, "Scale": 1.0, "Units": "counts"},
            }
        entries.append({"ImageData": data, **({"ImageTags": tags} if tags else {})})
    tree = {
        "ImageList": entries,
        "ImageSourceList": [
            {"ClassName": "ImageSource:Simple", "Id": [0], "ImageRef": len(images) - 1}
        ],
        "DocumentObjectList": [{"ImageSource": 0, "AnnotationType": 20}],
        "InImageMode": True,
    }
    if thumbnail is not None:
        tree["Thumbnails"] = [{"ImageIndex": thumbnail}]
    with path.open("wb") as file:
        parse_dm3.dm_write_header(file, int(path.suffix[-1]), tree)
    return path
