"""The styles of phantoms of aggregated vesicles: ranges after the literature, wider than real ones.

Small extracellular vesicles are 30 to 200 nm wide (Gomez-de-Mariscal et al. 2019, doi
10.1038/s41598-019-49431-3), mostly below 100. Number of vesicles and background differ
between protocols of preparation more than within one (Rikkert et al. 2019, doi
10.1080/20013078.2018.1555419), so each micrograph samples its own stain, contrast, focus and noise.
"""

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

from tem_virus_dataset.phantoms.aggregates.appearance import Range


@dataclasses.dataclass(frozen=True)
class Style:
    """The ranges that a specimen is sampled from.

    Attributes:
      kinds: relative frequency of each kind of vesicle; of a micrograph, not of a vesicle.
      count: vesicles in a field, before those that found no place.
      together, compact, overlap: see `arrangement.Arrangement`.
      lipoproteins, proteins, fragments, crystals, precipitates, fibres: contaminants in a field.
      cloud: unevenness of the stain, in tones; slope: how much coarser than fine it is; gradient:
        of the stain from side to side, in tones.
    """

    kinds: Mapping[str, float]
    count: Range
    together: Range
    compact: Range = (0.3, 1.0)
    overlap: Range = (0.75, 0.98)
    lipoproteins: Range = (0, 30)
    proteins: Range = (0, 8)
    fragments: Range = (0, 4)
    crystals: Range = (0, 1)
    precipitates: Range = (0, 20)
    fibres: Range = (0, 1)
    cloud: Range = (0.03, 0.18)
    slope: Range = (1.3, 2.4)
    gradient: Range = (0.0, 0.5)


_BRIGHT = {"cup": 3, "full": 3, "empty": 2, "granular": 2}
_DARK = {"dark": 4, "dark_walled": 2, "filled": 2}
STYLES: Mapping[str, Style] = MappingProxyType(
    {
        "single": Style({**_BRIGHT, "filled": 1, "pale_walled": 1}, (3, 25), (0.0, 0.3)),
        "bright_aggregates": Style(_BRIGHT, (15, 110), (0.6, 0.98)),
        "dark_aggregates": Style(_DARK, (15, 130), (0.7, 0.98)),
        "walled": Style(
            {"dark_walled": 3, "pale_walled": 3, "filled": 2, "empty": 2}, (8, 90), (0.2, 0.95)
        ),
        "stain_pools": Style(
            {**_BRIGHT, "filled": 3, "dark": 2}, (5, 60), (0.1, 0.8), cloud=(0.2, 0.6),
            slope=(2.2, 3.2), gradient=(0.2, 1.2), crystals=(0, 4), precipitates=(10, 150),
        ),
        "contaminated": Style(
            {**_BRIGHT, **_DARK, "pale_walled": 1}, (2, 30), (0.0, 0.7), lipoproteins=(20, 250),
            proteins=(5, 50), fragments=(2, 20), crystals=(0, 6), precipitates=(0, 100),
            fibres=(0, 8),
        ),
    }
)  # fmt: skip
