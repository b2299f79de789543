"""Draw docs/phantoms.png: one phantom patch of each class (python docs/make_figures.py)."""

import tempfile
from pathlib import Path

from tem_virus_dataset import Builder, figure

SEED, SIDE = 1, 144


def main() -> None:
    """Build the phantoms, draw and write the picture."""
    with tempfile.TemporaryDirectory() as data_dir:
        builder = Builder(config="phantom_14class", data_dir=data_dir)
        builder.download_and_prepare()
        figure.write(builder, Path(__file__).parent / "phantoms.png", SEED, SIDE)


if __name__ == "__main__":
    main()
