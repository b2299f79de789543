"""What data are for: patches to classify, or micrographs to find particles in."""

from pathlib import Path

from benchmark.classification import npz_file, user_folder
from benchmark.data import prepared
from benchmark.detection import user_folder_layout
from benchmark.errors import BenchmarkError
from benchmark.models.registry import CLASSIFICATION, DETECTION

__all__ = ["CLASSIFICATION", "DETECTION", "check", "task"]


HOLDS = {
    CLASSIFICATION: "patches, each of one class",
    DETECTION: "whole micrographs with a box for each particle",
}
LEARNS = {CLASSIFICATION: "a classifier", DETECTION: "a detector"}
EXAMPLE = {
    CLASSIFICATION: "tem_virus/mirror_11class",
    DETECTION: "tem_virus/mirror_11class_boxes",
}


def task(data: str) -> str:
    """Return which task data are for, without reading a picture.

    Args:
      data: as `--data` takes it.

    Raises:
      BenchmarkError: unknown config, broken file, or a folder that is laid out for neither.
    """
    if data.startswith(user_folder.PREFIX):
        boxed = user_folder_layout.holds_boxes(user_folder.path(data))
    elif data.endswith(".npz"):
        boxed = npz_file.holds_boxes(Path(data))
    else:
        boxed = prepared.holds_boxes(data)
    return DETECTION if boxed else CLASSIFICATION


def check(data: str, found: str, wanted: str, model: str = "") -> None:
    """Refuse data that are for another task.

    Args:
      found: of the data; wanted: by whatever shall use them; model: which one that is, if any.

    Raises:
      BenchmarkError: naming both.
    """
    if found == wanted:
        return
    asked = f"--models {model} --data {data}: {model} is {LEARNS[wanted]}, and" if model else data
    raise BenchmarkError(
        f"{asked}{' the data are' if model else ':'} {HOLDS[found]}, for {LEARNS[found]}; expected "
        f"{HOLDS[wanted]}, such as {EXAMPLE[wanted]}. Name other data, or {LEARNS[found]}."
    )
