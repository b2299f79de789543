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
from tem_virus_dataset.files import download, listing, tree
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.formats import image_file
from tem_virus_dataset.micrographs import micrograph, particles, tags
from tem_virus_dataset.micrographs.job import Job, as_single_item
from tem_virus_dataset.micrographs.micrograph import Micrograph
from tem_virus_dataset.sources import archive_folders
from tem_virus_dataset.sources.source import NotFoundError, Source

RAW = "context_virus_RAW"
TAGS = ".tif_tags.csv"


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
    archive_folders.report_unknown(archive, RAW)
    wanted = [(split, class_name) for split in facts.SPLITS for class_name in classes]
    class_folders = [f"{RAW}/{split}/{name}" for split, name in wanted]
    archive_folders.require(archive, class_folders, MENDELEY.how_to_get)
    of_micrographs = [
        (split, class_name, name, _files(archive, f"{RAW}/{split}/{class_name}", name))
        for split, class_name in wanted
        for name in micrograph_names(archive, split, class_name)
    ]
    every_file = [file for *_, files in of_micrographs for file in files]
    archive_folders.require_files(archive, every_file, MENDELEY.how_to_get)
    for split, class_name, name, files in of_micrographs:
        stem = name.rpartition(".")[0]
        annotation = particles.parse(files[-1].blob())
        decode = functools.partial(_decode, stem)
        yield Job(split, class_name, stem, 1, files, decode, as_single_item), annotation


def find_archive(manual_dir: Path, folder: str) -> tree.Tree:
    """Return the archive's tree that holds `folder`; `DatasetError` where there is none."""
    places = tree.sources(manual_dir)
    archive = tree.find_tree(places, folder)
    if archive:
        return archive
    raise NotFoundError(
        f"{manual_dir}: {tree.found(manual_dir)}, and no folder {folder} in it; expected the "
        f"Mendeley archive. {MENDELEY.how_to_get}"
    )


def micrograph_names(archive: tree.Tree, split: str, class_name: str) -> list[str]:
    """Return the image files of a class folder in case-insensitive order."""
    return archive.names(f"{RAW}/{split}/{class_name}", ".tif")


def differing_micrographs(archive: tree.Tree, split: str, class_name: str) -> str:
    """Return which micrographs of a class folder are missing or foreign, as text.

    Each has a file of tags: tags alone mean a missing micrograph, a micrograph alone a foreign one.
    """
    folder = f"{RAW}/{split}/{class_name}"
    images = {name.rpartition(".")[0] for name in archive.names(folder, ".tif")}
    tagged = {name[: -len(TAGS)] for name in archive.names(f"{folder}/tags", TAGS)}
    if not tagged:
        return ""
    parts = [
        f" {what}: {listing.listed({f'{stem}.tif' for stem in stems})}."
        for what, stems in (("Without image", tagged - images), ("Without tags", images - tagged))
        if stems
    ]
    return "".join(parts)


def _files(archive: tree.Tree, folder: str, name: str) -> tuple[tree.File, ...]:
    stem = name.rpartition(".")[0]
    return (
        archive.file(f"{folder}/{name}"),
        archive.file(f"{folder}/tags/{stem}{TAGS}"),
        particle_file(archive, folder, stem),
    )


def particle_file(archive: tree.Tree, folder: str, stem: str) -> tree.File:
    """Return the file that lists a micrograph's particles, be it there or not."""
    return archive.file(f"{folder}/particle_positions/{stem}_particlepositions.txt")


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
