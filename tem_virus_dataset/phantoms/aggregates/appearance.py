"""How a vesicle looks: its tone against the support around it, after the literature.

A tone is a brightness relative to the background: above 0 the vesicle lets more electrons through
than the stain around it, below 0 fewer. Each kind is described in the literature; no number
was measured in a micrograph:

* `cup`: a vesicle that collapsed as it dried on the support; stain lies in its dent. Drying on a
  surface distorts vesicles (Chernyshev et al. 2015, doi 10.1007/s00216-015-8535-3); they are
  spheres when frozen in water.
* `full`, `empty`: a vesicle that keeps the stain out, or of which only the membrane does.
* `granular`: covered with stain and protein (Issman et al. 2013, doi 10.1371/journal.pone.0083680:
  granulated and smooth vesicles).
* `filled`: stain has entered, so that a bright membrane surrounds a dark lumen: stains surround
  particles and often penetrate them (Bozzola 1998, "The champagne artifact in negative staining
  TEM", Microscopy Today).
* `dark`: positively stained, darker than the background (vesicles are "both lighter and darker than
  the background": TEM ExosomeAnalyzer, Kotrbova et al. 2019, doi 10.1080/20013078.2018.1560808).
* `dark_walled`, `pale_walled`: a membrane that has bound uranyl or osmium, or is seen without
  stain in ice, is a dark line around a lumen of about the background's tone, or of a brighter one.
"""

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from tem_virus_dataset.phantoms.vesicle_shapes import texture
from tem_virus_dataset.phantoms.virus_shapes import inside, outline

Range = tuple[float, float]  # a number is sampled between the two
DOUBLE = 0.12  # share of vesicles with a second membrane: vesicles in vesicles (Issman et al. 2013)


@dataclasses.dataclass(frozen=True)
class Kind:
    """The ranges of one kind of vesicle; all but lengths are tones.

    Attributes:
      lumen: of the interior; rim: of the membrane, added to it.
      dome: how much the middle is brighter than the edge; dent: of the stain in a dent.
      grain: standard deviation of the texture.
      halo: of the background close to the vesicle, where stain pools (< 0) or is lacking (> 0).
    """

    lumen: Range
    rim: Range
    dome: Range = (0.0, 0.1)
    dent: Range = (0.0, 0.0)
    grain: Range = (0.02, 0.12)
    halo: Range = (-0.8, 0.0)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "cup": Kind((0.4, 0.8), (0.1, 0.6), dent=(-1.0, -0.4)),
        "full": Kind((0.4, 0.8), (0.0, 0.4), dome=(0.1, 0.4)),
        "empty": Kind((-0.05, 0.3), (0.5, 1.0)),
        "granular": Kind((0.15, 0.5), (0.1, 0.5), grain=(0.2, 0.35)),
        "filled": Kind((-0.8, -0.25), (0.6, 1.2), halo=(-0.5, 0.1)),
        "dark": Kind((-1.0, -0.4), (-0.2, 0.15), (-0.4, 0.3), halo=(-0.2, 0.4)),
        "dark_walled": Kind((-0.5, 0.0), (-1.0, -0.4), halo=(-0.1, 0.4)),
        "pale_walled": Kind((0.1, 0.6), (-1.1, -0.5), halo=(-0.3, 0.2)),
    }
)


@dataclasses.dataclass(frozen=True)
class Contact:
    """A plane at which a vesicle is pressed flat against a neighbour.

    Attributes:
      across, down: the direction of the neighbour, of length 1; distance: of the plane from the
        vesicle's centre, in nm.
    """

    across: float
    down: float
    distance: float


@dataclasses.dataclass(frozen=True)
class Population:
    """What the vesicles of one micrograph have in common.

    Attributes:
      kind: their most frequent kind; other: a second kind; share: of vesicles of the second.
      width: of the membrane, in nm: a bilayer of 5 nm with its proteins and stain.
      uneven: roughness of the outline; stretch: largest ratio of the axes.
      pressed: whether vesicles that touch are flattened, instead of one hiding a part of another.
      opacity: share of what lies below that a vesicle hides.
    """

    kind: Kind
    other: Kind
    share: float
    width: float
    uneven: float
    stretch: float
    pressed: bool
    opacity: float


