"""The sub-command `corrupt`: the test split of a config under hard conditions."""

import argparse
from pathlib import Path

from tem_virus_dataset.conditions import levels
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.arguments import Parser, output_folder, path, seed

PROGRAM = "tem-virus"
SPLIT = "test"


def add_corrupt(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add `corrupt`."""
    command = commands.add_parser(
        "corrupt",
        help="write the test patches under hard conditions: defocus, dose, drift and others",
        description="Write the test patches of a prepared config under hard conditions, an array "
        "for each condition and level. All 62 cells of mirror_11class take 4 GB.",
        examples=[
            f"{PROGRAM} corrupt mirror_11class --out corrupted",
            f"{PROGRAM} corrupt mirror_11class --out corrupted --conditions defocus dose",
        ],
    )
    command.add_argument("config", metavar="CONFIG", help="a prepared config of patches")
    command.add_argument(
        "--out", type=output_folder, required=True, metavar="FOLDER", help="folder of the arrays"
    )
    names = (levels.CLEAN, *levels.CONDITIONS)
    command.add_argument(
        "--conditions", nargs="+", choices=names, default=list(names), metavar="CONDITION",
        help=f"of {', '.join(names)} (default: all)",
    )  # fmt: skip
    command.add_argument(
        "--seed", type=seed, default=0, metavar="SEED",
        help="of the random numbers; the leaderboard takes predictions of 0 alone (default: 0)",
    )  # fmt: skip
    command.add_argument(
        "--data-dir", type=path, metavar="FOLDER",
        help="folder of the prepared data sets (default: ~/tensorflow_datasets)",
    )  # fmt: skip
    command.set_defaults(run=_corrupt)


def _corrupt(args: argparse.Namespace) -> int:
    import numpy as np

    from tem_virus_dataset.commands import writable
    from tem_virus_dataset.conditions import folder

    writable.try_folder(args.out, "--out")
    images, ids = _test_patches(args.config, args.data_dir)
    cells = [cell for cell in levels.cells() if cell.condition in args.conditions]
    stacked = np.stack(images)
    if stacked.max() <= np.iinfo(np.uint8).max:  # TFDS gives patches of 8 bits as uint16
        stacked = stacked.astype(np.uint8)
    kept = folder.write(args.out, stacked, ids, cells, args.seed)
    there = f", {kept} of them were there already" if kept else ""
    print(f"{len(cells)} cells of {len(ids):,} images are in {args.out}{there}")
    return 0


def _test_patches(config: str, data_dir: Path | None) -> tuple[list, list[str]]:
    """Return the images (height, width, 1) and ids of the test split, in the order of the ids."""
    from tem_virus_dataset import builders
    from tem_virus_dataset.building.config import PatchesConfig
    from tem_virus_dataset.files.arguments import did_you_mean

    name = builders.full_name(config)
    patches = [n for n in builders.names() if isinstance(builders.config(n), PatchesConfig)]
    if name not in patches:
        raise DatasetError(
            f"{config}: no config of patches{did_you_mean(name, patches)}; expected one of "
            f"{', '.join(patches)}. Name one."
        )
    builder = builders.named(name, data_dir)
    examples = (example for example in builder.examples() if example["id"].startswith(f"{SPLIT}/"))
    rows = sorted(((example["id"], example["image"]) for example in examples), key=lambda r: r[0])
    return [image for _, image in rows], [name for name, _ in rows]
