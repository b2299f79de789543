"""The RAW part of the Mendeley download: whole micrographs, `context_virus_RAW`.

`<split>/<Class>/<stem>.tif` has its pixel size in `tags/<stem>.tif_tags.csv` and its particles in
`particle_positions/<stem>_particlepositions.txt`. Some copies of the archive hold this part only.
"""

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import download, tree
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.formats import image_file
from tem_virus_dataset.micrographs import micrograph, particles, tags
from tem_virus_dataset.micrographs.job import Job, as_single_item
from tem_virus_dataset.micrographs.micrograph import Micrograph
from tem_virus_dataset.sources.source import NotFoundError, Source

RAW = "context_virus_RAW"


def recropped(manual_dir: Path) -> list[Job]:
    """List the patches to re-crop from every micrograph of the 14 classes.

    Args:
      manual_dir: folder with the zip as downloaded, or with its unpacked tree; `context_virus_RAW`
        alone suffices.

    Raises:
      DatasetError: no such archive, a class folder or a file is missing, or a particle file is
        faulty.
    """
    return [
        dataclasses.replace(job, count=len(annotation.centres()), cut=micrograph.patches)
        for job, annotation in listed(manual_dir, facts.CLASSES_14)
    ]


def micrographs(manual_dir: Path) -> list[Job]:
    """List every micrograph of the 22 classes, each as one item; raises what `recropped` does."""
    return [job for job, _ in listed(manual_dir, facts.CLASSES_22)]


def listed(manual_dir: Path, classes: Iterable[str]) -> Iterator[tuple[Job, particles.Particles]]:
    """List micrographs with their annotation, without reading an image."""
    archive = find_archive(manual_dir, RAW)
    for split in facts.SPLITS:
        for class_name in classes:
            for name in micrograph_names(archive, split, class_name):
                stem = name.rpartition(".")[0]
                files = _files(archive, f"{RAW}/{split}/{class_name}", name)
                annotation = particles.parse(files[-1].blob())
                decode = functools.partial(_decode, stem)
                yield Job(split, class_name, stem, 1, files, decode, as_single_item), annotation


def find_archive(manual_dir: Path, folder: str) -> tree.Tree:
    """Return the archive's tree that holds `folder`; `DatasetError` where there is none."""
    places = tree.sources(manual_dir)
    archive = tree.find_tree(places, folder)
    if archive:
        return archive
    zips = ", ".join(place.name for place in places if place.is_file()) or "no zip"
    raise NotFoundError(
        f"{manual_dir}: found {zips}, and no folder {folder} in it; expected the Mendeley "
        f"archive. {MENDELEY.how_to_get}"
    )


def micrograph_names(archive: tree.Tree, split: str, class_name: str) -> list[str]:
    """Return the image files of a class folder in case-insensitive order; never empty."""
    folder = f"{RAW}/{split}/{class_name}"
    names = archive.names(folder, ".tif")
    if not names:
        raise missing(archive, folder)
    return names


def missing(archive: tree.Tree, folder: str) -> DatasetError:
    """Return the error for a class folder without images."""
    return DatasetError(
        f"{archive.where(folder)}: no .tif found; expected this class's folder, as "
        f"published. Complete the archive. {MENDELEY.how_to_get}"
    )


def _files(archive: tree.Tree, folder: str, name: str) -> tuple[tree.File, ...]:
    tag_file = f"{folder}/tags/{name.rpartition('.')[0]}.tif_tags.csv"
    return (
        archive.file(f"{folder}/{name}"),
        _required(archive, tag_file),
        particle_file(archive, folder, name.rpartition(".")[0]),
    )


def particle_file(archive: tree.Tree, folder: str, stem: str) -> tree.File:
    """Return the file that lists a micrograph's particles; `DatasetError` where it is missing."""
    return _required(archive, f"{folder}/particle_positions/{stem}_particlepositions.txt")


def _required(archive: tree.Tree, name: str) -> tree.File:
    if not archive.has(name):
        raise DatasetError(
            f"{archive.where(name)}: missing; expected it beside the micrograph, as published. "
            f"Complete the archive. {MENDELEY.how_to_get}"
        )
    return archive.file(name)


def _decode(stem: str, blobs: Sequence[Blob]) -> Micrograph:
    picture, tag, positions = blobs
    image = image_file.gray(picture.data, picture.where)
    annotation = particles.parse(positions)
    if image.shape != (annotation.height, annotation.width):
        height, width = image.shape
        raise DatasetError(
            f"{picture.where}: {width}x{height} pixels; expected {annotation.width}x"
            f"{annotation.height}, as {positions.where} says. Restore the published files."
        )
    return Micrograph(stem, image, tags.nm_per_pixel(tag), annotation, picture.where)


MENDELEY = Source(
    name="mendeley",
    how_to_get=(
        f"Open {facts.HOMEPAGE}, click Download All, and put the zip, as it is (or its "
        f'unpacked folder "{facts.ARCHIVE}"), into the folder given as --manual-dir.'
    ),
    addresses=download.MENDELEY,
    micrographs=micrographs,
)
