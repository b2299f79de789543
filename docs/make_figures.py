"""Draw the pictures of phantoms here: three sheets, and prediction.jpg.

python docs/make_figures.py
"""

import dataclasses
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from tem_virus_dataset import ExosomeBuilder, builders
from tem_virus_dataset.commands import cli, figure
from tem_virus_dataset.commands.contact_sheet import contact_sheet
from tem_virus_dataset.micrographs import drawing, instances
from tem_virus_dataset.phantoms import viruses
from tem_virus_dataset.phantoms.aggregates.styles import STYLES
from tem_virus_dataset.tem_exosome import sim_to_real_aggregates

SHEETS = {  # config: file, seed, pixels of a picture's side
    "phantom_14class": ("phantoms.png", 1, 144),
    "tem_exosome/phantom": ("exosome_phantoms.png", 0, 208),
}

GAP = 8  # pixels between a phantom and its overlay


def main() -> None:
    """Build the phantoms, draw and write the pictures."""
    folder = Path(__file__).parent
    for config, (name, seed, side) in SHEETS.items():
        with tempfile.TemporaryDirectory() as data_dir:
            builder = builders.named(config, data_dir)
            builder.download_and_prepare()
            figure.write(builder, folder / name, seed, side)
    _aggregates(folder / "exosome_aggregates.png", "_005", 208)
    _prediction(folder / "prediction.jpg", "Adenovirus", 9, 480)


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


def _prediction(out: Path, class_name: str, number: int, side: int) -> None:
    """Draw a phantom, and beside it the overlay that `tem-virus predict` writes of it.

    Args:
      number: of the micrograph of the class; side: of the phantom, in pixels.
    """
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "phantom.png"
        Image.fromarray(viruses.micrograph(class_name, number).image).save(file)
        results = file.with_name("results")
        options = "--nm-per-pixel", "1", "--model", "virus-detector", "--formats", "overlays-png"
        cli.main(["predict", str(file), "--out", str(results), *options])
        overlay = Image.open(results / "overlays-png" / "phantom.png.png").convert("RGB")
        gray = drawing.gray(np.asarray(Image.open(file)), 1.0)
    overlay = overlay.resize((round(overlay.width * side / overlay.height), side))
    picture = Image.new("RGB", (side + GAP + overlay.width, side), "white")
    picture.paste(gray.resize((side, side)), (0, 0))
    picture.paste(overlay, (side + GAP, 0))
    picture.save(out, quality=88)


if __name__ == "__main__":
    main()
