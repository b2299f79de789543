"""What `--data` names: a prepared config, an .npz file, or a user's folder.

mirror_11class, tem_virus/mirror_11class, tem_exosome/cbia    a config prepared with TFDS
~/mirror.npz                                     a file that `python -m benchmark.export` wrote
folder:~/micrographs                             a folder of your own images
folder:~/micrographs?nm_per_pixel=0.52           the same, all at 0.52 nm per pixel
"""

import dataclasses
import re
from pathlib import Path

from benchmark.errors import UsageError
from leaderboard.files.arguments import path
from leaderboard.files.names import OWN
from tem_virus_dataset import typed_number
from tem_virus_dataset.formats.pixel_size import LARGEST, SMALLEST

DEFAULT_DATASET = "tem_virus"  # of a config that is named without its data set, but for
OTHER_DATASETS = dict.fromkeys(  # as `tem_virus_dataset.builders` has them, without TFDS
    ("cbia", "phantom", "sim_to_real", "sim_to_real_aggregates"), "tem_exosome"
)
PREFIX = f"{OWN}:"  # folder:PATH is the data set folder/NAME
_SIZE = re.compile(r"\?nm_per_pixel=([^?/]*)\Z")  # at the end of folder:PATH


@dataclasses.dataclass(frozen=True)
class About:
    """Which data: dataset with its config, `tem_virus/mirror_11class`; version; class names."""

    dataset: str
    version: str
    classes: tuple[str, ...]

    @property
    def config(self) -> str:
        """Name of the config, such as `mirror_11class`."""
        return self.dataset.split("/")[1]


def address(text: str) -> str:
    """Complete what a user typed: `~` is the home, a config may lack the name of its data set.

    Raises:
      argparse.ArgumentTypeError: it is an address such as `gs://bucket`, or a pipe.

    >>> address("mirror_11class"), address("cbia")
    ('tem_virus/mirror_11class', 'tem_exosome/cbia')
    """
    if is_folder(text):
        return PREFIX + str(path(text.removeprefix(PREFIX)))
    if is_file(text) or "://" in text:
        return str(path(text))
    return text if "/" in text else f"{OTHER_DATASETS.get(text, DEFAULT_DATASET)}/{text}"


def is_folder(data: str) -> bool:
    """Return whether data are a user's folder, `folder:PATH`."""
    return data.startswith(PREFIX)


def is_file(data: str) -> bool:
    """Return whether data are an .npz file."""
    return not is_folder(data) and data.endswith(".npz")


def folder(data: str) -> Path:
    """Return the folder that `folder:PATH` names, absolute."""
    return Path(_SIZE.sub("", data).removeprefix(PREFIX)).expanduser().resolve()


def nm_per_pixel(data: str) -> float | None:
    """Return the pixel size that the address of a folder gives all its images; None without.

    Raises:
      UsageError: it is no pixel size.

    >>> nm_per_pixel("folder:mine?nm_per_pixel=0.52"), nm_per_pixel("folder:mine")
    (0.52, None)
    """
    found = _SIZE.search(data) if is_folder(data) else None
    if not found:
        return None
    try:
        size = typed_number.read(found[1], float)
    except ValueError:
        size = 0.0
    if not SMALLEST <= size <= LARGEST:
        raise UsageError(
            f"{data}: nm_per_pixel={found[1]}; expected {SMALLEST:g} to {LARGEST:g} nm. Correct it."
        )
    return size


def with_nm_per_pixel(data: str, size: float | None) -> str:
    """Return the address of a folder with a pixel size of all its images; `data` for None.

    Raises:
      UsageError: the data are no folder, of which the pixel sizes are known, or their address has
        another size.
    """
    if size is None:
        return data
    if not is_folder(data):
        raise UsageError(
            f"--nm-per-pixel: found --data {data} beside it; expected folder:PATH, since the pixel "
            "sizes of other data are known. Leave it out."
        )
    if nm_per_pixel(data) not in (None, size):
        raise UsageError(
            f"--nm-per-pixel {size:g}: found --data {data} beside it; expected one pixel size. "
            "Leave one of them out."
        )
    return f"{_SIZE.sub('', data)}?nm_per_pixel={size:.9g}"


def absolute(data: str) -> str:
    """Return the address of the same data that is valid in every working folder."""
    if is_folder(data):
        return with_nm_per_pixel(f"{PREFIX}{folder(data)}", nm_per_pixel(data))
    return str(Path(data).expanduser().resolve()) if is_file(data) else data
