"""The styles of phantoms of exosomes, with ranges taken from real micrographs."""

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

from tem_virus_dataset.phantoms import vesicle_shapes
from tem_virus_dataset.phantoms.virus_shapes import Shape

Range = tuple[float, float]  # a number is sampled between the two


@dataclasses.dataclass(frozen=True)
class Style:
    """The ranges from which a specimen and its stain are sampled.

    Attributes:
      count: vesicles in the field of 1000 nm squared; diameter: their median in nm.
      shapes: relative frequency of each shape.
      apart: least distance of two centres, as a share of the sum of their radii.
      stained: in how many micrographs most vesicles have taken up stain, instead of keeping it
        out.
      specks, lumps, scraps: debris in the field of 1000 nm squared.
      cloud: unevenness of the stain, as a share of its depth; slope: how much coarser than fine
        the unevenness is.
      halo: depth of the stain that pools around particles; reach: how far, in nm.
      contrast: standard deviation of the image before noise, as a share of its mean.
      dose: electrons per square nm.
    """

    count: Range
    diameter: Range
    shapes: Mapping[Shape, float]
    apart: float = 0.95
    stained: float = 0.0
    specks: Range = (20, 80)
    lumps: Range = (0, 2)
    scraps: Range = (0, 2)
    cloud: Range = (0.03, 0.1)
    slope: Range = (1.3, 1.9)
    halo: Range = (0.3, 1.0)
    reach: Range = (15, 35)
    contrast: Range = (0.08, 0.16)
    dose: Range = (80, 400)


V = vesicle_shapes
STYLES: Mapping[str, Style] = MappingProxyType(
    {
        "smooth": Style(
            (4, 14), (60, 95), {V.ring: 3, V.cup: 3, V.ball: 3, V.grainy: 1},
            halo=(0.3, 1.4), reach=(20, 80),
        ),
        "cloudy": Style(
            (4, 12), (45, 80), {V.ring: 2, V.cup: 2, V.ball: 1, V.grainy: 4},
            cloud=(0.2, 0.4), slope=(1.9, 2.5), halo=(0.8, 2.0), reach=(30, 70), lumps=(0, 3),
        ),
        "crowded": Style(
            (30, 60), (38, 55), {V.ring: 4, V.cup: 2, V.ball: 2, V.grainy: 2},
            specks=(400, 900), lumps=(2, 6), halo=(0.1, 0.5), contrast=(0.06, 0.11),
            dose=(60, 200),
        ),
        "clusters": Style(
            (25, 60), (50, 80), {V.ring: 3, V.cup: 1, V.grainy: 4}, apart=0.6, stained=0.5,
            cloud=(0.05, 0.15), slope=(1.8, 2.3), halo=(0.3, 1.2), reach=(20, 60), scraps=(1, 6),
        ),
        "mottled": Style(
            (3, 12), (65, 110), {V.ring: 2, V.cup: 4, V.ball: 3, V.grainy: 2},
            specks=(150, 400), lumps=(2, 8), scraps=(0, 3), cloud=(0.05, 0.12), slope=(1.0, 1.6),
            halo=(0.3, 1.0), contrast=(0.1, 0.18), dose=(40, 200),
        ),
    }
)  # fmt: skip
