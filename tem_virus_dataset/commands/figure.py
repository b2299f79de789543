"""`tem-virus figure`: a contact sheet with one example of every class or set."""

import hashlib
import io
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow_datasets as tfds
from PIL import Image

from tem_virus_dataset import facts
from tem_virus_dataset.building import prepared
from tem_virus_dataset.commands.contact_sheet import contact_sheet
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import atomic


def write(builder: Any, out: Path, seed: int = 0, side: int = 0) -> dict[str, str]:
    """Write the contact sheet of a config, whole or not at all; an existing file is replaced.

    Args:
      builder: of a prepared config.
      out: ends in .png; its folder is created if absent.
      seed: another seed chooses other examples.
      side: see `contact_sheet`.

    Returns:
      The id of the chosen example, by class.

    Raises:
      DatasetError: the config is not prepared or damaged, or `out` is no name of a PNG or cannot be
        written.
    """
    if out.suffix.lower() != ".png" or out.is_dir():
        found = "a folder" if out.is_dir() else "no name of a PNG"
        raise DatasetError(
            f"{out}: {found}; expected the name of a file that ends in .png as --out. Give another."
        )
    builder.check_prepared()
    examples, counts = choose(builder, seed)
    image = contact_sheet(builder.builder_config, builder.info.full_name, examples, counts, side)
    try:
        with atomic.replacing(out) as file:
            image.save(file, "PNG", optimize=True)
    except OSError as error:
        raise DatasetError(
            f"{out}: cannot be written ({error.strerror or error}); expected a place to write to. "
            "Name another as --out."
        ) from error
    return {name: example["id"] for name, example in examples.items()}


def choose(builder: Any, seed: int) -> tuple[dict[str, dict[str, Any]], facts.Counts]:
    """Choose an example of train for every class (or set) that has one, and count all examples.

    The choice depends on the seed and the ids alone, not on the format or order of the files. Only
    the chosen images are decoded, so neither TensorFlow nor OpenCV is needed for array_record.

    Returns:
      Examples by class, `image` (height, width); and the counts per class and split.
    """
    rows = builder.builder_config.expected
    counted: Counter[tuple[str, str]] = Counter()
    best: dict[str, tuple[bytes, dict[str, Any]]] = {}
    undecoded = {"image": tfds.decode.SkipDecoding()}
    for example in prepared.examples(builder, undecoded):
        split, name, _ = example["id"].split("/", 2)
        counted[name, split] += 1
        rank = hashlib.sha256(f"{seed} {example['id']}".encode()).digest()
        if split == "train" and (name not in best or rank < best[name][0]):
            best[name] = rank, example
    chosen = {}
    for name in sorted(best):
        example = best[name][1]
        chosen[name] = {**example, "image": np.array(Image.open(io.BytesIO(example["image"])))}
    return chosen, {n: {s: counted[n, s] for s in facts.SPLITS} for n in rows}
