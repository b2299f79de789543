"""The folder of the results: tables, labels, overlays, and which micrographs are finished.

`particles.csv`, `summary.csv`, `micrographs.csv` and the histogram of diameters of all micrographs;
of each one, named by its whole file name, `particles/NAME.csv`, `overlays/NAME.jpg` and other kinds
(`writers.kinds`), and `done/NAME.json`. The last is written last: an interrupted prediction does
again what has no such file, or one that names other inputs. Labels are named without the suffix
(`labels/a.txt` of a.tif), as annotation programs want them, and by the whole name only where
another image has that name, too.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.predict.inputs import InputImage
from tem_virus_dataset.predict.kept import done_files, edited, writable
from tem_virus_dataset.predict.kept.done_files import BY_STEM
from tem_virus_dataset.predict.results import CODING
from tem_virus_dataset.predict.writers import (
    coco,
    diameters,
    imagej,
    kinds,
    tables,
)
from tem_virus_dataset.predict.writers.result import MicrographResult, categories

SUFFIXES = {**kinds.SUFFIXES, done_files.FOLDER: done_files.SUFFIX}
CLASSES = "classes.txt"  # among the labels: annotation programs want the names of the classes so
LABELS, PARTICLES = "labels", "particles"
WRITTEN = "written"  # digests of what was written, by kind
WRITTEN_LABELS = "labels_sha256"  # the same of versions before 9, which kept that of labels alone
TABLE_EDITED = "its table of particles was edited by hand: all results show what is in it now"
KEPT = "results of it were edited by hand: they are kept as {}"
SHOWN = "particles_shown"  # digest of the table that all other kinds of files show


def try_folder(out: Path, formats: Sequence[str] = kinds.DEFAULT) -> None:
    """Write a file into each folder of the results and remove it, with the folders of its own.

    Tables that another program has open are refused, too, where the system then locks them.

    Raises:
      OutputError: one cannot be written to. DatasetError: a package that a format needs is missing.
    """
    done_files.forget()
    chosen = kinds.of_micrographs(formats)
    if "roi" in chosen:
        imagej.check_package()
    writable.try_tables(out)
    writable.try_folders((out, *(out / kind for kind in (*chosen, "labels", "done"))))


def path(out: Path, kind: str, image: InputImage) -> Path:
    """Return the path of a kind of result, such as "particles", of a micrograph."""
    return _named(out, kind, image, kind in kinds.NAMED_BY_STEM and _is_by_stem(out, image))


def _named(out: Path, kind: str, image: InputImage, by_stem: bool) -> Path:
    return out / kind / f"{image.stem if by_stem else image.file}{SUFFIXES[kind]}"


def _is_by_stem(out: Path, image: InputImage) -> bool:
    """Return whether labels of an image are named without its suffix; not where a list has it."""
    is_free = image.stem.casefold() != Path(CLASSES).stem
    return image.is_only and is_free and not done_files.is_taken(out, image.file, image.stem)


def finished(out: Path, image: InputImage) -> dict[str, Any] | None:
    """Return what is kept of a micrograph's results, or None where they are not complete."""
    done = done_files.read(path(out, "done", image))
    try:
        is_complete = done and all(path(out, kind, image).is_file() for kind in done["results"])
    except (KeyError, TypeError):
        return None
    return done if is_complete else None


