"""Patches of each class and split where whole imaging sessions are held out.

Computed by `resplit.by_session` from the boxes of the mirror, and from the published list of
patches. Other counts stop a build.
"""

from tem_virus_dataset import facts

MIRROR_11CLASS = facts.counts(  # 2984 / 693 / 1453 of 375 / 139 / 187 micrographs
    {
        "Adenovirus": (169, 38, 51),
        "Astrovirus": (250, 68, 100),
        "CCHF": (224, 44, 145),
        "Cowpox": (91, 11, 41),
        "Ebola": (41, 7, 15),
        "Marburg": (40, 11, 33),
        "Norovirus": (328, 35, 55),
        "Orf": (90, 30, 25),
        "Papilloma": (449, 169, 488),
        "Rift Valley": (1149, 256, 458),
        "Rotavirus": (153, 24, 42),
    }
)
PATCHES_14CLASS = facts.counts(  # 5650 / 1178 / 3061 of 544 / 188 / 292 micrographs
    {
        "Adenovirus": (196, 42, 52),
        "Astrovirus": (250, 68, 100),
        "CCHF": (241, 45, 149),
        "Cowpox": (124, 33, 163),
        "Ebola": (1242, 162, 546),
        "Influenza": (372, 114, 462),
        "Lassa": (448, 32, 41),
        "Marburg": (443, 108, 307),
        "Nipah virus": (96, 30, 91),
        "Norovirus": (328, 35, 56),
        "Orf": (96, 33, 70),
        "Papilloma": (449, 169, 489),
        "Rift Valley": (1180, 283, 487),
        "Rotavirus": (185, 24, 48),
    }
)
