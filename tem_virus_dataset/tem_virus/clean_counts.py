"""Patches of each class and split without those whose field a later split shows, too.

Computed by `resplit.without_repeated_fields` from the boxes of the mirror, and from the published
list of patches. Other counts stop a build.
"""

from tem_virus_dataset import facts

MIRROR_11CLASS = facts.counts(  # 3010 / 1067 / 984 of 401 / 139 / 142 micrographs
    {
        "Adenovirus": (145, 42, 67),
        "Astrovirus": (258, 86, 66),
        "CCHF": (241, 86, 86),
        "Cowpox": (75, 22, 32),
        "Ebola": (36, 14, 13),
        "Marburg": (48, 15, 20),
        "Norovirus": (217, 103, 84),
        "Orf": (75, 35, 30),
        "Papilloma": (675, 227, 187),
        "Rift Valley": (1102, 395, 366),
        "Rotavirus": (138, 42, 33),
    }
)
PATCHES_14CLASS = facts.counts(  # 5663 / 2243 / 1900 of 596 / 203 / 206 micrographs
    {
        "Adenovirus": (156, 44, 86),
        "Astrovirus": (258, 86, 66),
        "CCHF": (249, 100, 86),
        "Cowpox": (176, 66, 59),
        "Ebola": (1118, 469, 363),
        "Influenza": (497, 281, 170),
        "Lassa": (279, 114, 128),
        "Marburg": (501, 174, 173),
        "Nipah virus": (142, 40, 35),
        "Norovirus": (217, 104, 84),
        "Orf": (87, 76, 31),
        "Papilloma": (676, 227, 187),
        "Rift Valley": (1144, 414, 392),
        "Rotavirus": (163, 48, 40),
    }
)