def moved(out: Path, image: InputImage, done: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a finished micrograph, with the place where its file is now.

    Raises:
      OutputError: the folder cannot be written to, or the disk is full.
    """
    new = {**done, **done_files.place(out, image.path)}
    if new != done:
        writable.write(path(out, "done", image), f"{json.dumps(new, indent=1)}\n".encode())
    return new


def check_own(out: Path, image: InputImage, digest: str) -> None:
    """Refuse to overwrite the results of another file; raises what `done_files.check_own` does."""
    done = done_files.read(path(out, "done", image)) or {}
    done_files.check_own(out, image.path, done, digest)


def remove(out: Path, image: InputImage, version: int) -> tuple[bool, list[str]]:
    """Remove the results of a micrograph from other inputs.

    What somebody edited since it was written is work of hours: it gets another name.
    Before version 2 results were named without the suffix of their file, before version 4 overlays
    were PNG.

    Returns:
      Whether an old version's were removed, and the names by which edited files are kept.

    Raises:
      OutputError: they cannot be renamed.
    """
    done = done_files.read(path(out, "done", image)) or {}
    before = done.get("made_of", {}).get("version", version)
    if done:
        edited.drop(out)
    is_by_stem = bool(done[BY_STEM]) if BY_STEM in done else _is_by_stem(out, image)
    kept = []
    for kind, written in _written(done).items():
        by_stem = kind in kinds.NAMED_BY_STEM and is_by_stem
        kept += edited.keep(_named(out, kind, image, by_stem), written)
    for kind in ("done", *SUFFIXES):
        path(out, kind, image).unlink(missing_ok=True)
        if kind in kinds.NAMED_BY_STEM and BY_STEM in done:  # another image may have come since
            _named(out, kind, image, bool(done[BY_STEM])).unlink(missing_ok=True)
    if before != version:
        (out / "overlays" / f"{image.file}.png").unlink(missing_ok=True)
    old = {kind: out / kind / f"{image.stem}{suffix}" for kind, suffix in SUFFIXES.items()}
    old["overlays"] = out / "overlays" / f"{image.stem}.png"
    made_of = (done_files.read(old["done"]) or {}).get("made_of", {})
    if made_of.get("version") != 1 or made_of.get("file") != image.file:
        return bool(before != version), kept
    for kind in ("done", *SUFFIXES):
        old[kind].unlink(missing_ok=True)
    return True, kept


def _written(done: Mapping[str, Any]) -> dict[str, str]:
    """Return the digests of the files of a micrograph as they were written, by kind."""
    written = {LABELS: done[WRITTEN_LABELS]} if WRITTEN_LABELS in done else {}
    return {**written, **done.get(WRITTEN, {})}


def write(
    out: Path,
    image: InputImage,
    results: Mapping[str, bytes],
    made_of: Mapping[str, Any],
    about: Mapping[str, Any],
) -> dict[str, Any]:
    """Write the results of a micrograph, by kind, then that it is finished.

    Args:
      made_of: whatever they depend on, as JSON has it; about: more to be kept.

    Returns:
      What is kept.

    Raises:
      OutputError: the folder cannot be written to, or the disk is full.
    """
    done = {
        "made_of": made_of,
        "results": list(results),
        **done_files.place(out, image.path),
        BY_STEM: _is_by_stem(out, image),
        **about,
        WRITTEN: {kind: edited.digest(data) for kind, data in results.items()},
        SHOWN: edited.digest(results[PARTICLES]) if PARTICLES in results else "",
    }
    text = f"{json.dumps(done, indent=1)}\n".encode()
    for kind, data in (*results.items(), ("done", text)):
        writable.write(path(out, kind, image), data)
    done_files.remember(out, image.file, image.stem)
    return done


def is_table_edited(out: Path, image: InputImage, done: Mapping[str, Any]) -> bool:
    """Return whether other kinds of files show another particle table than there is now."""
    return edited.is_edited(path(out, PARTICLES, image), done.get(SHOWN))


def add(
    out: Path,
    image: InputImage,
    results: Mapping[str, bytes],
    done: Mapping[str, Any],
    particles: int,
) -> dict[str, Any]:
    """Write kinds of results of a finished micrograph that it lacks, or that its table changed.

    Args:
      particles: number of them in the table.

    Returns:
      What is now kept.

    Raises:
      OutputError: the folder cannot be written to, or the disk is full.
    """
    names = [*done["results"], *(kind for kind in results if kind not in done["results"])]
    new = {**done, "results": names, BY_STEM: _is_by_stem(out, image), "particles": particles}
    if is_table_edited(out, image, done):
        edited.drop(out)
        kept = [
            name
            for kind in results
            for name in edited.keep(path(out, kind, image), _written(done).get(kind))
        ]
        new["remarks"] = [*done["remarks"], TABLE_EDITED, *map(KEPT.format, kept)]
        new["remarks"] = list(dict.fromkeys(new["remarks"]))
        new[SHOWN] = edited.digest(path(out, PARTICLES, image).read_bytes())
    new[WRITTEN] = _written(done) | {kind: edited.digest(data) for kind, data in results.items()}
    for kind, data in (*results.items(), ("done", f"{json.dumps(new, indent=1)}\n".encode())):
        writable.write(path(out, kind, image), data)
    return new


def result(
    out: Path, image: InputImage, done: Mapping[str, Any], classes: Sequence[str]
) -> MicrographResult:
    """Return the particles of a finished micrograph, from its table.

    Raises:
      DatasetError: the table was changed, or cannot be read.
    """
    file = path(out, "particles", image)
    try:
        rows = tables.read_particles(file.read_text("utf-8-sig"), classes)
    except (KeyError, ValueError, TypeError) as error:
        raise DatasetError(
            f"{file}: is no longer as it was written ({type(error).__name__}: {error}); expected "
            "the table of an earlier prediction. Delete it, and run the same command again."
        ) from error
    height, width = done["shape"]
    return MicrographResult(
        done["made_of"]["file"], width, height, done["nm_per_pixel"], done["from"], tuple(classes),
        rows,
    )  # fmt: skip


def write_summary(
    out: Path,
    images: Sequence[InputImage],
    done: Sequence[Mapping[str, Any]],
    classes: Sequence[str],
    formats: Sequence[str] = kinds.DEFAULT,
    measures_novelty: bool = False,
) -> tuple[list[MicrographResult], list[str]]:
    """Write the files of all micrographs together: tables, class names, histogram, COCO.

    A COCO file of an earlier call is kept up to date, too, or removed where points have no boxes.

    Args:
      done: of each image, what is kept.
      measures_novelty: the model does, so that `unknown` is a class even if no particle was found.

    Returns:
      The particles of each image, and the names by which edited files are kept.

    Raises:
      OutputError: the folder cannot be written to, or the disk is full.
    """
    results = [
        result(out, image, about, classes) for image, about in zip(images, done, strict=True)
    ]
    head = ",".join(tables.PARTICLES) + "\n"
    joined = head + "".join(tables.particles_table(one).removeprefix(head) for one in results)
    names = categories(results, classes, measures_novelty)
    bins = diameters.histogram(results)
    texts = {
        "particles.csv": joined,
        "summary.csv": tables.summary_table(results),
        "micrographs.csv": tables.micrographs_table(done),
        f"{LABELS}/{CLASSES}": "".join(f"{name}\n" for name in names),
        "diameters.csv": diameters.table(bins),
    }
    are_points = any(particle.is_point for one in results for particle in one.particles)
    if not are_points and (kinds.has_coco(formats) or (out / kinds.COCO).exists()):
        texts[kinds.COCO] = coco.dataset(results, names)
    files = {file: text.encode(*CODING) for file, text in texts.items()}
    files["diameters.png"] = diameters.png(bins, classes)
    kept = edited.remove(out, kinds.COCO) if are_points else []
    return results, [*kept, *edited.replace(out, files, longer=f"{LABELS}/{CLASSES}")]
