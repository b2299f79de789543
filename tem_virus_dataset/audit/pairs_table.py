"""The table of pairs: one line each, tab-separated."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from tem_virus_dataset.audit.pair import Pair
from tem_virus_dataset.files import atomic

COLUMNS = (
    "class",
    "stem_a",
    "split_a",
    "stem_b",
    "split_b",
    "across",
    "dx_nm",
    "dy_nm",
    "scale",
    "degrees",
    "overlap_nm2",
    "correlation",
    "blocks_agreeing",
    "blocks",
)


def write(path: Path, pairs: Iterable[Pair]) -> None:
    """Write the table, sorted by class and stems, whole or not at all."""
    rows = sorted(map(row, pairs), key=lambda r: (r["class"], r["stem_a"], r["stem_b"]))
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, delimiter="\t", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    with atomic.replacing(path) as out:
        out.write(text.getvalue().encode())


def row(pair: Pair) -> dict[str, str]:
    """Return a pair's line: the shift (nm), scale and rotation lead from a to b."""
    values = (
        pair.first.class_name,
        pair.first.stem,
        pair.first.split,
        pair.second.stem,
        pair.second.split,
        "yes" if pair.across else "no",
        f"{pair.shift.real:.0f}",
        f"{pair.shift.imag:.0f}",
        f"{pair.similarity.scale:.3f}",
        f"{pair.similarity.degrees:.2f}",
        str(pair.overlap),
        f"{pair.correlation:.3f}",
        str(pair.agreeing),
        str(pair.blocks),
    )
    return dict(zip(COLUMNS, values, strict=True))
