"""`tem-virus audit`: the table of pairs and the figures of those across splits."""

from pathlib import Path

import numpy as np

from tem_virus_dataset.audit import pair_figure, pairs_table, recall
from tem_virus_dataset.audit.audited_micrograph import audited_micrographs
from tem_virus_dataset.audit.clean import clean
from tem_virus_dataset.audit.search import control, search
from tem_virus_dataset.building.config import Config
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import atomic

EACH = 3  # micrographs of a class that pairs are made of
CONTROLS = 80  # micrographs of the control: about 2,900 pairs of different classes


def audit(config: Config, manual_dir: Path, out: Path) -> str:
    """Search the micrographs of a config for pairs of one field.

    Args:
      config: one that has a source; manual_dir: as for its build.
      out: folder for `pairs.tsv` and, for each pair across splits, a figure; created if absent.
        Figures of the same names are replaced.

    Returns:
      The summary, lines to be printed.

    Raises:
      DatasetError: no such archive, an image that cannot be read, or `out` is no folder.
    """
    if out.exists() and not out.is_dir():
        raise DatasetError(
            f"{out}: found a file; expected a folder, or nothing. Name another as --out."
        )
    micrographs, examples = audited_micrographs(config, manual_dir)
    pairs = search(micrographs)
    out.mkdir(parents=True, exist_ok=True)
    pairs_table.write(out / "pairs.tsv", pairs)
    across = [pair for pair in pairs if pair.across]
    for pair in across:
        names = pair.first.class_name, pair.first.stem, pair.second.stem
        pair_figure.write(out / f"{'__'.join(names)}.png", pair)
    tests = [name for name in examples if name.startswith("test/")]
    names_of_pairs = [
        ((p.first.class_name, p.first.stem), (p.second.class_name, p.second.stem)) for p in pairs
    ]
    unclean = ~clean(tests, examples.keys() - set(tests), names_of_pairs)
    counts = np.array([examples[name] for name in tests], int)
    return "\n".join(
        (
            f"{len(pairs)} pairs of micrographs show one field, {len(across)} across splits",
            f"{unclean.sum()} of {len(tests)} test micrographs show a field of train or validation",
            f"{counts[unclean].sum()} of {counts.sum()} test examples lie in them",
            f"table and images are in {out}",
        )
    )


def measure(config: Config, manual_dir: Path, out: Path) -> str:
    """Measure the audit on pairs with a known answer, and write `recall.md` into a folder.

    Args:
      config, manual_dir, out: as for `audit`.

    Returns:
      The table of recall on pairs made of single micrographs, and the number of pairs of
      different classes that are taken for one field.

    Raises:
      DatasetError: as `audit` does.
    """
    micrographs, _ = audited_micrographs(config, manual_dir)
    table = recall.text(recall.measured(recall.sample(micrographs, EACH)))
    taken, number = control(micrographs, CONTROLS)
    summary = (
        f"{table}\n\n{taken} of {number} pairs of different classes, which cannot show one field, "
        "are taken for one"
    )
    atomic.write_bytes(out / "recall.md", f"{summary}\n".encode())
    return summary
