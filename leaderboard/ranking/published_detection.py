"""What others published of detection, typed in from where they say it: `published.csv`.

Sources: Kotrbova et al. 2019, abstract; the README of the repository that the mirror's boxes come
from. A cell is empty where the source gives no number. None was scored by the rules of this table:
each row says what is known of its own.
"""

from pathlib import Path

from leaderboard.ranking.published import read_rows, row_of, value
from leaderboard.ranking.rows import Row
from leaderboard.results.record_checks import COUNTS, DETECTION, SHARES

FILE = Path(__file__).with_name("published_detection.csv")


def read(file: Path = FILE) -> list[Row]:
    """Read the published rows, in the order of the file; raises what `published.read` does."""
    return read_rows(file, _row)


def _row(cells: dict[str, str]) -> Row:
    scores = {**{name: value(cells[name]) for name in SHARES}, **dict.fromkeys(COUNTS)}
    ap50 = value(cells["validation_ap50"])
    return row_of(cells, scores, task=DETECTION, validation_ap50=ap50)
