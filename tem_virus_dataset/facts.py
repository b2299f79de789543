"""What is published about the data set: classes, sizes, counts, sources.

Source: Matuszewski & Sintorn 2021, "TEM virus images: Benchmark dataset and deep learning
classification", Comput. Methods Programs Biomed. 209:106318, Table 1 and section 2.
"""

from collections.abc import Mapping
from types import MappingProxyType

SPLITS = ("train", "validation", "test")
PATCH = 256  # side of a patch in pixels; at 1 nm per pixel also in nanometres
HOMEPAGE = "https://data.mendeley.com/datasets/x4dwwfwtw3/3"
ARCHIVE = "TEM virus dataset"  # top folder of the download, and stem of its zip

Counts = Mapping[str, Mapping[str, int]]  # class -> split -> number of examples


def counts(rows: Mapping[str, tuple[int, int, int]]) -> Counts:
    """Read rows of class: (train, validation, test)."""
    return MappingProxyType(
        {name: dict(zip(SPLITS, row, strict=True)) for name, row in rows.items()}
    )


# Particle diameter in nm (Table 1), of the 14 classes of the benchmark in label order.
DIAMETER_NM: Mapping[str, int] = MappingProxyType(
    {
        "Adenovirus": 80,
        "Astrovirus": 25,
        "CCHF": 120,
        "Cowpox": 270,
        "Ebola": 80,
        "Influenza": 110,
        "Lassa": 140,
        "Marburg": 80,
        "Nipah virus": 95,
        "Norovirus": 30,
        "Orf": 145,
        "Papilloma": 55,
        "Rift Valley": 90,
        "Rotavirus": 80,
    }
)
CLASSES_14 = tuple(DIAMETER_NM)

# Patches of the ready-made 14-class part: 5740 / 2249 / 1900.
PATCHES_14CLASS = counts(
    {
        "Adenovirus": (160, 44, 86),
        "Astrovirus": (266, 86, 66),
        "CCHF": (249, 100, 86),
        "Cowpox": (189, 72, 59),
        "Ebola": (1118, 469, 363),
        "Influenza": (497, 281, 170),
        "Lassa": (279, 114, 128),
        "Marburg": (511, 174, 173),
        "Nipah virus": (142, 40, 35),
        "Norovirus": (231, 104, 84),
        "Orf": (92, 76, 31),
        "Papilloma": (693, 227, 187),
        "Rift Valley": (1144, 414, 392),
        "Rotavirus": (169, 48, 40),
    }
)
