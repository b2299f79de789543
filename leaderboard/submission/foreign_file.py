"""What to do about a file that does not belong into the folder of a submission."""

import difflib
import re
from collections.abc import Collection

TABLES = (".xlsx", ".xls", ".ods", ".tsv", ".tab", ".txt", ".dat", ".json", ".parquet", ".feather",
          ".npy", ".npz", ".mat", ".h5", ".hdf5", ".zip", ".csv.zip", ".csv.bz2", ".csv.xz",
          ".csv.zst")  # fmt: skip
MOST = 3  # names that are listed


def remedy(name: str, expected: Collection[str], seeds: Collection[int]) -> str:
    """Return one sentence; expected: all names that may stand there; seeds: of the card.

    >>> remedy("seed_0.csv", ["card.toml", "seed0.csv"], [0])
    'Did you mean seed0.csv?'
    >>> remedy("seed0.xlsx", ["card.toml", "seed0.csv"], [0])
    'Write it as a CSV file, seed0.csv.'
    >>> remedy("seed3.csv", ["card.toml", "seed0.csv"], [0])
    'Seed 3 is not on the card: add it to seeds there, or move the file away.'
    >>> remedy("seed0.csv", ["card.toml", "seed0.test.csv", "seed0.validation.csv"], [0])
    'Say in its name which it is: seed0.test.csv, seed0.validation.csv.'
    >>> remedy("seed0.val.csv", ["card.toml", "seed0.test.csv", "seed0.validation.csv"], [0])
    'Did you mean seed0.validation.csv?'
    """
    plain = name.casefold()
    match = re.match(r"seed[_-]?([0-9]{1,9})\b", plain)
    if match and int(match[1]) not in seeds and plain.endswith((".csv", ".csv.gz")):
        return (
            f"Seed {int(match[1])} is not on the card: add it to seeds there, or move the file "
            "away."
        )
    stem, dot, ending = plain.partition(".")
    if ending in ("csv", "csv.gz"):
        longer = [
            one for one in expected if one.startswith(f"{stem}.") and one.endswith(dot + ending)
        ]
        if len(longer) > 1:
            rest = " and so on" if len(longer) > MOST else ""
            return f"Say in its name which it is: {', '.join(longer[:MOST])}{rest}."
    table = max((end for end in TABLES if plain.endswith(end)), key=len, default="")
    meant = f"{name[: -len(table)]}.csv" if table else name
    meant = re.sub(r"\.(val|valid|dev)\b", ".validation", meant, flags=re.IGNORECASE)
    likely = sorted(one for one in expected if one != name and _is_like(meant, one))
    near = difflib.get_close_matches(meant, likely, 1)
    if near and (not table or near[0].endswith(".csv")):
        return f"Write it as a CSV file, {near[0]}." if table else f"Did you mean {near[0]}?"
    return "Move it away; models are never opened."


def _is_like(name: str, other: str) -> bool:
    """Whether what stands between seed and ending is alike, where both names have it.

    >>> _is_like("seed0.Rift Valley.csv", "seed0.Rift_Valley.csv")
    True
    >>> _is_like("seed0.validation.csv", "seed0.Papilloma.csv")
    False
    """
    found, known = (
        re.fullmatch(r"seed[^.]*\.(.+?)\.csv(?:\.gz)?", one.casefold()) for one in (name, other)
    )
    return not (found and known) or bool(difflib.get_close_matches(found[1], [known[1]]))
