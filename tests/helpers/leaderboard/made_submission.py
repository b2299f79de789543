"""A submission as an author would hand it in, with invented predictions."""

import csv
import gzip
import io
import json
from pathlib import Path

import numpy as np

from leaderboard import render, submit
from leaderboard.ground_truth import classification as patch_truth
from leaderboard.ground_truth.classification import PatchTruth
from leaderboard.ground_truth.table_files import SPLITS

DATA = "tem_virus/mirror_11class"
CARD = {
    "model": "made_up",
    "data": DATA,
    "recipe": "adam+100px",
    "authors": ["Ada Author, Some Lab", "Bob Bystander"],
    "code": "https://example.org/made_up",
    "parameters": 1234,
    "seeds": [0, 1, 2],
    "pretraining": "none",
    "extra_data": "none",
    "hardware": "1 abacus",
    "chosen": "epoch and rate by macro F1 on validation",
}


def probabilities(table: PatchTruth, seed: int, right: float = 0.8) -> np.ndarray:
    """Invent predictions, (n, classes), of which about the share `right` is right."""
    rng = np.random.default_rng(seed)
    count = len(table.classes)
    guess = np.where(
        rng.random(len(table)) < right, table.labels, rng.integers(count, size=len(table))
    )
    values = rng.dirichlet(np.ones(count), size=len(table)) * 0.4
    values[np.arange(len(table)), guess] += 0.6
    return np.round(values, 6)


def write_predictions(file: Path, table: PatchTruth, values: np.ndarray, order: int = 1) -> Path:
    """Write them, the rows and the columns backwards with `order` -1."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", *table.classes[::order]])
    for one, row in list(zip(table.ids, values, strict=True))[::order]:
        writer.writerow([one, *(f"{value:.6f}" for value in row[::order])])
    data = text.getvalue().encode()
    file.write_bytes(gzip.compress(data) if file.suffix == ".gz" else data)
    return file


def write_card(folder: Path, **changes: object) -> Path:
    """Write a card, as JSON where that is TOML, too; a field that is None is left out."""
    fields = {**CARD, **changes}
    lines = [f"{name} = {json.dumps(value)}" for name, value in fields.items() if value is not None]
    file = folder / "card.toml"
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return file


def write(
    root: Path, name: str = "made", right: float = 0.8, ending: str = ".csv.gz", **changes: object
) -> Path:
    """Write a whole submission into `root/submissions/name`, and return its folder."""
    folder = root / "submissions" / name
    folder.mkdir(parents=True)
    write_card(folder, **changes)
    for split in SPLITS:
        table = patch_truth.read(str(changes.get("data", DATA)), split)
        for seed in changes.get("seeds", CARD["seeds"]):  # type: ignore[attr-defined]
            values = probabilities(table, seed, right)
            write_predictions(folder / f"seed{seed}.{split}{ending}", table, values)
    return folder


def submitted(folder: Path, *arguments: str, root: Path | None = None) -> int:
    """Submit a folder of another leaderboard than the committed one; return the exit status."""
    return submit.main([str(folder), "--root", str(root or folder.parents[1]), *arguments])


def page(root: Path) -> str:
    """Render the tables of a leaderboard, as is done after a merge, and return its page."""
    assert render.main(["--records", str(root / "records"), "--out", str(root)]) == 0
    return (root / "README.md").read_text()


def texts(root: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}
