"""Draw the sheets of phantoms: docs/phantoms.png and docs/exosome_phantoms.png.

python docs/make_figures.py
"""

import tempfile
from pathlib import Path

from tem_virus_dataset import builders
from tem_virus_dataset.commands import figure

SHEETS = {  # config: file, seed, pixels of a picture's side
    "phantom_14class": ("phantoms.png", 1, 144),
    "tem_exosome/phantom": ("exosome_phantoms.png", 0, 208),
}


def main() -> None:
    """Build the phantoms, draw and write the pictures."""
    for config, (name, seed, side) in SHEETS.items():
        with tempfile.TemporaryDirectory() as data_dir:
            builder = builders.named(config, data_dir)
            builder.download_and_prepare()
            figure.write(builder, Path(__file__).parent / name, seed, side)


if __name__ == "__main__":
    main()
