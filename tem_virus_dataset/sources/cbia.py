"""The public archive of CBIA, Masaryk University: 72 micrographs of exosomes in three sets.

`FRU_processing/code/data/dataset_01/NN.tif` are images of 16 bits, `annotations_01/seg_NN.tif`
beside that folder their instance masks; `resolution.xlsx` in it holds nm per pixel. Sets 02 and 03
are laid out alike. Source: Gomez-de-Mariscal et al. 2019, doi 10.1038/s41598-019-49431-3.
"""

import functools
import logging
import re
from collections.abc import Sequence
from pathlib import Path

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import download, listing, tree
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.formats import image_file
from tem_virus_dataset.micrographs import instances, splits
from tem_virus_dataset.micrographs.job import Job, as_single_item
from tem_virus_dataset.micrographs.masked_micrograph import MaskedMicrograph
from tem_virus_dataset.sources import pixel_size_spreadsheet
from tem_virus_dataset.sources.source import NotFoundError, Source

HOMEPAGE = "https://cbia.fi.muni.cz"
SETS = {"dataset_01": 20, "dataset_02": 14, "dataset_03": 38}  # number of micrographs
SPREADSHEET = "resolution.xlsx"


def jobs(manual_dir: Path) -> list[Job]:
    """List every micrograph, as one item of class `MaskedMicrograph`, without reading an image.

    Args:
      manual_dir: folder with the zip as downloaded, or with its unpacked tree; `dataset_01` and
        the folders beside it suffice.

    Raises:
      DatasetError: no such archive, or a mask or a spreadsheet is missing.
    """
    places = tree.sources(manual_dir)
    archive = tree.find_tree(places, "dataset_01")
    if archive is None:
        raise NotFoundError(
            f"{manual_dir}: {tree.found(manual_dir)}, and no folder dataset_01 in it; expected the "
            f"archive of CBIA. {CBIA.how_to_get}"
        )
    others = [name for name in _sets(archive) if name.lower() not in SETS]
    if others:
        logging.getLogger(__name__).warning(
            "%s: found unknown sets, which are not read: %s. Expected %s.",
            manual_dir, listing.listed(others), ", ".join(SETS),
        )  # fmt: skip
    return [job for group in SETS for job in _of_set(archive, group)]


def _sets(archive: tree.Tree) -> list[str]:
    """Return the folders at the root of the archive that are named as sets are."""
    names = {file.partition("/")[0] for file in archive.files if "/" in file}
    return sorted(name for name in names if name.lower().startswith("dataset_"))


def split_of(stems: Sequence[str]) -> dict[str, str]:
    """Split a set by the numbers of its micrographs: three fifths train, then validation, test.

    In runs of neighbours: images of one specimen, or of one field, more likely have neighbouring
    numbers. The archive does not name specimens.
    """
    return splits.worst_case({stem: place for place, stem in enumerate(stems)})


def expected_counts() -> facts.Counts:
    """Micrographs of each set and split."""
    rows: dict[str, dict[str, int]] = {}
    for group, number in SETS.items():
        dealt = list(split_of([f"{index:02d}" for index in range(number)]).values())
        rows[group] = {split: dealt.count(split) for split in facts.SPLITS}
    return rows


def _of_set(archive: tree.Tree, group: str) -> list[Job]:
    names = sorted(archive.names(group, ".tif"), key=_number_key)
    if len(names) != SETS[group]:
        raise DatasetError(
            f"{archive.where(group)}: {len(names)} images (.tif); expected {SETS[group]}, as "
            f"published.{_differing(archive, group, names)} Complete the archive. {CBIA.how_to_get}"
        )
    stems = tuple(name.rpartition(".")[0] for name in names)
    here = f"{group}/{SPREADSHEET}"
    spreadsheet = _present(
        archive, here if archive.has(here) else SPREADSHEET, f"in {group}/ or beside it"
    )
    dealt = split_of(stems)
    listed = []
    for name, stem in zip(names, stems, strict=True):
        mask = f"{_masks(group)}/seg_{name}"
        files = (
            archive.file(f"{group}/{name}"),
            _present(archive, mask, f"as the mask of {group}/{name}"),
            spreadsheet,
        )
        part = "" if archive.has(here) else group
        decode = functools.partial(_decode, group, stem, stems, part)
        listed.append(Job(dealt[stem], group, stem, 1, files, decode, as_single_item))
    return listed


def _differing(archive: tree.Tree, group: str, names: Sequence[str]) -> str:
    """Return which images have no mask, and which masks no image, as text."""
    masks = archive.names(_masks(group), ".tif")
    masked = {name[len("seg_") :] for name in masks if name.lower().startswith("seg_")}
    missing, foreign = masked - {*names}, {*names} - masked
    text = f" Missing: {listing.listed(missing)}." if missing else ""
    return text + (f" Without a mask: {listing.listed(foreign)}." if foreign and masked else "")


def _masks(group: str) -> str:
    return group.replace("dataset", "annotations")


def _number_key(name: str) -> tuple[int, str]:
    """Return a sort key that puts 2 before 10, with or without leading zeros."""
    number = re.match(r"\d+", name)
    return int(number[0]) if number else -1, name.lower()


def _present(archive: tree.Tree, name: str, place: str) -> tree.File:
    if not archive.has(name):
        raise DatasetError(
            f"{archive.where(name)}: missing; expected it {place}, as published. Complete the "
            f"archive. {CBIA.how_to_get}"
        )
    return archive.file(name)


def _decode(
    group: str, stem: str, stems: tuple[str, ...], part: str, blobs: Sequence[Blob]
) -> MaskedMicrograph:
    picture, outlines, spreadsheet = blobs
    image = image_file.gray(picture.data, picture.where)
    mask = image_file.gray(outlines.data, outlines.where)
    if image.shape != mask.shape:
        (height, width), (high, wide) = image.shape, mask.shape
        raise DatasetError(
            f"{outlines.where}: {wide}x{high} pixels; expected {width}x{height}, as the image "
            f"{picture.where} has. Restore the published files."
        )
    size = pixel_size_spreadsheet.nm_per_pixel(spreadsheet, stem, stems, part)
    return MaskedMicrograph(group, image, instances.separate_instances(mask), size)


CBIA = Source(
    name="cbia",
    how_to_get=(
        f"Download {download.CBIA['FRU_processing.zip']} (925 MB), and put the zip, as it is (or "
        'its unpacked folder "FRU_processing"), into the folder given as --manual-dir.'
    ),
    addresses=download.CBIA,
    micrographs=jobs,
)
