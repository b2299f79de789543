"""A small generated replica of CBIA's archive of exosomes: 72 micrographs of few pixels.

`python tests/helpers/dataset/small_exosome.py FOLDER` writes it for inspection.
"""

import dataclasses
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import small_archive
import tensorflow_datasets as tfds

from tem_virus_dataset import ExosomeBuilder
from tem_virus_dataset.sources import cbia

CONFIG = dataclasses.replace(ExosomeBuilder.builder_configs["cbia"], name="small_cbia", megabytes=1)
DATA = "FRU_processing/code/data"
EVERY = [(s, f"{n:02d}") for s, count in cbia.SETS.items() for n in range(1, count + 1)]


@dataclasses.dataclass(frozen=True)
class Generated:
    """A generated micrograph: the content of its files.

    Attributes:
      boxes: x0, y0, x1, y1 of its exosomes, by label.
    """

    image: np.ndarray
    mask: np.ndarray
    nm_per_pixel: float
    boxes: list[tuple[int, int, int, int]]


def generated(group: str, stem: str) -> Generated:
    """Noise, and a mask of three rectangles: one at the border, one of a far label, one tiny."""
    rng = np.random.default_rng(zlib.crc32(f"{group}/{stem}".encode()))
    width, height = (int(side) for side in rng.integers(40, 70, 2))
    image = rng.integers(0, 20445, (height, width), np.uint16)
    mask = np.zeros((height, width), np.uint16)
    x, y = (int(place) for place in rng.integers(5, 15, 2))
    boxes = [(x, y, x + 9, y + 7), (width - 6, height - 8, width, height)]
    for label, (x0, y0, x1, y1) in zip((3, 700), boxes, strict=True):
        mask[y0:y1, x0:x1] = label
    mask[0:3, 0:3] = 5  # nine pixels
    return Generated(image, mask, round(float(rng.uniform(0.4, 2.5)), 4), boxes)


def write(manual_dir: Path) -> None:
    """Write `FRU_processing`, including files that the builder must ignore."""
    root = manual_dir / DATA
    for group, stem in EVERY:
        micrograph = generated(group, stem)
        small_archive.save(root / group / f"{stem}.tif", micrograph.image)
        masks = group.replace("dataset", "annotations")
        small_archive.save(root / masks / f"seg_{stem}.tif", micrograph.mask)
    for group in cbia.SETS:
        sizes = [(f"{s}.tif", generated(g, s).nm_per_pixel) for g, s in EVERY if g == group]
        write_spreadsheet(
            root / group / cbia.SPREADSHEET, [("Image", "Resolution [nm/px]"), *sizes]
        )
    small_archive.text(root.parent / "main.py", "raise SystemExit('nobody runs it')")
    small_archive.text(manual_dir / "FRU_processing/results/seg_01.tif", "no image")


def write_spreadsheet(
    path: Path, *pages: list[tuple[Any, ...]], titles: tuple[str, ...] = ()
) -> None:
    """Write a spreadsheet with the rows of each worksheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(pages):
        page = book.create_sheet(titles[number] if titles else f"Sheet{number + 1}")
        for row in rows:
            page.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def build(manual_dir: Path | None, data_dir: Path, config: Any = CONFIG) -> ExosomeBuilder:
    builder = ExosomeBuilder(config=config, data_dir=data_dir)
    download = tfds.download.DownloadConfig(manual_dir=manual_dir)
    builder.download_and_prepare(download_config=download)
    return builder


if __name__ == "__main__":
    write(Path(sys.argv[1]))
