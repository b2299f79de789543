"""Read whole micrographs with boxes: a prepared config, an exported file, or a user's folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.classification import npz_file as of_patches
from benchmark.classification import user_folder as of_classes
from benchmark.classification.data import About
from benchmark.data import prepared
from benchmark.data.boxes import centred
from benchmark.detection import npz_file, user_folder
from benchmark.detection.data import Scene, Scenes, alike
from benchmark.runs import tasks
from tem_virus_dataset import facts
from tem_virus_dataset.building import content_hash

MIRRORED_NM = 1.0  # nm per pixel of a config whose examples do not say it, see `BoxesConfig`


def describe(data: str, data_dir: Path | None = None) -> About:
    """Say what `load` would read, without reading a picture.

    A config that needs no download is prepared if it is not; raises what `load` raises.
    """
    tasks.check(data, tasks.task(data), tasks.DETECTION)
    if data.startswith(of_classes.PREFIX):
        return user_folder.listed(of_classes.path(data)).about
    if data.endswith(".npz"):
        return of_patches.describe(Path(data))
    return prepared.describe(data, data_dir)


def load(data: str, data_dir: Path | None = None) -> Scenes:
    """Read a config, prepared before, a file that `benchmark.export` wrote, or a user's folder.

    Args:
      data: `tem_virus/mirror_11class_boxes`, `tem_exosome/CONFIG`, the path of an .npz file, or
        `folder:PATH`.
      data_dir: folder of the prepared data sets; default is TFDS's own.

    Returns:
      The scenes of each split in the order of their ids; uint8 where every count of the config
      fits, else uint16. The hash of a config is the one that `tem_virus_dataset verify` prints.

    Raises:
      DatasetError: the config is not prepared, or an annotation of a folder is wrong.
      BenchmarkError: unknown config, broken file or folder, or data for a classifier.
    """
    tasks.check(data, tasks.task(data), tasks.DETECTION)
    if data.startswith(of_classes.PREFIX):
        return user_folder.read(of_classes.path(data))
    if data.endswith(".npz"):
        return npz_file.read(Path(data))
    builder = prepared.builder(data, data_dir)
    digests, scenes = {}, []
    for example in builder.examples():
        digests[example["id"]] = builder.builder_config.digest(example)
        scenes.append(_scene(example))
    splits: dict[str, list[Scene]] = {split: [] for split in facts.SPLITS}
    for scene in alike(sorted(scenes, key=lambda scene: scene.id)):
        splits[scene.id.partition("/")[0]].append(scene)
    classes, digest = builder.builder_config.classes, content_hash.content_hash(digests)
    return Scenes(data, str(builder.version), classes, digest, splits)


def _scene(example: Mapping[str, Any]) -> Scene:
    from tem_virus_dataset.building.micrograph_configs import object_arrays

    image = example["image"][..., 0]
    if image.max() <= np.iinfo(np.uint8).max:
        image = image.astype(np.uint8)  # at once: half of the memory
    bbox, labels = object_arrays(dict(example))
    height, width = image.shape
    corners = bbox.astype(np.float64)[:, [1, 0, 3, 2]] * [width, height, width, height]
    size = float(example.get("nm_per_pixel", MIRRORED_NM))
    boxes = centred(corners).astype(np.float32)
    return Scene(example["id"], image, boxes, labels, None if np.isnan(size) else size)
