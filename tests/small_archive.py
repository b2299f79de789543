"""Lay out small generated trees in the shape of the published ones.

python tests/small_archive.py FOLDER writes both, to look at them.
"""

import dataclasses
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow_datasets as tfds
from PIL import Image

from tem_virus_dataset import Builder, facts

# Patches of each micrograph, listed by rank: sorted without regard to case. ASCII order would put
# every capital first; sorting the ranks as text would put 10 to 12 before 2.
TWELVE = {
    "a1": 1, "B1": 2, "b2": 1, "C-1": 1, "c1_2": 1, "D": 1, "e 1": 1, "F": 1, "g": 1, "H": 2,
    "i": 1, "J": 3,
}  # fmt: skip
MICROGRAPHS = {(s, name): {f"{s[:2]}-{s}": 1} for s in facts.SPLITS for name in facts.CLASSES_14}
MICROGRAPHS["train", "Adenovirus"] = TWELVE
MICROGRAPHS["test", "Nipah virus"] = {"z": 1, "Z1": 2}  # the same patch names as in train
PATCHES = {  # id of each patch: its micrograph, in the order of ranks and numbers
    f"{split}/{name}/{rank}_{number}": f"{split}/{name}/{stem}"
    for (split, name), stems in MICROGRAPHS.items()
    for rank, (stem, count) in enumerate(stems.items(), start=1)
    for number in range(1, count + 1)
}
EXPECTED = {
    name: {s: sum(MICROGRAPHS[s, name].values()) for s in facts.SPLITS} for name in facts.CLASSES_14
}
CONFIG = dataclasses.replace(
    Builder.builder_configs["patches_14class"], name="small", expected=EXPECTED, megabytes=1
)

MIRROR = {  # window x0, y0, x1, y1 in 1000x1000 pixels; centres of the boxes in pixels
    "train/Ebola_x_1": ((0, 0, 1000, 747), ((500, 400), (3, 745), (1000, 0))),
    "train/Rift Valley_a b-2": ((131, 0, 869, 1000), ((135, 500), (868, 999))),
    "valid/Ebola_y": ((0, 253, 1000, 1000), ((0, 253),)),
    "test/Orf_z": ((0, 0, 1000, 1000), ((20, 980), (500, 500))),
    "test/Ebola_z": ((101, 203, 803, 905), ((102, 204), (802, 904), (450, 904))),
}
MIRROR_CONFIG = dataclasses.replace(
    Builder.builder_configs["mirror_11class"],
    name="small_mirror",
    expected=facts.counts({"Ebola": (3, 1, 3), "Orf": (0, 0, 2), "Rift Valley": (2, 0, 0)}),
    megabytes=1,
)


def pixels(patch: str, dtype: Any = np.uint16) -> np.ndarray:
    """Noise over the whole range of the dtype, another one for every patch."""
    rng = np.random.default_rng(zlib.crc32(patch.encode()))
    return rng.integers(0, np.iinfo(dtype).max, (256, 256), dtype, endpoint=True)


def write(manual_dir: Path, dtype: Any = np.uint16) -> None:
    """Write `TEM virus dataset`, with all that the builder must leave alone."""
    root = manual_dir / facts.ARCHIVE
    raw, patches = root / "context_virus_RAW", root / "context_virus_1nm_256x256"
    for (split, name), stems in MICROGRAPHS.items():
        for stem in stems:
            save(raw / split / name / f"{stem}.tif", np.zeros((3, 4), dtype))
            for beside in (f"tags/{stem}.tif_tags.csv", f"particle_positions/{stem}_x.txt"):
                text(raw / split / name / beside, "Magnification;73000")
    for patch in PATCHES:
        save(patches / f"{patch}.tif", pixels(patch, dtype))
    for other in (
        "_EXCLUDED/Dengue/1_1",
        "_EXCLUDED/Orf/1_7",
        "train/Orf/crop_outlines/1_8",
        "augmented_train/Orf/1_1",
        "augmented_train/Orf/1_1_2",
    ):
        save(patches / f"{other}.tif", pixels(other, dtype))
    save(raw / "train/Dengue/q.tif", np.zeros((3, 4), dtype))
    text(patches / "train/Orf/Thumbs.db", "")
    text(patches / "dataset code.zip", "no zip, and nobody opens it")


def write_mirror(folder: Path) -> None:
    """Write `images` and `labels` of the 1 nm mirror: gray noise of 100 to 200, black outside."""
    for name, ((x0, y0, x1, y1), centres) in MIRROR.items():
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        image = np.zeros((1000, 1000), np.uint8)
        image[y0:y1, x0:x1] = 150 + 15 * rng.standard_normal((y1 - y0, x1 - x0)).clip(-3, 3)
        save(folder / "images" / f"{name}.jpg", image, quality=90)
        lines = (f"0 {x / 1000} {y / 1000} 0.08 0.08 \n" for x, y in centres)
        text(folder / "labels" / f"{name}.txt", "".join(lines) + "\n")


def save(path: Path, image: np.ndarray, **options: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path, **options)


def text(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def pack(folder: Path, to: Path) -> Path:
    """Zip what is in `folder`."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return to


def build(manual_dir: Path | None, data_dir: Path, config: Any = CONFIG, **options: Any) -> Builder:
    """Build a config, the small archive's by default."""
    builder = Builder(config=config, data_dir=data_dir)
    download = tfds.download.DownloadConfig(manual_dir=manual_dir)
    builder.download_and_prepare(download_config=download, **options)
    return builder


def left_over(data_dir: Path) -> list[str]:
    """Return what a failed build has left, but for the file of its lock."""
    return [p.name for p in data_dir.glob("tem_virus/[!.]*/*") if p.name != ".build.lock"]


if __name__ == "__main__":
    write(Path(sys.argv[1]))
    write_mirror(Path(sys.argv[1]))