def population(rng: np.random.Generator, odds: Mapping[str, float]) -> Population:
    """Sample what the vesicles of a micrograph have in common.

    Args:
      odds: relative frequency of each name of `KINDS`.
    """
    names = list(odds)
    share = np.array(list(odds.values())) / sum(odds.values())
    kind, other = (_narrowed(rng, KINDS[names[rng.choice(len(names), p=share)]]) for _ in range(2))
    return Population(
        kind=kind,
        other=other,
        share=rng.choice([0.0, 0.15, 0.4]),
        width=rng.uniform(2.5, 6),
        uneven=rng.uniform(0.02, 0.16),
        stretch=rng.uniform(1.05, 1.45),
        pressed=rng.random() < 0.5,
        opacity=rng.uniform(0.6, 1),
    )


def vesicle(
    rng: np.random.Generator,
    x: np.ndarray,
    y: np.ndarray,
    radius: float,
    of: Population,
    contacts: list[Contact],
) -> tuple[np.ndarray, np.ndarray]:
    """Draw one vesicle, rotated at random.

    Args:
      x: (1, n), y: (m, 1), in nm from its centre; radius: in nm.
      contacts: with its neighbours, where they are pressed together.

    Returns:
      Its tone and the share of each pixel that it covers, (m, n).
    """
    kind = of.other if rng.random() < of.share else of.kind
    turn = rng.uniform(0, 2 * np.pi)
    along, across = np.cos(turn) * x + np.sin(turn) * y, np.cos(turn) * y - np.sin(turn) * x
    stretch = rng.uniform(1, of.stretch)
    r, angle = outline(rng, along / np.sqrt(stretch), across * np.sqrt(stretch), of.uneven)
    depth = r - radius
    for contact in contacts:
        depth = np.maximum(depth, contact.across * x + contact.down * y - contact.distance)
    step = abs(x[0, 1] - x[0, 0])
    cover = inside(depth, max(3.0, 1.5 * step))
    body = rng.uniform(*kind.lumen) + rng.uniform(*kind.dome) * (1 - 2 * (r / radius) ** 2)
    body = body + rng.uniform(*kind.grain) * texture(rng, along, across, rng.uniform(5, 12))
    if kind.dent[0] < 0:
        away = rng.uniform(0, 0.35) * radius
        hollow, _ = outline(rng, along - away, across, 0.2)
        deep = np.exp(-((hollow / (rng.uniform(0.35, 0.65) * radius)) ** 4))
        body = body + rng.uniform(*kind.dent) * deep
    body = body * (1 + rng.uniform(0, 0.3) * np.cos(angle))
    width = min(of.width * rng.uniform(0.8, 1.25), radius / 4)
    wall = _line(depth, -width, width) * (1 - rng.uniform(0, 0.5) * (0.5 - 0.5 * np.cos(angle)))
    if rng.random() < DOUBLE:
        wall = wall + rng.uniform(0.5, 1) * _line(depth, -rng.uniform(0.3, 0.6) * radius, width)
    return cover * body + rng.uniform(*kind.rim) * wall, cover


def _narrowed(rng: np.random.Generator, kind: Kind) -> Kind:
    """Return a kind of narrower ranges: vesicles of one micrograph are stained alike."""

    def narrow(low: float, high: float) -> Range:
        middle, spread = rng.uniform(low, high), 0.15 * (high - low)
        return middle - spread, middle + spread

    return Kind(**{f.name: narrow(*getattr(kind, f.name)) for f in dataclasses.fields(kind)})


def _line(depth: np.ndarray, place: float, width: float) -> np.ndarray:
    return np.exp(-(((depth - place) / width) ** 2))
