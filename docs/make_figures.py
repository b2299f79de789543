"""Draw the sheets of phantoms: phantoms.png, exosome_phantoms.png, exosome_aggregates.png here.

python docs/make_figures.py
"""

import dataclasses
import tempfile
from pathlib import Path

import numpy as np

from tem_virus_dataset import ExosomeBuilder, builders
from tem_virus_dataset.commands import figure
from tem_virus_dataset.commands.contact_sheet import contact_sheet
from tem_virus_dataset.micrographs import instances
from tem_virus_dataset.phantoms.aggregates.styles import STYLES
from tem_virus_dataset.tem_exosome import sim_to_real_aggregates

SHEETS = {  # config: file, seed, pixels of a picture's side
    "phantom_14class": ("phantoms.png", 1, 144),
    "tem_exosome/phantom": ("exosome_phantoms.png", 0, 208),
}


def main() -> None:
    """Build the phantoms, draw and write the pictures."""
    folder = Path(__file__).parent
    for config, (name, seed, side) in SHEETS.items():
        with tempfile.TemporaryDirectory() as data_dir:
            builder = builders.named(config, data_dir)
            builder.download_and_prepare()
            figure.write(builder, folder / name, seed, side)
    _aggregates(folder / "exosome_aggregates.png", "_005", 208)


def _aggregates(out: Path, ending: str, side: int) -> None:
    """Draw one phantom of each style of `sim_to_real_aggregates`, which is not built for it.

    Args:
      ending: of the names of the phantoms of train that are drawn.
    """
    config = ExosomeBuilder.builder_configs["sim_to_real_aggregates"]
    examples = {}
    for job in sim_to_real_aggregates.phantoms():
        if job.split == "train" and job.stem.endswith(ending):
            (item,) = job.items()
            corners = instances.boxes(item.mask).corners[:, [1, 0, 3, 2]]
            examples[item.group] = {
                "id": job.micrograph,
                "image": item.image,
                "nm_per_pixel": item.nm_per_pixel,
                "objects": {"bbox": corners / np.tile(item.mask.shape, 2)},
            }
    phantoms = dataclasses.replace(
        config, expected={style: config.expected[style] for style in STYLES}, source=None
    )
    name = f"{config.dataset}/{config.name}/{ExosomeBuilder.VERSION}"
    sheet = contact_sheet(phantoms, name, examples, phantoms.expected, side)
    sheet.save(out, optimize=True)


if __name__ == "__main__":
    main()
