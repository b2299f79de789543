"""Synthetic micrographs (phantoms) of vesicles that touch, with masks.

Nothing is downloaded and nothing is copied from a real micrograph: the forms are formulas after
what the literature describes, cited in `appearance`, `contaminants`, `arrangement` and `styles`.
"""

import numpy as np

from tem_virus_dataset.micrographs.masked_micrograph import MaskedMicrograph
from tem_virus_dataset.phantoms.aggregates import exposure, specimen
from tem_virus_dataset.phantoms.aggregates.styles import STYLES

SIDE = 500  # pixels
RIM = 24  # pixels of a specimen that are cut off, since Fourier space wraps there
NM_PER_PIXEL = (1.0, 4.0)


def micrograph(style: str, number: int, seed: int) -> MaskedMicrograph:
    """Generate one micrograph from its own random generator, independent of the others.

    Args:
      style: a name of `STYLES`; number: of the micrograph; seed: neither is negative.
    """
    rng = np.random.default_rng([seed, list(STYLES).index(style), number])
    size = round(float(np.exp(rng.uniform(*np.log(NM_PER_PIXEL)))), 3)
    field = specimen.draw(rng, STYLES[style], SIDE + 2 * RIM, size)
    inner = np.s_[RIM:-RIM, RIM:-RIM]
    image = exposure.expose(rng, field, STYLES[style])[inner]
    return MaskedMicrograph(style, image.copy(), field.mask[inner].copy(), size)
