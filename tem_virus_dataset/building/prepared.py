"""Read prepared examples, in any of the formats they may be written in."""

import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import tensorflow_datasets as tfds

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import progress
from tem_virus_dataset.files.arguments import did_you_mean


def examples(
    builder: tfds.core.DatasetBuilder, decoders: Mapping[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """Read every example of a config, split by split, with a progress bar.

    Args:
      decoders: as for `tfds.load`; `{"image": tfds.decode.SkipDecoding()}` keeps the PNGs.

    Yields:
      The features of the config, as NumPy arrays; label as int, texts as str.

    Raises:
      DatasetError: a file is damaged, or a package is missing that reads the format.
    """
    features = builder.info.features
    text_keys = [k for k, f in features.items() if isinstance(f, tfds.features.Text)]
    for split in facts.SPLITS:
        total = builder.info.splits[split].num_examples
        read, damage = _reader(builder, decoders)
        try:
            for example in progress.bar(read(split), split, total, leave=False):
                texts = {key: example[key].decode() for key in text_keys}
                yield {**example, **texts, "label": int(example["label"])}
        except damage as error:  # TFDS seldom names the file
            raise DatasetError(
                f"{builder.data_dir}, split {split}: damaged ({error}); expected {total} intact "
                "examples. Delete the folder and prepare the config again."
            ) from error


def written_format(given: Any) -> str:
    """Return the name of a format to write: "tfrecord", "array_record" or "riegeli".

    Args:
      given: a name or a `tfds.core.FileFormat`.

    Raises:
      DatasetError: there is no such format, or TFDS loses examples in it.
    """
    name = str(getattr(given, "value", given))
    expected = "expected tfrecord (for tfds.load) or array_record (for tfds.data_source)."
    if name == "parquet":
        raise DatasetError(
            "file_format=parquet: TFDS loses examples when it writes this format; " + expected
        )
    known = [one.value for one in tfds.core.FileFormat if one.value != "parquet"]
    if name not in known:
        guess = did_you_mean(name.lower(), known)
        raise DatasetError(f"file_format={name}: no such format{guess}; {expected}")
    return name


def require_writer(file_format: str, where: str) -> None:
    """Raise `DatasetError` where the package that writes a format is not installed.

    Args:
      file_format: as `written_format` returns it; where: the folder, for the message.
    """
    if file_format in ("array_record", "riegeli"):
        require(file_format, where)
    elif not importlib.util.find_spec("tensorflow"):
        raise DatasetError(
            f"{where}: the format is {file_format}, which TensorFlow writes, and TensorFlow is not "
            "installed. Install it with pip install tensorflow. Or install array_record and "
            "opencv-python-headless, and add --file-format array_record (for tfds.data_source)."
        )


def require(package: str, where: str) -> None:
    """Raise `DatasetError` where a package is missing that a format needs."""
    if not importlib.util.find_spec(package):
        uses = {
            "array_record": "array_record, which takes the package of that name",
            "riegeli": "riegeli, which takes the package of that name",
            "cv2": "array_record, whose 16-bit images TFDS decodes with OpenCV",
        }
        remedy = (
            "Choose tfrecord or array_record."
            if package == "riegeli"
            else "In the clone of this project: pip install '.[notebook]'"
        )
        raise DatasetError(
            f"{where}: the format is {uses[package]}; expected it to be installed. {remedy}"
        )


def _reader(builder: tfds.core.DatasetBuilder, decoders: Any) -> tuple[Any, Any]:
    """Return what reads a split, and the errors that mean damage."""
    if builder.info.file_format == tfds.core.FileFormat.ARRAY_RECORD:
        for package in ("array_record",) if decoders else ("array_record", "cv2"):
            require(package, str(builder.data_dir))
        return lambda split: _source(builder, split, decoders), RuntimeError
    if not importlib.util.find_spec("tensorflow"):
        raise DatasetError(
            f"{builder.data_dir}: prepared as {builder.info.file_format.value}, which TensorFlow "
            "reads, and TensorFlow is not installed. Install it with pip install tensorflow, or "
            "prepare the config as array_record in another --data-dir."
        )
    import tensorflow as tf  # here: its import takes seconds

    def read(split: str) -> Iterable[dict[str, Any]]:
        return tfds.as_numpy(builder.as_dataset(split=split, decoders=decoders))

    return read, tf.errors.OpError


def _source(
    builder: tfds.core.DatasetBuilder, split: str, decoders: Any
) -> Iterable[dict[str, Any]]:
    source = builder.as_data_source(split=split, decoders=decoders)
    return (source[index] for index in range(len(source)))
