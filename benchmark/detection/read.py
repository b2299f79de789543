"""Read annotated micrographs: a prepared config, an exported file, or a user's folder."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.data import address, npz, prepared
from benchmark.data.address import About
from benchmark.detection import npz_file, user_folder, user_folder_layout
from benchmark.detection.data import Scene, Scenes, of_one_depth
from benchmark.detection.recipes import DetectionRecipe
from benchmark.errors import BenchmarkError
from tem_virus_dataset import facts
from tem_virus_dataset.annotations.folders.faults import counted
from tem_virus_dataset.building import content_hash
from tem_virus_dataset.corrections import untouched
from tem_virus_dataset.networks.boxes import centred

MOST_PIXELS, MOST_PIXELS_IN_ALL = 2**27, 2**33  # of images that are enlarged to a recipe's scale
NAMED = 3  # images without a label file
MIRRORED_NM = 1.0  # nm per pixel of a config without this field, see `BoxesConfig`


def recognizes(data: str) -> bool:
    """Return whether data are micrographs with boxes; raises what `tasks.of_data` raises."""
    if address.is_folder(data):
        return user_folder_layout.is_laid_out_so(address.folder(data))
    if address.is_file(data):
        return npz.holds(Path(data), npz_file.BOXES)
    config = prepared.config(data)  # reports that TFDS is missing, before it is imported
    from tem_virus_dataset.building.micrograph_configs import BoxesConfig
    from tem_virus_dataset.tem_exosome.config import ExosomesConfig

    return isinstance(config, BoxesConfig | ExosomesConfig)


def describe(data: str, data_dir: Path | None = None) -> About:
    """Describe what `load` would read, without reading an image.

    A config that needs no download is prepared if it is not; raises what `load` raises.
    """
    if address.is_folder(data):
        return _listed(data).about
    if address.is_file(data):
        return npz.describe(Path(data))
    return prepared.describe(data, data_dir)


def load(data: str, data_dir: Path | None = None) -> Scenes:
    """Read a prepared config, a file that `benchmark.export` wrote, or a user's folder.

    Args:
      data: `tem_virus/mirror_11class_boxes`, `tem_exosome/CONFIG`, the path of an .npz file, or
        `folder:PATH`, of micrographs with boxes.
      data_dir: folder of the prepared data sets; default is TFDS's own.

    Returns:
      The scenes of each split in the order of their ids; uint8 where every count of the config
      fits, else uint16. The hash of a config is the one that `tem-virus verify` prints.

    Raises:
      DatasetError: the config is not prepared, or an annotation of a folder is invalid.
      BenchmarkError: unknown config, damaged file or folder.
    """
    if address.is_folder(data):
        return user_folder.read(address.folder(data), address.nm_per_pixel(data))
    if address.is_file(data):
        return npz_file.read(Path(data))
    builder = prepared.builder(data, data_dir)
    digests, scenes = {}, []
    for example in builder.examples():
        digests[example["id"]] = builder.builder_config.digest(example)
        scenes.append(_scene(example))
    splits: dict[str, list[Scene]] = {split: [] for split in facts.SPLITS}
    for scene in of_one_depth(sorted(scenes, key=lambda scene: scene.id)):
        splits[scene.id.partition("/")[0]].append(scene)
    classes, digest = builder.builder_config.classes, content_hash.content_hash(digests)
    return Scenes(data, str(builder.version), classes, digest, splits)


def _scene(example: Mapping[str, Any]) -> Scene:
    from tem_virus_dataset.building.micrograph_configs import object_arrays

    image = example["image"][..., 0]
    if image.max() <= np.iinfo(np.uint8).max:
        image = image.astype(np.uint8)  # before the next is read: half of the memory
    bbox, labels = object_arrays(dict(example))
    height, width = image.shape
    corners = bbox.astype(np.float64)[:, [1, 0, 3, 2]] * [width, height, width, height]
    size = float(example.get("nm_per_pixel", MIRRORED_NM))
    boxes = centred(corners).astype(np.float32)
    return Scene(example["id"], image, boxes, labels, None if np.isnan(size) else size)


def notice(data: str) -> str:
    """Return how a user's folder is understood; "" for other data.

    It is one line, another where images have no label file, and another where labels are as
    `tem-virus correct` wrote them: both may be an oversight.
    """
    if not address.is_folder(data):
        return ""
    listing = _listed(data)
    line = f"{data}: {listing.notice}; {listing.sizes.notice}"
    if same := untouched.notice(address.folder(data)):
        line = f"{line}\nwarning: {same}"
    missing = [str(p.path) for p in listing.pictures.values() if not p.is_labelled]
    if not missing:
        return line
    images = counted(len(missing), "image")
    return (
        f"{line}\nwarning: {data}: {images} without a label file, taken as background: "
        f"{', '.join(missing[:NAMED])}{', ...' * (len(missing) > NAMED)}. If particles are in "
        "them, add their label files."
    )


def _listed(data: str) -> user_folder.Listing:
    return user_folder.listed(address.folder(data), address.nm_per_pixel(data))


def preflight(data: str, used: Iterable[DetectionRecipe] = ()) -> None:
    """Read a user's folder once, so that its faults are reported before any run.

    Args:
      used: recipes that are to be trained with.

    Raises:
      BenchmarkError, DatasetError: an image or an annotation cannot be used, or the images would
        be too large at the scale of a recipe.
    """
    if not address.is_folder(data):
        return
    scenes = [scene for several in load(data).splits.values() for scene in several]
    for nm_per_pixel in sorted({recipe.nm_per_pixel for recipe in used}):
        enlarged = [scene for scene in scenes if (scene.nm_per_pixel or 0) > nm_per_pixel]
        pixels = [s.image.size * ((s.nm_per_pixel or 0) / nm_per_pixel) ** 2 for s in enlarged]
        if max(pixels, default=0) > MOST_PIXELS or sum(pixels) > MOST_PIXELS_IN_ALL:
            coarsest = max(scene.nm_per_pixel or 0 for scene in enlarged)
            raise BenchmarkError(
                f"{address.folder(data)}: {len(enlarged)} images have larger pixels than the "
                f"{nm_per_pixel:g} nm of the recipe, up to {coarsest:g} nm; enlarged they would "
                f"have {sum(pixels) / 1e6:.0f} million pixels. Expected up to "
                f"{MOST_PIXELS / 1e6:.0f} in one and {MOST_PIXELS_IN_ALL / 1e6:.0f} in all. "
                f"Correct the pixel sizes, or train with --set nm_per_pixel={coarsest:g}."
            )
