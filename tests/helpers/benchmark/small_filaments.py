"""Generated micrographs of one bent filament each, in dark stain, with a box around the whole."""

import dataclasses
import zlib
from pathlib import Path

import numpy as np
import small_archive

from benchmark.data.filament_windows import BoxedScene
from tem_virus_dataset import Builder, facts
from tem_virus_dataset.sources import mirror

SIDE = 700  # pixels of 1 nm
WIDTH = 80  # nm, of the filament
NAME = "small_filaments"  # config of the patches; that of the boxes ends in _boxes
MICROGRAPHS = {  # radius of the half circle, or of a round particle
    "train/Ebola/a": 200,
    "train/Ebola/b": 230,
    "train/Ebola/c": 260,
    "train/Orf/d": 160,
    "train/Orf/e": 160,
    "valid/Ebola/f": 220,
    "valid/Orf/g": 160,
    "test/Ebola/h": 220,
    "test/Orf/i": 160,
}


def centre_line(radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Return x, y of points along the filament: the upper half of a circle."""
    angle = np.linspace(np.pi, 2 * np.pi, 200)
    return SIDE / 2 + radius * np.cos(angle), SIDE / 2 + radius / 2 + radius * np.sin(angle)


def distance(x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Return the distance in nm of points to the centre line: to the circle, or below to an end."""
    right, down = x - SIDE / 2, y - SIDE / 2 - radius / 2
    to_end = np.hypot(np.abs(right) - radius, down)
    return np.where(down > 0, to_end, np.abs(np.hypot(right, down) - radius))


def scene(name: str) -> BoxedScene:
    """Return a micrograph of `MICROGRAPHS` with its box, of uint8."""
    radius, rng = MICROGRAPHS[name], np.random.default_rng(zlib.crc32(name.encode()))
    y, x = (axis.ravel() for axis in np.mgrid[:SIDE, :SIDE])
    away = distance(x, y, radius) if "Ebola" in name else np.hypot(x - SIDE / 2, y - SIDE / 2)
    half = WIDTH / 2 if "Ebola" in name else radius
    stain = 110 * np.exp(-(((away - half).clip(0) / 40) ** 2))  # is darkest beside the particle
    texture = 25 * (np.sin(x / 3) * np.sin(y / 3)) * (away < half)  # of its protein
    counts = 170 - stain + texture + rng.normal(0, 8, x.shape)
    image = counts.clip(1, 255).astype(np.uint8).reshape(SIDE, SIDE)
    if "Ebola" not in name:
        return BoxedScene(name, image, np.array([[SIDE / 2, SIDE / 2, 2 * radius, 2 * radius]]))
    line = np.stack(centre_line(radius), axis=1)
    low, high = line.min(axis=0) - half, line.max(axis=0) + half
    return BoxedScene(name, image, np.concatenate([(low + high) / 2, high - low])[None])


def write(folder: Path) -> None:
    """Write them as the public mirror has them: in the corner of a black frame."""
    for name in MICROGRAPHS:
        split, class_name, stem = name.split("/")
        image = np.zeros((1000, 1000), np.uint8)
        boxed = scene(name)
        image[:SIDE, :SIDE] = boxed.image
        small_archive.save(folder / f"images/{split}/{class_name}_{stem}.jpg", image, quality=95)
        label = mirror.CLASSES.index(class_name)
        numbers = " ".join(f"{value / 1000:.6f}" for value in boxed.boxes[0])
        small_archive.text(
            folder / f"labels/{split}/{class_name}_{stem}.txt", f"{label} {numbers}\n"
        )


def configs() -> dict[str, object]:
    """Return the configs of patches and of boxes by their names."""
    expected = facts.counts({"Ebola": (3, 1, 1), "Orf": (2, 1, 1)})
    source = dataclasses.replace(mirror.MIRROR, name=NAME, shipped=False)
    return {
        f"{NAME}{ending}": dataclasses.replace(
            Builder.builder_configs[f"mirror_11class{ending}"],
            name=f"{NAME}{ending}",
            expected=expected,
            source=source,
            megabytes=1,
        )
        for ending in ("", "_boxes")
    }
