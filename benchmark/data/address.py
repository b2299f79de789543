"""What `--data` names: a prepared config, an .npz file, or a user's folder.

mirror_11class, tem_virus/mirror_11class, tem_exosome/cbia    a config prepared with TFDS
~/mirror.npz                                     a file that `python -m benchmark.export` wrote
folder:~/micrographs                             a folder of your own images
"""

import dataclasses
from pathlib import Path

from leaderboard.files.names import OWN

DEFAULT_DATASET = "tem_virus"  # of a config that is named without its data set, but for
OTHER_DATASETS = dict.fromkeys(
    ("cbia", "phantom", "sim_to_real", "sim_to_real_aggregates"), "tem_exosome"
)
PREFIX = f"{OWN}:"  # folder:PATH is the data set folder/NAME


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

    >>> address("mirror_11class"), address("cbia")
    ('tem_virus/mirror_11class', 'tem_exosome/cbia')
    """
    if is_folder(text):
        return PREFIX + str(Path(text.removeprefix(PREFIX)).expanduser())
    if is_file(text):
        return str(Path(text).expanduser())
    return text if "/" in text else f"{OTHER_DATASETS.get(text, DEFAULT_DATASET)}/{text}"


def is_folder(data: str) -> bool:
    """Return whether data are a user's folder, `folder:PATH`."""
    return data.startswith(PREFIX)


def is_file(data: str) -> bool:
    """Return whether data are an .npz file."""
    return not is_folder(data) and data.endswith(".npz")


def folder(data: str) -> Path:
    """Return the folder that `folder:PATH` names, absolute."""
    return Path(data.removeprefix(PREFIX)).expanduser().resolve()


def absolute(data: str) -> str:
    """Return the address of the same data that is valid in every working folder."""
    if is_folder(data):
        return f"{PREFIX}{folder(data)}"
    return str(Path(data).expanduser().resolve()) if is_file(data) else data
