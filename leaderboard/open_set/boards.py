"""The two boards: their classes, their rings, and the files of a row.

`novelty_mirror`: for each of the eleven classes of the mirror a network that was trained without
it. It predicts the whole test split: the patches of its class are unknown to it. Three more rounds
leave out imaging sessions, not classes: patches of these sessions should not look new.

`open_set_14class`: a network of the eleven classes predicts the official test patches of fourteen,
and generated pictures, the far rings.
"""

import types
from collections.abc import Mapping

MIRROR, OFFICIAL = "novelty_mirror", "open_set_14class"
BOARDS = (MIRROR, OFFICIAL)
DATA, VERSION = "tem_virus/mirror_11class", "1.0.0"  # what the networks are trained on
CLASSES = (
    "Adenovirus", "Astrovirus", "CCHF", "Cowpox", "Ebola", "Marburg", "Norovirus", "Orf",
    "Papilloma", "Rift Valley", "Rotavirus",
)  # fmt: skip
UNKNOWN = ("Influenza", "Lassa", "Nipah virus")  # of the official test patches
NEAR = "near"  # ring of these three
FAR: Mapping[str, str] = types.MappingProxyType(
    {
        "background": "phantoms of stain alone",
        "debris": "phantoms of specks, empty vesicles and fibres, without a virus",
        "textures": "generated textures: clouds, cells, stripes, spots",
        "noise": "noise of four kinds",
    }
)
OF_RING = 100  # pictures of each far ring
SESSION_ROUNDS = 3


def rounds_of(board: str) -> tuple[str, ...]:
    """Return the names of the rounds of a board, each with a predictions file for every seed."""
    if board == OFFICIAL:
        return ("",)
    return (*map(file_name, CLASSES), *map(session_round, range(SESSION_ROUNDS)))


def session_round(number: int) -> str:
    """Return the name of a round that leaves out sessions."""
    return f"sessions-{number}"


def file_name(class_name: str) -> str:
    """Return a class as it stands in the name of a file.

    >>> file_name("Rift Valley")
    'Rift_Valley'
    """
    return class_name.replace(" ", "_")


def known_classes(name: str) -> tuple[str, ...]:
    """Return the classes that the network of a round knows; name: as `rounds_of` gives it."""
    return tuple(one for one in CLASSES if file_name(one) != name)
