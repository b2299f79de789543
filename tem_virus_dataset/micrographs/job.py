"""The unit of work: one micrograph, from the bytes of its files to its examples."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from tem_virus_dataset.files.tree import Blob, File

Item = TypeVar("Item")


@dataclasses.dataclass(frozen=True)
class Job:
    """One micrograph's examples, counted before any image is read.

    Reading apart, all is a pure function of the bytes. A job can be pickled and run in another
    process.

    Attributes:
      split: train, validation or test.
      class_name: the virus, or the set of micrographs, spelled as on disk.
      stem: name of the micrograph, without suffix; its full name is `split/Class/stem`.
      count: how many examples there are.
      files: to be read, in the order in which `decode` takes their contents.
      decode: turns the contents of the files into a micrograph or patches, and
        raises `DatasetError` for a faulty file.
      cut: turns what was decoded into the items that become examples.
    """

    split: str
    class_name: str
    stem: str
    count: int
    files: tuple[File, ...]
    decode: Callable[[Sequence[Blob]], Any]
    cut: Callable[[Any], Iterable[Any]]

    @property
    def folder(self) -> str:
        """`split/Class`, the beginning of every id."""
        return f"{self.split}/{self.class_name}"

    @property
    def micrograph(self) -> str:
        """`split/Class/stem`."""
        return f"{self.folder}/{self.stem}"

    def read(self) -> list[Blob]:
        """Read the files; the one impure step."""
        return [file.blob() for file in self.files]

    def items(self) -> Iterable[Any]:
        """Read, decode and cut."""
        return self.cut(self.decode(self.read()))


def as_single_item(decoded: Item) -> list[Item]:
    """Return what was decoded as the only item: the `Job.cut` of whole micrographs."""
    return [decoded]
