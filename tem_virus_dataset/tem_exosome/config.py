"""The features of an example of `tem_exosome`."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from tem_virus_dataset.building import content_hash
from tem_virus_dataset.building.config import Config, image_feature
from tem_virus_dataset.building.micrograph_configs import (
    exact_number,
    object_arrays,
    objects,
    objects_feature,
)
from tem_virus_dataset.formats import image_file
from tem_virus_dataset.micrographs import instances
from tem_virus_dataset.micrographs.job import Job
from tem_virus_dataset.micrographs.masked_micrograph import MaskedMicrograph

CLASS = "exosome"


@dataclasses.dataclass(eq=False, kw_only=True)
class ExosomesConfig(Config):
    """Whole micrographs of exosomes; the rows of `expected` are their sets.

    An example: `image` (height, width, 1) uint16 raw counts; `mask` of that shape, uint16, 0 for
    background and else the number of an exosome; `objects`: `bbox` (n, 4) float32 ymin, xmin, ymax,
    xmax as fractions of the image, and `label` (n,) int64, all of one class; `small`, the number of
    instances too small for a box; `nm_per_pixel` float64; `set`.

    Attributes:
      diameters: of the vesicles, as text; by default as the field defines exosomes.
    """

    diameters: str = "30-150 nm"

    @property
    def classes(self) -> tuple[str, ...]:
        """The one class."""
        return (CLASS,)

    def class_of(self, job: Job) -> str:
        """See `Config`."""
        return CLASS

    def size_of(self, row: str) -> str:
        """See `Config`."""
        return self.diameters

    def features(self) -> dict[str, Any]:
        """See `Config`."""
        return {
            "image": image_feature(None, None),
            "mask": image_feature(None, None),
            "objects": objects_feature(self.label()),
            "small": tfds.features.Scalar(np.int32),
            "nm_per_pixel": exact_number(),
            "set": tfds.features.Text(),
        }

    def encode(self, job: Job, item: MaskedMicrograph) -> tuple[str, dict[str, Any]]:
        """See `Config`."""
        boxes = instances.boxes(item.mask)
        return job.micrograph, {
            "image": image_file.png16(item.image),
            "mask": image_file.png16(item.mask),
            "objects": objects(boxes.corners, item.image.shape, CLASS),
            "small": boxes.small,
            "nm_per_pixel": item.nm_per_pixel,
            "set": item.group,
        }

    def digest(self, example: dict[str, Any]) -> str:
        """See `Config`; over label, pixels, mask, boxes and pixel size."""
        image, mask = example["image"], np.asarray(example["mask"], np.uint16)
        shape = np.array(image.shape, np.int64)
        size = np.asarray(example["nm_per_pixel"], np.float64)
        more = shape, mask, *object_arrays(example), size
        return content_hash.example_digest(example["label"], image, *more)

    def tally(self, example: dict[str, Any]) -> Mapping[str, int]:
        """See `Config`."""
        return {
            "exosomes with a box": len(object_arrays(example)[0]),
            f"instances of fewer than {instances.FEWEST} pixels, without one": int(
                example["small"]
            ),
        }
