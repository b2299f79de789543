"""What a config holds, in fewer lines than a terminal has."""

import textwrap

import tensorflow_datasets as tfds

WIDTH = 79  # characters


class ShortInfo(tfds.core.DatasetInfo):
    """`tfds.core.DatasetInfo` that prints its main facts; its attributes hold the rest.

    TFDS prints the whole card of the data set, some 200 lines.
    """

    def initialize_from_bucket(self) -> None:
        """Do nothing: TFDS's bucket has none of this, and a look leaves an empty folder in /tmp."""

    def __repr__(self) -> str:
        """Return name, folder, size, features and splits in at most 24 lines."""
        features = {key: _short(repr(value)) for key, value in self.features.items()}
        width = max(map(len, features))
        splits = ", ".join(f"{name} {split.num_examples}" for name, split in self.splits.items())
        rows = {
            "config": self.config_description,
            "data_dir": self.data_dir,
            "format": self.file_format.value if self.file_format else "tfrecord",
            "size": self.dataset_size,
            "splits": splits or "not prepared",
            "supervised": self.supervised_keys,
            "homepage": self.homepage,
        }
        return "\n".join(
            (
                f"tfds.core.DatasetInfo of {self.full_name}",
                *(line for name, value in rows.items() for line in _wrapped(name, str(value))),
                "  features",
                *(f"    {key:{width}} {text}"[:WIDTH] for key, text in features.items()),
                "  .description, .citation and .features hold the whole card.",
            )
        )


def _wrapped(name: str, text: str) -> list[str]:
    """Return a row of the table; a long text goes on in the next lines, a path is not broken."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=f"  {name:10} ",
        subsequent_indent=" " * 13,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _short(text: str) -> str:
    """Return a representation in one line."""
    return " ".join(text.replace(",\n", ", ").split())
