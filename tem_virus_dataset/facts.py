"""Published facts about the data set: classes, sizes, counts, sources.

Source: Matuszewski & Sintorn 2021, "TEM virus images: Benchmark dataset and deep learning
classification", Comput. Methods Programs Biomed. 209:106318, Table 1 and section 2.
"""

from collections.abc import Mapping
from types import MappingProxyType

SPLITS = ("train", "validation", "test")
PATCH = 256  # side of a patch in pixels; at 1 nm per pixel also in nanometres
HOMEPAGE = "https://data.mendeley.com/datasets/x4dwwfwtw3/3"
ARCHIVE = "TEM virus dataset"  # top folder of the download, and stem of its zip

Counts = Mapping[str, Mapping[str, int]]  # class -> split (or "total") -> number of examples


def counts(rows: Mapping[str, tuple[int, int, int]]) -> Counts:
    """Read rows of class: (train, validation, test)."""
    return MappingProxyType(
        {name: dict(zip(SPLITS, row, strict=True)) for name, row in rows.items()}
    )


# Table 1: particle diameter in nm; micrographs of train, validation and test; particles of them.
TABLE_1: Mapping[str, tuple[int, tuple[int, int, int], tuple[int, int, int]]] = MappingProxyType(
    {
        "Adenovirus": (80, (40, 13, 14), (160, 44, 86)),
        "Astrovirus": (25, (46, 15, 15), (266, 86, 66)),
        "CCHF": (120, (44, 15, 15), (249, 100, 86)),
        "Cowpox": (270, (30, 10, 10), (189, 70, 57)),
        "Dengue": (45, (19, 6, 7), (72, 15, 44)),
        "Ebola": (80, (65, 22, 22), (173, 70, 60)),
        "Guanarito": (140, (13, 4, 4), (31, 10, 7)),
        "Influenza": (110, (56, 19, 19), (365, 158, 125)),
        "LCM": (120, (22, 7, 8), (31, 10, 14)),
        "Lassa": (140, (62, 21, 21), (222, 92, 80)),
        "Machupo": (120, (20, 6, 7), (69, 16, 23)),
        "Marburg": (80, (57, 19, 19), (78, 28, 24)),
        "Nipah virus": (95, (25, 8, 8), (75, 22, 17)),
        "Norovirus": (30, (32, 11, 11), (231, 104, 84)),
        "Orf": (145, (38, 13, 13), (92, 76, 31)),
        "Papilloma": (55, (19, 6, 6), (693, 227, 187)),
        "Pseudocowpox": (145, (20, 7, 7), (46, 21, 16)),
        "Rift Valley": (90, (77, 26, 26), (1140, 408, 386)),
        "Rotavirus": (80, (22, 7, 7), (169, 48, 40)),
        "Sapovirus": (30, (8, 3, 3), (19, 11, 8)),
        "TBE": (50, (25, 8, 8), (39, 12, 11)),
        "WestNile": (50, (5, 2, 2), (88, 66, 34)),
    }
)
CLASSES_22 = tuple(TABLE_1)
EXCLUDED = ("Dengue", "Guanarito", "LCM", "Machupo", "Pseudocowpox", "Sapovirus", "TBE", "WestNile")
CLASSES_14 = tuple(name for name in CLASSES_22 if name not in EXCLUDED)

DIAMETER_NM: Mapping[str, int] = MappingProxyType({n: row[0] for n, row in TABLE_1.items()})
MICROGRAPHS_22CLASS = counts({name: row[1] for name, row in TABLE_1.items()})  # 745 / 248 / 252
PARTICLES_22CLASS = counts({name: row[2] for name, row in TABLE_1.items()})

# Published patches of the 14 classes: 5740 / 2249 / 1900.
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

# Patches in the worst-case split, of the classes in which every patch is a particle: computed by
# `splits.worst_case` from the published list of patches.
WORST_CASE = counts(
    {
        "Adenovirus": (62, 35, 193),
        "Astrovirus": (84, 73, 261),
        "CCHF": (93, 107, 235),
        "Norovirus": (88, 84, 247),
        "Orf": (68, 39, 92),
        "Papilloma": (335, 308, 464),
        "Rotavirus": (47, 67, 143),
    }
)
