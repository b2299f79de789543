"""What the pages of hard conditions say, of classifiers and of detectors."""

from collections.abc import Sequence

from leaderboard.ground_truth.conditions import CLEAN, HardCell
from leaderboard.site.boards.benchmarks import listing

DOCUMENT = "docs/hard-conditions.md"
_NOTHING = (
    "Nothing may be chosen by these scores: neither a network nor an augmentation nor an epoch. "
    "The conditions are models of what goes wrong, one at a time; a bad micrograph has several."
)
INTRO = (
    "The test split, corrupted by conditions that a lab meets: further defocus, a low dose, a "
    "wrong pixel size, uneven stain, drift and others, five levels each. Level 0 is the image "
    "itself.",
    _NOTHING,
)
INTRO_DETECTION = (
    "Whole test micrographs under conditions that a lab meets, one level each. Every detector "
    "keeps its confidence threshold, which was chosen on validation micrographs without a "
    "condition.",
    _NOTHING,
)
STEPS = (
    ("Write the corrupted test split:", "tem-virus corrupt mirror_11class --out corrupted"),
    ("Predict every cell with at least three trainings: seed0.csv.gz, seed1.csv.gz, ...", ""),
    ("Put the files, card.toml and conditions.toml into a folder of "
     "leaderboard/hard_conditions/submissions, and submit it:",
     "python -m leaderboard.submit_conditions NAME"),
)  # fmt: skip


STEPS_DETECTION = (
    ("The board takes no predictions of detectors: it runs a record with its network, a file, or a "
     "released model.", ""),
    ("Run it where the micrographs are prepared:", "python -m benchmark.conditions run RECORD"),
)  # fmt: skip


def title(data: str) -> str:
    """Return the title of the page of a config."""
    return f"Hard conditions: {listing(data).title}"


def slug(data: str) -> str:
    """Return the folder of the page of a config."""
    return f"hard-conditions-{listing(data).slug}"


def identity(data: str) -> str:
    """Return what a page is of: the folder of its scores."""
    return f"hard_conditions/{data.partition('/')[2]}"


def heading(cell: HardCell) -> str:
    """Return a cell as a heading, such as "defocus 2 um"."""
    return f"{words(cell.condition)} {cell.amount} {cell.unit}".strip()


def words(condition: str) -> str:
    """Return the name of a condition as a text.

    >>> words("pixel_size_too_large")
    'pixel size too large'
    """
    return condition.replace("_", " ")


def levels(cells: Sequence[HardCell]) -> list[tuple[str, str]]:
    """Return the conditions, each with its amounts by level."""
    named = [one for one in dict.fromkeys(c.condition for c in cells) if one != CLEAN]
    found = []
    for name in named:
        own = [cell for cell in cells if cell.condition == name]
        amounts = ", ".join(cell.amount for cell in own if cell.amount)
        found.append((words(name), f"{amounts} {own[0].unit}".strip() or "one level"))
    return found
