"""Configs whose examples are whole micrographs."""

from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from tem_virus_dataset.building import content_hash
from tem_virus_dataset.building.config import Config, image_feature
from tem_virus_dataset.formats import image_file
from tem_virus_dataset.micrographs.boxed_micrograph import BoxedMicrograph
from tem_virus_dataset.micrographs.job import Job
from tem_virus_dataset.micrographs.micrograph import Micrograph


class MicrographsConfig(Config):
    """Whole micrographs at their own pixel size, with the points of their particles.

    An example: `image` (height, width, 1) uint16 raw counts; `nm_per_pixel` float64; `points`
    (n, 2) float32 x, y in pixels of the image; `particle` (n,) int32, the index of the particle
    that each point belongs to: one point is a round particle, two an oval one, more a centre line.
    """

    def features(self) -> dict[str, Any]:
        """See `Config`."""
        return {
            "image": image_feature(None, None),
            "nm_per_pixel": exact_number(),
            "points": tfds.features.Tensor(shape=(None, 2), dtype=np.float32),
            "particle": tfds.features.Tensor(shape=(None,), dtype=np.int32),
        }

    def encode(self, job: Job, item: Micrograph) -> tuple[str, dict[str, Any]]:
        """See `Config`."""
        particles = item.particles.points
        return job.micrograph, {
            "image": image_file.png16(item.image),
            "nm_per_pixel": item.nm_per_pixel,
            "points": np.array([point for points in particles for point in points], np.float32),
            "particle": np.repeat(np.arange(len(particles)), [len(p) for p in particles]).astype(
                np.int32
            ),
        }

    def digest(self, example: dict[str, Any]) -> str:
        """See `Config`; over label, pixels, pixel size and points."""
        more = [np.asarray(example[k]) for k in ("nm_per_pixel", "points", "particle")]
        image = example["image"]
        return content_hash.example_digest(
            example["label"], image, np.array(image.shape, np.int64), *more
        )


class BoxesConfig(Config):
    """Whole micrographs at 1 nm per pixel with a box for each particle, for detection.

    An example: `image` (height, width, 1) uint16 raw counts; `objects`: `bbox` (n, 4) float32
    ymin, xmin, ymax, xmax as fractions of the image, and `label` (n,) int64.
    """

    def features(self) -> dict[str, Any]:
        """See `Config`."""
        return {"image": image_feature(None, None), "objects": objects_feature(self.label())}

    def encode(self, job: Job, item: BoxedMicrograph) -> tuple[str, dict[str, Any]]:
        """See `Config`."""
        return job.micrograph, {
            "image": image_file.png16(item.image),
            "objects": objects(item.corners(), item.image.shape, job.class_name),
        }

    def digest(self, example: dict[str, Any]) -> str:
        """See `Config`; over label, pixels and boxes."""
        image = example["image"]
        shape = np.array(image.shape, np.int64)
        return content_hash.example_digest(example["label"], image, shape, *object_arrays(example))


def exact_number() -> tfds.features.Tensor:
    """Return the feature of a float64.

    It is stored as bytes, since TFDS writes other numbers as float32. 10 * 1.05 and 10 * 1.0499999
    round differently, and so would the shapes of rescaled micrographs.
    """
    return tfds.features.Tensor(shape=(), dtype=np.float64, encoding=tfds.features.Encoding.BYTES)


def objects_feature(label: tfds.features.ClassLabel) -> tfds.features.Sequence:
    """Return the feature of an image's boxes and their classes."""
    return tfds.features.Sequence({"bbox": tfds.features.BBoxFeature(), "label": label})


def objects(corners: np.ndarray, shape: tuple[int, ...], class_name: str) -> list[dict[str, Any]]:
    """Return boxes of one class in the form of `objects_feature`.

    Args:
      corners: (n, 4) x0, y0, x1, y1 in pixels; shape: of the image, (height, width).
    """
    height, width = shape
    return [
        {"bbox": tfds.features.BBox(y0, x0, y1, x1), "label": class_name}
        for x0, y0, x1, y1 in (corners / [width, height, width, height]).tolist()
    ]


def object_arrays(example: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return an example's boxes (n, 4) float32 and labels (n,) int64; a data source gives lists."""
    bbox, label = example["objects"]["bbox"], example["objects"]["label"]
    return np.asarray(bbox, np.float32).reshape(-1, 4), np.asarray(label, np.int64)
