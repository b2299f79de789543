"""The TFDS builder of `tem_virus`."""

import contextlib
import errno
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import filelock
import numpy as np
import tensorflow_datasets as tfds
import tqdm
from PIL import Image

from tem_virus_dataset import configs, content, facts
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.patch import Job

SHAPE = (facts.PATCH, facts.PATCH)
NO_SPACE = os.strerror(errno.ENOSPC)


class Builder(tfds.core.GeneratorBasedBuilder):
    """Virus patches from transmission electron micrographs (Matuszewski & Sintorn 2021).

    An example: `image` (256, 256, 1) uint16 raw counts at 1 nm per pixel, `label`, `id`
    ("split/Class/name", unique) and `micrograph` ("split/Class/stem").
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}  # noqa: RUF012 (read by TFDS as it stands)
    BUILDER_CONFIGS = configs.CONFIGS
    MANUAL_DOWNLOAD_INSTRUCTIONS = (
        f"patches_14class: download all files of {facts.HOMEPAGE} and leave the zip as it is. "
        "mirror_11class: the folder with images/ and labels/ of the public mirror. "
        "phantom_14class needs nothing."
    )

    def _info(self) -> tfds.core.DatasetInfo:
        image = tfds.features.Image(shape=(*SHAPE, 1), dtype=np.uint16, encoding_format="png")
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "image": image,
                    "label": tfds.features.ClassLabel(names=list(self.builder_config.classes)),
                    "id": tfds.features.Text(),
                    "micrograph": tfds.features.Text(),
                }
            ),
            supervised_keys=("image", "label"),
            homepage=facts.HOMEPAGE,
        )

    def _split_generators(self, dl_manager: tfds.download.DownloadManager) -> dict[str, Any]:
        config = self.builder_config
        manual_dir = _manual_dir(dl_manager) if config.manual else Path()
        jobs = config.jobs(manual_dir)
        found: dict[tuple[str, str], int] = {}
        for job in jobs:
            key = (job.split, job.class_name)
            found[key] = found.get(key, 0) + job.count
        content.check_counts(found, config.expected, str(manual_dir))
        depths: dict[np.dtype, str] = {}
        return {
            split: self._generate_examples([j for j in jobs if j.split == split], depths)
            for split in facts.SPLITS
        }

    def _generate_examples(
        self, jobs: list[Job], depths: dict[np.dtype, str]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        for job in jobs:
            for patch in job.patches():
                _check(patch.image, patch.file, depths)
                name = f"{job.folder}/{patch.name}"
                yield (
                    name,
                    {
                        "image": _png(patch.image),
                        "label": job.class_name,
                        "id": name,
                        "micrograph": f"{job.folder}/{job.stem}",
                    },
                )

    def download_and_prepare(self, *, file_format: Any = None, **kwargs: Any) -> None:
        """Build the config unless it is there; see `tfds.core.DatasetBuilder`.

        Raises:
          DatasetError: bad input, no space, or another build of this config is going on. Nothing
            half made stays behind.
        """
        chosen = getattr(file_format or self.info.file_format, "value", file_format)
        if chosen == "parquet":
            raise DatasetError(
                "file_format=parquet: TFDS loses examples when it writes this format; expected "
                "tfrecord (for tfds.load) or array_record (for tfds.data_source)."
            )
        if self.data_path.exists():  # TFDS moves it there whole, so it is complete
            return super().download_and_prepare(file_format=file_format, **kwargs)
        folder = Path(self.data_dir).parent
        with _whole_or_nothing(folder, self.builder_config.megabytes):
            super().download_and_prepare(file_format=file_format, **kwargs)
        return None

    def check_prepared(self) -> None:
        """Raise `DatasetError` where the config has not been built in this data_dir."""
        if not self.data_path.exists():
            raise DatasetError(
                f"{self.data_dir}: not prepared. Run `python -m tem_virus_dataset prepare "
                f"{self.builder_config.name}` with the same --data-dir."
            )

    def examples(self) -> Iterator[dict[str, Any]]:
        """Read every prepared example, split after split, with a progress bar.

        Yields:
          image (256, 256, 1) uint16, label int, id str, micrograph str.

        Raises:
          DatasetError: the config is not prepared, or a file of it is damaged.
        """
        self.check_prepared()
        import tensorflow as tf  # here, so that what reads nothing starts at once

        for split in facts.SPLITS:
            total = self.info.splits[split].num_examples
            dataset = tfds.as_numpy(self.as_dataset(split=split))
            try:
                for example in tqdm.tqdm(dataset, split, total, leave=False, disable=None):
                    yield {
                        "image": example["image"],
                        "label": int(example["label"]),
                        "id": example["id"].decode(),
                        "micrograph": example["micrograph"].decode(),
                    }
            except tf.errors.OpError as error:  # it seldom names the file
                raise DatasetError(
                    f"{self.data_dir}, split {split}: damaged ({error}); expected {total} intact "
                    "examples. Delete the folder and prepare the config again."
                ) from error


def _manual_dir(dl_manager: tfds.download.DownloadManager) -> Path:
    try:
        return Path(dl_manager.manual_dir)
    except (AssertionError, NotADirectoryError) as error:  # the former: absent or empty
        raise DatasetError(
            f"{error}\nThe folder is --manual-dir of `python -m tem_virus_dataset prepare`, and "
            "tfds.download.DownloadConfig(manual_dir=...) in Python."
        ) from error


def _png(image: np.ndarray) -> bytes:
    """Encode as 16-bit PNG, at the fast level: TFDS's own encoder takes five times as long."""
    buffer = io.BytesIO()
    Image.fromarray(image.astype(np.uint16)).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _check(image: np.ndarray, file: str, depths: dict[np.dtype, str]) -> None:
    """Refuse a patch of another size, or of another depth than the first one met."""
    if image.shape != SHAPE:
        raise DatasetError(
            f"{file}: {image.shape[1]}x{image.shape[0]} pixels; expected {SHAPE[1]}x{SHAPE[0]}. "
            "Put the published file in its place."
        )
    first = depths.setdefault(image.dtype, file)
    if len(depths) > 1:
        others = "; ".join(f"{dtype} in {where}" for dtype, where in depths.items())
        raise DatasetError(
            f"{first}: depth differs among the files ({others}); expected one depth throughout. "
            "Put the published file in its place."
        )


@contextlib.contextmanager
def _whole_or_nothing(folder: Path, megabytes: int) -> Iterator[None]:
    """Build alone, with space enough, and leave nothing half made in `folder`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free // 2**20
        if free < megabytes:
            raise OSError(f"{NO_SPACE}: {free} MB free")
        with filelock.FileLock(folder / ".build.lock", timeout=0):
            _remove_half_made(folder)
            yield  # TFDS clears away what it has half made, unless it is killed
    except filelock.Timeout as error:
        raise DatasetError(
            f"{folder}: another build of this config is going on (lock {error.lock_file}); "
            "expected to be alone. Wait until it has ended, then load the data."
        ) from error
    except (OSError, RuntimeError) as error:  # TFDS makes the latter of TensorFlow's own error
        if NO_SPACE not in str(error):
            raise
        raise DatasetError(
            f"{folder}: not enough disk space ({error}); expected {megabytes} MB. Free some, or "
            "choose another --data-dir. Nothing was written."
        ) from error


def _remove_half_made(folder: Path) -> None:
    """Delete what a killed build has left; only called while the lock is held."""
    for left in folder.glob("incomplete.*"):
        shutil.rmtree(left, ignore_errors=True)
