"""What a window knows: its files, its settings, and the results of its last prediction."""

import dataclasses
import shutil
import uuid
from argparse import ArgumentTypeError
from collections.abc import Mapping
from pathlib import Path

from tem_virus_dataset.app import uploads
from tem_virus_dataset.app.choices import Choice
from tem_virus_dataset.app.job import Job
from tem_virus_dataset.app.uploads import Upload
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.arguments import fraction
from tem_virus_dataset.formats.typed_pixel_size import nm_per_pixel
from tem_virus_dataset.predict import folders
from tem_virus_dataset.predict.options import CROP_BOTTOM

RESULTS = "predictions"
MOST_NAMES = 5  # of files, in a message


@dataclasses.dataclass
class Form:
    """What a user typed, as text; nm_per_pixel, and named (of exports), by name of a file."""

    nm_per_pixel: dict[str, str] = dataclasses.field(default_factory=dict)
    confidence: str = ""
    finds_strip: bool = True
    strip_rows: str = ""
    invert: bool = False
    named: dict[str, bool] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Window:
    """One page in a browser.

    Attributes:
      folder: of its own, below which all its files are; files: by name, in the order of upload.
    """

    folder: Path
    files: dict[str, Upload] = dataclasses.field(default_factory=dict)
    form: Form = dataclasses.field(default_factory=Form)

    @classmethod
    def below(cls, root: Path) -> "Window":
        """Return a new window with a folder of its own."""
        window = cls(root / uuid.uuid4().hex)
        window.micrographs.mkdir(parents=True)
        window.networks.mkdir()
        return window

    @property
    def micrographs(self) -> Path:
        """Folder of the uploaded files."""
        return self.folder / "micrographs"

    @property
    def networks(self) -> Path:
        """Folder of the networks that a user added."""
        return self.folder / "networks"

    @property
    def out(self) -> Path:
        """Folder of the results."""
        return self.folder / "results" / RESULTS

    @property
    def archive(self) -> Path:
        """Zip of the results."""
        return self.folder / f"{RESULTS}.zip"

    def add(self, upload: Upload) -> None:
        """Take a file; its field holds the pixel size that it states."""
        self.files[upload.name] = upload
        self.form.nm_per_pixel[upload.name] = as_text(upload.nm_per_pixel)
        self.form.named[upload.name] = False

    def discard(self, name: str) -> None:
        """Delete a file."""
        self.files.pop(name).path.unlink(missing_ok=True)
        self.form.nm_per_pixel.pop(name, None)
        self.form.named.pop(name, None)

    def forget_results(self) -> None:
        """Delete the results of an earlier prediction."""
        shutil.rmtree(self.out.parent, ignore_errors=True)
        self.archive.unlink(missing_ok=True)

    def delete(self) -> None:
        """Delete all that the window has on disk."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def job(self, choice: Choice) -> Job:
        """Return the prediction that the form asks for.

        Raises:
          DatasetError: a field holds no such value, a pixel size is missing, or there is no file; a
            line for each fault.
        """
        faults: list[str] = []
        if not any(upload.is_read for upload in self.files.values()):
            faults.append("micrographs: none; expected one file or more. Choose or drop them.")
        given: dict[str, float] = {}
        for name, upload in self.files.items():
            text = self.form.nm_per_pixel[name].strip()
            if text and text != as_text(upload.nm_per_pixel):
                value = _read(nm_per_pixel, text, f"{name}: nm per pixel", faults)
                given |= {} if value is None else {name: value}
        faults += self._without_size()
        confidence = self._confidence(choice, faults)
        rows = None
        if not self.form.finds_strip:
            rows = _read(CROP_BOTTOM, self.form.strip_rows, "rows of the info strip", faults)
        if faults:
            raise DatasetError("\n".join(faults))
        return Job(
            str(self.micrographs), str(self.out), choice.model, choice.detector, confidence,
            None if rows is None else int(rows), given, self.form.invert,
            [name for name in self.exports() if self.form.named.get(name)],
        )  # fmt: skip

    def exports(self) -> dict[str, str]:
        """Return the files that are exports of another one, by name, and that one's name.

        They show the same particles again. So they are left out, unless a user names them.
        """
        paths = [upload.path for upload in self.files.values() if upload.is_read]
        return {path.name: other.name for path, other in folders.exports(paths)}

    def _without_size(self) -> list[str]:
        """Return the fault of files without a pixel size, before anything begins."""
        left_out = {name for name in self.exports() if not self.form.named.get(name)}
        names = [
            name
            for name, upload in self.files.items()
            if upload.lacks_size
            and name not in left_out
            and not self.form.nm_per_pixel[name].strip()
            and uploads.examined(upload.path).lacks_size  # a text beside it may have come since
        ]
        if not names:
            return []
        shown = ", ".join(names[:MOST_NAMES])
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        return [
            f"nm per pixel: missing for {shown}{more}; expected the size of their pixels. Measure "
            "it at a scale bar and fill in the field, or remove the file."
        ]

    def _confidence(self, choice: Choice, faults: list[str]) -> float | None:
        text = self.form.confidence.strip()
        if not text or text == as_text(choice.confidence):
            return None
        return _read(fraction, text, "confidence threshold", faults)


def as_text(value: float | None) -> str:
    """Return a number as a field shows it."""
    return "" if value is None else f"{value:.6g}"


def _read(reader, text: str, label: str, faults: list[str]) -> float | None:  # type: ignore[no-untyped-def]
    """Return a field's number, with a point or a comma; or add the fault to the others."""
    if not text.strip():
        faults.append(f"{label}: empty; expected a number. Fill in the field.")
        return None
    try:
        return float(reader(text.strip().replace(",", ".")))
    except ArgumentTypeError as error:
        faults.append(f"{label}: {str(error).rstrip('.')}. Correct the field.")
        return None


def described(job: Job, choice: Choice, files: Mapping[str, Upload]) -> str:
    """Return what results are of, in a line."""
    threshold = choice.confidence if job.confidence is None else job.confidence
    strip = "found automatically"
    if job.crop_bottom is not None:
        strip = f"{job.crop_bottom} rows" if job.crop_bottom else "none"
    inverted = ", bright and dark exchanged" if job.invert else ""
    return (
        f"{len(files)} files, model {choice.label}, confidence threshold {threshold:g}, info "
        f"strip: {strip}{inverted}"
    )
