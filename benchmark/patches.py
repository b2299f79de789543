"""The patches of a config in memory: decoded once, resident as uint8 or uint16."""

from __future__ import annotations

import dataclasses
import importlib.util
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from benchmark.errors import BenchmarkError
from leaderboard.atomic import replacing
from tem_virus_dataset import content, facts

if TYPE_CHECKING:
    from tem_virus_dataset import Builder

T = TypeVar("T")
UNREADABLE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)


@dataclasses.dataclass(frozen=True)
class Patches:
    """All examples of one split.

    Attributes:
      images: (n, 256, 256, 1) uint8 where every count of the config fits, else uint16.
      labels: (n,) int32, index into the config's classes.
      ids: (n,) str, `split/Class/name`; micrographs: (n,) str, `split/Class/stem`.
    """

    images: np.ndarray
    labels: np.ndarray
    ids: np.ndarray
    micrographs: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


@dataclasses.dataclass(frozen=True)
class Data:
    """A whole config, in the order of the ids.

    Attributes:
      config: `tem_virus/mirror_11class`; version: of the data set, `1.0.0`.
      classes: names in label order; content_hash: see `tem_virus_dataset.content`.
      splits: train, validation and test.
    """

    config: str
    version: str
    classes: tuple[str, ...]
    content_hash: str
    splits: dict[str, Patches]


def describe(data: str, data_dir: Path | None = None) -> tuple[str, str, tuple[str, ...]]:
    """Return config, version and classes of what `load` would read, without reading a picture.

    A config that needs no download is prepared if it is not; raises what `load` raises.
    """
    if data.endswith(".npz"):
        about, classes = _read_npz(Path(data), _about)
        return about[0], about[1], classes
    builder = _builder(data, data_dir)
    if not builder.builder_config.manual:
        builder.download_and_prepare()
    builder.check_prepared()
    return data, str(builder.version), builder.builder_config.classes


def load(data: str, data_dir: Path | None = None) -> Data:
    """Read a config, prepared before, or a file that `export` wrote.

    Args:
      data: `tem_virus/CONFIG`, or the path of an .npz file.
      data_dir: folder of the prepared data sets; default is TFDS's own.

    Raises:
      DatasetError: the config is not prepared. BenchmarkError: unknown config or broken file.
    """
    if data.endswith(".npz"):
        return _read_npz(Path(data), _everything)
    builder = _builder(data, data_dir)
    rows = sorted(builder.examples(), key=lambda example: example["id"])
    digests = {r["id"]: content.example_digest(r["label"], r["image"]) for r in rows}
    small = all(int(r["image"].max()) <= np.iinfo(np.uint8).max for r in rows)
    splits = {}
    for split in facts.SPLITS:
        chosen = [r for r in rows if r["id"].startswith(f"{split}/")]
        splits[split] = Patches(
            np.stack([r["image"] for r in chosen]).astype(np.uint8 if small else np.uint16),
            np.array([r["label"] for r in chosen], np.int32),
            np.array([r["id"] for r in chosen]),
            np.array([r["micrograph"] for r in chosen]),
        )
    classes = builder.builder_config.classes
    return Data(data, str(builder.version), classes, content.content_hash(digests), splits)


def export(data: Data, path: Path) -> None:
    """Write a config as one compact .npz, for machines that have no TensorFlow."""
    arrays = {
        f"{split}_{field.name}": getattr(patches, field.name)
        for split, patches in data.splits.items()
        for field in dataclasses.fields(Patches)
    }
    about = np.array([data.config, data.version, data.content_hash])
    with replacing(path) as file:
        np.savez_compressed(file, about=about, classes=np.array(data.classes), **arrays)


def _builder(data: str, data_dir: Path | None) -> Builder:
    for package in ("tensorflow_datasets", "tensorflow"):
        if not importlib.util.find_spec(package):
            raise BenchmarkError(
                f"--data {data}: {package} is not installed, which reads prepared data; expected "
                f"an .npz file here. Write it with `python -m benchmark.export {data} FILE.npz` "
                "on a machine that has it."
            )
    from tem_virus_dataset import Builder

    name, _, config = data.partition("/")
    if name != "tem_virus" or config not in Builder.builder_configs:
        known = ", ".join(f"tem_virus/{c}" for c in Builder.builder_configs)
        raise BenchmarkError(f"--data {data}: unknown; expected one of {known}, or an .npz file.")
    return Builder(config=config, data_dir=data_dir)


def _about(file: Mapping[str, np.ndarray]) -> tuple[tuple[str, str, str], tuple[str, ...]]:
    config, version, digest = (str(value) for value in file["about"])
    return (config, version, digest), tuple(map(str, file["classes"]))


def _everything(file: Mapping[str, np.ndarray]) -> Data:
    (config, version, digest), classes = _about(file)
    names = [field.name for field in dataclasses.fields(Patches)]
    splits = {s: Patches(*(file[f"{s}_{name}"] for name in names)) for s in facts.SPLITS}
    digests = {
        str(name): content.example_digest(int(label), image)
        for patches in splits.values()
        for name, label, image in zip(patches.ids, patches.labels, patches.images, strict=True)
    }
    if content.content_hash(digests) != digest:
        raise ValueError(f"its content is not that of hash {digest[:8]}, which it states")
    return Data(config, version, classes, digest, splits)


def _read_npz(path: Path, read: Callable[[Mapping[str, np.ndarray]], T]) -> T:
    try:
        with np.load(path, allow_pickle=False) as file:
            return read(file)
    except UNREADABLE as error:
        raise BenchmarkError(
            f"{path}: cannot be read ({error}); expected a file that `python -m benchmark.export` "
            "wrote. Write it again."
        ) from error
