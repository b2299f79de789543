"""Reading prepared examples, in whatever format they were written."""

import importlib.util
from collections.abc import Iterable, Iterator
from typing import Any

import tensorflow_datasets as tfds
import tqdm

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError


def examples(builder: tfds.core.DatasetBuilder) -> Iterator[dict[str, Any]]:
    """Read every example of a config, split after split, with a progress bar.

    Yields:
      The features of the config, as NumPy arrays; label as int, id and micrograph as str.

    Raises:
      DatasetError: a file is damaged, or a package is missing that reads the format.
    """
    for split in facts.SPLITS:
        total = builder.info.splits[split].num_examples
        read, damage = _reader(builder)
        try:
            for example in tqdm.tqdm(read(split), split, total, leave=False, disable=None):
                texts = {key: example[key].decode() for key in ("id", "micrograph")}
                yield {**example, **texts, "label": int(example["label"])}
        except damage as error:  # it seldom names the file
            raise DatasetError(
                f"{builder.data_dir}, split {split}: damaged ({error}); expected {total} intact "
                "examples. Delete the folder and prepare the config again."
            ) from error


def _reader(builder: tfds.core.DatasetBuilder) -> tuple[Any, Any]:
    """Return what reads a split, and the errors that mean damage."""
    if builder.info.file_format == tfds.core.FileFormat.ARRAY_RECORD:
        if not importlib.util.find_spec("cv2"):
            raise DatasetError(
                f"{builder.data_dir}: written as array_record, whose 16-bit pictures TFDS decodes "
                "with OpenCV; expected it to be installed: pip install 'tem-virus[notebook]'"
            )
        return lambda split: _source(builder, split), RuntimeError
    import tensorflow as tf  # here, so that what reads nothing starts at once

    return lambda split: tfds.as_numpy(builder.as_dataset(split=split)), tf.errors.OpError


def _source(builder: tfds.core.DatasetBuilder, split: str) -> Iterable[dict[str, Any]]:
    source = builder.as_data_source(split=split)
    return (source[index] for index in range(len(source)))
