"""The kinds of files that a prediction writes, and which of them a user asks for.

What writes each of them is in `predict.results`.
"""

from collections.abc import Sequence

# Of each micrograph, by the name of their folder; the particle tables are always written.
SUFFIXES = {
    "particles": ".csv", "labels": ".txt", "overlays": ".jpg", "overlays-png": ".png",
    "roi": ".zip", "star": ".star", "box": ".box",
}  # fmt: skip
# Named without the suffix of the micrograph: programs pair such files with images by name.
NAMED_BY_STEM = ("labels", "star", "box")
COCO = "coco.json"  # of all micrographs
FOLDERS = {"csv": "particles", "yolo": "labels", "overlays": "overlays",
           "overlays-png": "overlays-png", "roi": "roi", "coco": "", "star": "star",
           "box": "box"}  # fmt: skip
OF_PIXELS = ("overlays", "overlays-png")  # need the micrograph itself, beside its particles
ALL = "all"
FORMATS = (*FOLDERS, ALL)
DEFAULT = ("csv", "yolo", "overlays", "roi")
NEED_BOXES = ("yolo", "coco", "box")


def of_micrographs(formats: Sequence[str], are_points: bool = False) -> tuple[str, ...]:
    """Return the kinds that formats ask for of each micrograph, the particle table first.

    Args:
      formats: some of `FORMATS`; are_points: kinds that need boxes are left out.
    """
    chosen = FOLDERS if ALL in formats else formats
    kinds = (FOLDERS[name] for name in chosen if not (are_points and name in NEED_BOXES))
    return tuple(dict.fromkeys(("particles", *filter(None, kinds))))


def has_coco(formats: Sequence[str]) -> bool:
    """Return whether the file of all boxes is asked for."""
    return bool({"coco", ALL} & set(formats))
