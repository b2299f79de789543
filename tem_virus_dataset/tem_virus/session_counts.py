"""Examples of each class and split where whole imaging sessions are held out.

Computed by `resplit.by_session` from the boxes of the mirror, and from the published list of
patches. Other counts stop a build.
"""

from tem_virus_dataset import facts

MIRROR_11CLASS = facts.counts(  # 3004 / 638 / 1488 of 368 / 119 / 214 micrographs
    {
        "Adenovirus": (189, 8, 61),
        "Astrovirus": (250, 50, 118),
        "CCHF": (224, 44, 145),
        "Cowpox": (91, 11, 41),
        "Ebola": (41, 7, 15),
        "Marburg": (40, 11, 33),
        "Norovirus": (328, 30, 60),
        "Orf": (90, 30, 25),
        "Papilloma": (449, 169, 488),
        "Rift Valley": (1149, 256, 458),
        "Rotavirus": (153, 22, 44),
    }
)
MIRROR_MICROGRAPHS = facts.counts(  # 368 / 119 / 214
    {
        "Adenovirus": (28, 5, 34),
        "Astrovirus": (44, 18, 14),
        "CCHF": (42, 12, 20),
        "Cowpox": (31, 3, 13),
        "Ebola": (28, 6, 14),
        "Marburg": (35, 10, 30),
        "Norovirus": (30, 12, 12),
        "Orf": (39, 14, 11),
        "Papilloma": (11, 4, 16),
        "Rift Valley": (59, 28, 42),
        "Rotavirus": (21, 7, 8),
    }
)
PATCHES_14CLASS = facts.counts(  # 5671 / 1119 / 3099 of 537 / 168 / 319 micrographs
    {
        "Adenovirus": (217, 8, 65),
        "Astrovirus": (250, 50, 118),
        "CCHF": (241, 45, 149),
        "Cowpox": (124, 33, 163),
        "Ebola": (1242, 162, 546),
        "Influenza": (372, 114, 462),
        "Lassa": (448, 32, 41),
        "Marburg": (443, 108, 307),
        "Nipah virus": (96, 30, 91),
        "Norovirus": (328, 30, 61),
        "Orf": (96, 33, 70),
        "Papilloma": (449, 169, 489),
        "Rift Valley": (1180, 283, 487),
        "Rotavirus": (185, 22, 50),
    }
)
