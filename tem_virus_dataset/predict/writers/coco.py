"""COCO JSON: the boxes of all micrographs in one file, for annotation programs and for training."""

import json
from collections.abc import Sequence

from tem_virus_dataset.predict.writers.result import MicrographResult


def dataset(results: Sequence[MicrographResult], categories: Sequence[str]) -> str:
    """Return the JSON of a COCO data set.

    `bbox` is the upper left corner, width and height in pixels; category ids count from 1, in label
    order. Each annotation has its confidence as `score`. Points have no box, and are left out.

    Args:
      categories: names of the classes, in label order.
    """
    images: list[dict[str, object]] = []
    annotations: list[dict[str, object]] = []
    for image_id, result in enumerate(results, 1):
        images.append(
            {
                "id": image_id,
                "file_name": result.file,
                "width": result.width,
                "height": result.height,
                "nm_per_pixel": result.nm_per_pixel,
            }
        )
        for particle in result.particles:
            if particle.is_point:
                continue
            x0, y0, _, _ = particle.corners
            box = [round(value, 2) for value in (x0, y0, particle.width, particle.height)]
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": image_id,
                    "category_id": particle.label + 1,
                    "bbox": box,
                    "area": round(particle.width * particle.height, 2),
                    "iscrowd": 0,
                    "score": particle.confidence,
                }
            )
    content = {
        "info": {"description": "predictions of tem-virus"},
        "images": images,
        "annotations": annotations,
        "categories": [{"id": i, "name": name} for i, name in enumerate(categories, 1)],
    }
    return json.dumps(content, indent=1) + "\n"
