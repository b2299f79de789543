"""Small generated archives in the layout of the published ones.

`python tests/helpers/dataset/small_archive.py FOLDER` writes both for inspection.
"""

import dataclasses
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow_datasets as tfds
from PIL import Image

from tem_virus_dataset import Builder, facts
from tem_virus_dataset.phantoms import viruses
from tem_virus_dataset.sources import mirror

# Patches of each micrograph, listed by rank: sorted without regard to case. ASCII order would put
# every capital first; sorting the ranks as text would put 10 to 12 before 2.
TWELVE = {
    "a1": 1, "B1": 2, "b2": 1, "C-1": 1, "c1_2": 1, "D": 1, "e 1": 1, "F": 1, "g": 1, "H": 2,
    "i": 1, "J": 3,
}  # fmt: skip
MICROGRAPHS = {(s, name): {f"{s[:2]}-{s}": 1} for s in facts.SPLITS for name in facts.CLASSES_22}
MICROGRAPHS["train", "Adenovirus"] = TWELVE
MICROGRAPHS["test", "Nipah virus"] = {"z": 1, "Z1": 2}  # the same patch names as in train
ALL_PATCHES = {  # id of each patch: its micrograph, in the order of ranks and numbers
    f"{split}/{name}/{rank}_{number}": f"{split}/{name}/{stem}"
    for (split, name), stems in MICROGRAPHS.items()
    for rank, (stem, count) in enumerate(stems.items(), start=1)
    for number in range(1, count + 1)
}
PATCHES = {i: m for i, m in ALL_PATCHES.items() if i.split("/")[1] in facts.CLASSES_14}
AUGMENTED = {  # name of each patch of the balanced training set: the original
    name: {"1_1": "1_1", "1_1_2": "1_1"} for name in facts.CLASSES_14
} | {"Adenovirus": {"2_2": "2_2", "12_3": "12_3"}}  # a reduced class


def _counts(classes: tuple[str, ...], of_stems: Callable[[dict[str, int]], int]) -> facts.Counts:
    return {name: {s: of_stems(MICROGRAPHS[s, name]) for s in facts.SPLITS} for name in classes}


def _small(name: str, expected: facts.Counts, **more: Any) -> Any:
    config = Builder.builder_configs[name]
    return dataclasses.replace(
        config, name=f"small_{name}", expected=expected, megabytes=1, estimated=(), **more
    )


EXPECTED = _counts(facts.CLASSES_14, lambda stems: sum(stems.values()))
CONFIG = dataclasses.replace(
    Builder.builder_configs["patches_14class"], name="small", expected=EXPECTED, megabytes=1
)
CONFIGS = [
    CONFIG,
    _small("patches_22class", _counts(facts.CLASSES_22, lambda stems: sum(stems.values()))),
    _small(
        "patches_14class_worst_case",
        # worked out by hand: of three micrographs train gets two and test one
        facts.counts(
            dict.fromkeys(facts.CLASSES_14, (2, 0, 1))
            | {"Adenovirus": (8, 5, 5), "Nipah virus": (2, 1, 2)}
        ),
    ),
    _small("balanced_14class", {name: {**row, "train": 2} for name, row in EXPECTED.items()}),
    _small("recropped_14class", EXPECTED),
    _small("micrographs_22class", _counts(facts.CLASSES_22, len)),
]

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
    source=dataclasses.replace(mirror.MIRROR, name="small_mirror", shipped=False),
    expected=facts.counts({"Ebola": (3, 1, 3), "Orf": (0, 0, 2), "Rift Valley": (2, 0, 0)}),
    megabytes=1,
)
BOXES_CONFIG = _small(
    "mirror_11class_boxes",
    facts.counts({"Ebola": (1, 1, 1), "Orf": (0, 0, 1), "Rift Valley": (1, 0, 0)}),
    source=MIRROR_CONFIG.source,
)


PHANTOM_CLASSES = ("Ebola", "Orf")
PHANTOM_CONFIG = _small(  # two of its classes
    "phantom_14class",
    {name: viruses.expected_counts()[name] for name in PHANTOM_CLASSES},
    jobs=lambda folder: [j for j in viruses.jobs(folder) if j.class_name in PHANTOM_CLASSES],
)


def pixels(patch: str, dtype: Any = np.uint16) -> np.ndarray:
    """Noise over the whole range of the dtype, different for every patch."""
    rng = np.random.default_rng(zlib.crc32(patch.encode()))
    return rng.integers(0, np.iinfo(dtype).max, (256, 256), dtype, endpoint=True)


