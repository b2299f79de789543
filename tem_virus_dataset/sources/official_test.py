"""The official test patches of all 14 classes, as another group cut them and made them public.

`test/<Class>/<stem>_<k>.png`, 256x256 pixels at 1 nm, 8 bits. A `manifest.csv` beside them may name
each with its micrograph and the first 16 digits of its sha256; that group has none, and without one
both are taken from the files themselves. They are cut from the same test
micrographs as the published patches, at the same points: of filaments at each point of the centre
line. Each micrograph was scaled to 8 bits on its own. There are no train or validation patches.

Nothing is trained on them, and nothing is chosen by them. `listed` decodes no image, so that nobody
sees the patches of classes that are not asked for; without a manifest it sums their bytes.
"""

import csv
import dataclasses
import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError, reason
from tem_virus_dataset.files import listing
from tem_virus_dataset.formats import image_file

MANIFEST = "manifest.csv"
REPOSITORY = "https://github.com/deep-disease-detection/ddd-cloud"  # folder test/, commit 4a18a11
EXPECTED = {name: row["test"] for name, row in facts.PATCHES_14CLASS.items()}  # 1,900 patches
DIGEST = (
    "39f79ed526a1fbd2c804ecaa5b5bce8638cde0fbff073b67aa77ea0e03bedc20"  # of the names and checksums
)
DIGITS = 16  # of a sha256
COLUMNS = ("file", "class", "micrograph", "sha256_16")  # of a manifest
_FILE = re.compile(r"test/([^/]+)/([^/]+)_[0-9]+\.png")
_REMEDY = "Restore the folder, or name another."


@dataclasses.dataclass(frozen=True)
class OfficialPatch:
    """One patch, unread.

    Attributes:
      file: `test/Class/stem_k.png` inside the folder; class_name: of the 14.
      micrograph: `test/Class/stem`; sha256: first 16 hex digits of that of the file.
    """

    file: str
    class_name: str
    micrograph: str
    sha256: str

    @property
    def id(self) -> str:
        """`test/Class/stem_k`."""
        return self.file.rpartition(".")[0]


def listed(folder: Path) -> tuple[OfficialPatch, ...]:
    """Return all 1,900 patches in the order of their ids, without decoding one.

    Raises:
      DatasetError: no such folder, another manifest, or a picture is missing, foreign or, without
        a manifest, another one.
    """
    present = {
        path.relative_to(folder).as_posix()
        for path in (folder / "test").rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    if not (folder / MANIFEST).exists():
        return _of_files(folder, sorted(present))
    patches = _of_manifest(folder)
    named = {patch.file for patch in patches}
    for fault, files in (("missing", named - present), ("not in its manifest", present - named)):
        if files:
            raise DatasetError(
                f"{folder / min(files)}: {fault} ({len(files)} such: {listing.listed(files)}); "
                f"expected the {len(named):,} official test patches and nothing else in test/. "
                f"{_REMEDY}"
            )
    return patches


def read(folder: Path, patch: OfficialPatch) -> np.ndarray:
    """Return one patch, (256, 256) uint8.

    Raises:
      DatasetError: its file cannot be read, or is not the one that the manifest names.
    """
    path = folder / patch.file
    data = _bytes(path)
    found = hashlib.sha256(data).hexdigest()[: len(patch.sha256)]
    if found != patch.sha256:
        raise DatasetError(
            f"{path}: found sha256 {found}...; expected {patch.sha256}..., of the manifest. "
            f"{_REMEDY}"
        )
    image = image_file.gray(data, str(path), _REMEDY)
    if image.shape != (facts.PATCH, facts.PATCH) or image.dtype != np.uint8:
        raise DatasetError(
            f"{path}: {image.shape[1]}x{image.shape[0]} pixels of {image.dtype}; expected "
            f"{facts.PATCH}x{facts.PATCH} of uint8. {_REMEDY}"
        )
    return image


def digest(patches: Iterable[OfficialPatch]) -> str:
    """Return a sha256 over the files, micrographs and checksums of patches, in their order."""
    lines = (f"{patch.file}\t{patch.micrograph}\t{patch.sha256}\n" for patch in patches)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror}). {_REMEDY}") from error


def _of_files(folder: Path, files: list[str]) -> tuple[OfficialPatch, ...]:
    """Return the patches of a folder without a manifest; files: in it, `test/Class/stem_k.png`."""
    if not files:
        raise DatasetError(
            f"{folder}: no pictures in {folder / 'test'}; expected the folder that holds test/ of "
            f"{REPOSITORY}, with the official test patches of 14 classes. Name that folder."
        )
    named = [(file, _FILE.fullmatch(file)) for file in files]
    foreign = [file for file, match in named if not match or match[1] not in EXPECTED]
    if foreign:
        raise DatasetError(
            f"{folder / foreign[0]}: foreign ({len(foreign)} such: {listing.listed(foreign)}); "
            f"expected test/CLASS/MICROGRAPH_NUMBER.png of {REPOSITORY} and nothing else in test/. "
            f"{_REMEDY}"
        )
    patches = [
        OfficialPatch(
            file,
            match[1],
            f"test/{match[1]}/{match[2]}",
            hashlib.sha256(_bytes(folder / file)).hexdigest()[:DIGITS],
        )
        for file, match in named
        if match
    ]
    patches.sort(key=lambda patch: patch.id)
    _check(folder / "test", patches)
    return tuple(patches)


def _of_manifest(folder: Path) -> tuple[OfficialPatch, ...]:
    path = folder / MANIFEST
    try:
        if path.exists() and not path.is_file():  # to open a named pipe would wait for a writer
            raise OSError("no file, but a folder, a pipe or a device")
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, strict=True))
        patches = sorted(
            (
                OfficialPatch(
                    row["file"],
                    row["class"],
                    f"test/{row['class']}/{row['micrograph']}",
                    row["sha256_16"],
                )
                for row in rows
            ),
            key=lambda patch: patch.id,
        )
    except (OSError, ValueError, KeyError, AttributeError, csv.Error) as error:
        raise DatasetError(
            f"{path}: cannot be read ({reason(error)}); expected a CSV table with the columns "
            f"{', '.join(COLUMNS)}, a row for each picture in test/. Correct it, or take it away: "
            "names and checksums are then those of the files."
        ) from error
    _check(path, patches)
    return tuple(patches)


def _check(path: Path, patches: list[OfficialPatch]) -> None:
    """Compare patches with those that are known; path: of their manifest, or of their folder."""
    found = Counter(patch.class_name for patch in patches)
    for name in sorted({*EXPECTED, *found}):
        if found[name] != EXPECTED.get(name, 0):
            raise DatasetError(
                f"{path}: {found[name]} patches of {name}; expected {EXPECTED.get(name, 0)}, the "
                f"official number. {_REMEDY}"
            )
    found_digest = digest(patches)
    if found_digest != DIGEST:
        raise DatasetError(
            f"{path}: names or checksums of {found_digest[:12]}..., other than the known ones "
            f"({DIGEST[:12]}...); expected those of {REPOSITORY}, so that all scores are of the "
            f"same pictures. {_REMEDY}"
        )
