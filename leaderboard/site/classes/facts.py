"""What a class is: family, shape and size of its particle, and the picture of a phantom of it.

Sizes are those of Matuszewski & Sintorn 2021, Table 1, as in `tem_virus_dataset.facts`. Families
are those of the ICTV taxonomy (Orthonairovirus, Phlebovirus and Rotavirus by their genus). The
pictures are phantoms, which `docs/make_class_pictures.py` draws; no pixel is of a real micrograph.
"""

from dataclasses import dataclass
from pathlib import Path

PICTURES = Path(__file__).with_name("pictures")
PICTURE_NM = 256  # that a picture of a class shows


@dataclass(frozen=True)
class ClassFacts:
    """A class: family, shape of its particle, diameter in nm (of filaments, of the thread)."""

    family: str
    shape: str
    diameter_nm: int


FACTS = {
    "Adenovirus": ClassFacts("Adenoviridae", "icosahedral, hexagonal outline", 80),
    "Astrovirus": ClassFacts("Astroviridae", "small and round, a star on its face", 25),
    "CCHF": ClassFacts("Nairoviridae", "round, enveloped", 120),
    "Cowpox": ClassFacts("Poxviridae", "rounded brick", 270),
    "Ebola": ClassFacts("Filoviridae", "long filament", 80),
    "Influenza": ClassFacts("Orthomyxoviridae", "irregular, dense spikes", 110),
    "Lassa": ClassFacts("Arenaviridae", "irregular sac with granules", 140),
    "Marburg": ClassFacts("Filoviridae", "bent filament", 80),
    "Nipah virus": ClassFacts("Paramyxoviridae", "irregular, fine fringe", 95),
    "Norovirus": ClassFacts("Caliciviridae", "small and round, fuzzy edge", 30),
    "Orf": ClassFacts("Poxviridae", "oval, wound with a thread", 145),
    "Papilloma": ClassFacts("Papillomaviridae", "round, 72 knobs", 55),
    "Rift Valley": ClassFacts("Phenuiviridae", "round, enveloped", 90),
    "Rotavirus": ClassFacts("Sedoreoviridae", "wheel with short spokes", 80),
}


def of(name: str) -> ClassFacts | None:
    """Return what is known of a class, None of one that is no virus of the 14."""
    return FACTS.get(name)


def picture(name: str) -> str:
    """Return the name of the file of a class's picture in `PICTURES`, "" without one."""
    file = f"{name.lower().replace(' ', '-')}.jpg"
    return file if name in FACTS and (PICTURES / file).is_file() else ""