@dataclasses.dataclass(frozen=True)
class Raw:
    """A generated RAW micrograph: the content of its three files."""

    image: np.ndarray
    nm_per_pixel: float
    particles: list[list[tuple[int, int]]]


def raw(micrograph: str, dtype: Any = np.uint16) -> Raw:
    """Noise with particles that give as many patches as the published part has.

    Pixel sizes, shapes and kinds of particles differ among micrographs: round, oval, and where
    there are three patches a centre line.
    """
    split, name, stem = micrograph.split("/")
    rng = np.random.default_rng(zlib.crc32(micrograph.encode()))
    width, height = (int(side) for side in rng.integers(40, 90, 2))
    image = rng.integers(0, np.iinfo(dtype).max, (height, width), dtype, endpoint=True)
    count = MICROGRAPHS[split, name][stem]
    points = [
        (int(x), int(y))
        for x, y in zip(rng.integers(0, width, 4), rng.integers(0, height, 4), strict=True)
    ]
    particles = {1: [points[:2]], 2: [points[:2], points[2:3]], 3: [points[:3]]}[count]
    return Raw(image, round(float(rng.choice([0.8, 1.05, 3.1, 5.57])), 6), particles)


def write(manual_dir: Path, dtype: Any = np.uint16) -> None:
    """Write `TEM virus dataset`, including files that the builder must ignore."""
    root = manual_dir / facts.ARCHIVE
    patches = root / "context_virus_1nm_256x256"
    for micrograph in set(ALL_PATCHES.values()):
        write_raw(root, micrograph, raw(micrograph, dtype))
    for patch in ALL_PATCHES:
        split, name, number = patch.split("/")
        excluded = "_EXCLUDED/" * (name in facts.EXCLUDED)
        save(patches / split / f"{excluded}{name}/{number}.tif", pixels(patch, dtype))
    for name, copies in AUGMENTED.items():
        for copy, original in copies.items():
            image = pixels(f"train/{name}/{original}", dtype)
            rotated = np.rot90(image, copy.count("_") - 1)
            save(patches / f"augmented_train/{name}/{copy}.tif", np.ascontiguousarray(rotated))
    for other in ("train/Orf/crop_outlines/1_8", "augmented_train/Dengue/1_1"):
        save(patches / f"{other}.tif", pixels(other, dtype))
    text(patches / "train/Orf/Thumbs.db", "")
    text(patches / "dataset code.zip", "no zip, and nobody opens it")


def write_raw(root: Path, micrograph: str, content: Raw) -> None:
    """Write a micrograph's three files, with a decimal comma in every second one."""
    split, name, stem = micrograph.split("/")
    folder = root / "context_virus_RAW" / split / name
    save(folder / f"{stem}.tif", content.image)
    scale = f"{content.nm_per_pixel:.6f}"
    if len(stem) % 2:
        scale = scale.replace(".", ",")
    height, width = content.image.shape
    tags = {
        "Heigt": height,
        "Width": width,
        "Xscale": scale,
        "Yscale": scale,
        "Magnification": 73000,
    }
    text(folder / f"tags/{stem}.tif_tags.csv", "".join(f"{k};{v}\n" for k, v in tags.items()))
    lines = ["image size", f"{width};{height}"]
    for particle in content.particles:
        lines += ["particleposition", *(f"{x};{y}" for x, y in particle)]
    text(folder / f"particle_positions/{stem}_particlepositions.txt", "\n".join(lines) + "\n")


def write_mirror(folder: Path) -> None:
    """Write `images` and `labels` of the 1 nm mirror: gray noise of 100 to 200, black outside."""
    for name, ((x0, y0, x1, y1), centres) in MIRROR.items():
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        image = np.zeros((1000, 1000), np.uint8)
        image[y0:y1, x0:x1] = 150 + 15 * rng.standard_normal((y1 - y0, x1 - x0)).clip(-3, 3)
        save(folder / "images" / f"{name}.jpg", image, quality=90)
        label = mirror.CLASSES.index(name.partition("/")[2].partition("_")[0])
        lines = (f"{label} {x / 1000} {y / 1000} 0.08 0.08 \n" for x, y in centres)
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
    """Return what a failed build has left, except its lock file."""
    return [p.name for p in data_dir.glob("tem_virus/[!.]*/*") if p.name != ".build.lock"]


if __name__ == "__main__":
    write(Path(sys.argv[1]))
    write_mirror(Path(sys.argv[1]))
