"""Results of earlier calls, which lie in the folder beside those of this one."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.predict import outputs
from tem_virus_dataset.predict.inputs import InputImage
from tem_virus_dataset.predict.kept import done_files


def files(out: Path, images: Iterable[InputImage]) -> list[Path]:
    """Return what is kept of the micrographs in a folder of results, other than these images."""
    own = {outputs.path(out, done_files.FOLDER, image) for image in images}
    found = sorted((out / done_files.FOLDER).rglob(f"*{done_files.SUFFIX}"))
    return [file for file in found if file not in own]


def check_classes(out: Path, images: Iterable[InputImage], names: Sequence[str]) -> None:
    """Refuse a folder with labels of other classes: `classes.txt` is one list for all labels.

    A list may be longer than another that begins alike, as with `unknown` as its last class.

    Args:
      images: that are predicted now; names: of their classes, in the order of the labels.

    Raises:
      DatasetError: it is such a folder.
    """
    found = [done_files.read(file) or {} for file in files(out, images)]
    wrong = [
        done
        for done in found
        if outputs.LABELS in done.get("results", ())
        and any(one != other for one, other in zip(done.get("classes", ()), names, strict=False))
    ]
    if wrong:
        raise DatasetError(
            f"--out {out}: holds labels of {len(wrong)} micrographs that are not predicted now, "
            f"such as {wrong[0]['made_of']['file']}, of the classes {_few(wrong[0]['classes'])}; "
            f"expected those of this model ({_few(names)}), since there is one list of classes "
            "for all labels. Name another folder, or give this command those micrographs, too."
        )


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
