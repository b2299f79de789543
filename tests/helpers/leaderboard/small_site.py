"""A folder of records and submissions for the site, with predictions that were never a model's."""

import csv
import dataclasses
from pathlib import Path

import numpy as np

from leaderboard.ground_truth import classification as patch_truth
from leaderboard.ground_truth.classification import PatchTruth
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.predictions import classification as predictions
from leaderboard.ranking import published
from leaderboard.ranking.rows import Row, Value
from leaderboard.results import store as records
from leaderboard.results.store import Record
from leaderboard.scoring import classification as scoring
from leaderboard.site import __main__ as site_command

NASTY = (
    """<script>alert("1")</script> & <img src=x onerror='alert(2)'> $x^2$ \\frac | {{ 7 * 7 }}"""
)
LONG = "W" * 64
SUBMISSION = "somebody"
CODE = "https://example.org/'onmouseover=alert(3)"
PAPER, LICENCE, DAY = "https://example.org/paper", "CC-BY-4.0", "2026-01-30"
HISTORY = [{"loss": 1.0, "validation_f1": 0.5, "validation_loss": 1.1, "seconds": 200.0}] * 3
OFFICIAL, WORST_CASE, MIRROR, PHANTOM = (
    f"tem_virus/{config}"
    for config in (
        "patches_14class", "patches_14class_worst_case", "mirror_11class", "phantom_14class",
    )
)  # fmt: skip
CARD = f"""
model = "{LONG}"
data = "{OFFICIAL}"
recipe = "own"
authors = ['''{NASTY}''', "B. Other"]
code = "{CODE}"
parameters = 2_000_000
seeds = [0, 1, 2]
pretraining = '''{NASTY}'''
extra_data = "none"
hardware = '''{NASTY}'''
chosen = '''{NASTY}'''
minutes = 30
notes = "{"N" * 300}"
paper = "{PAPER}"
weights_licence = "{LICENCE}"
submitted = "{DAY}"
"""


def write(folder: Path) -> Path:
    """Write `records/` and `submissions/` into a folder, and return the records'."""
    root, card = folder / "records", folder / "submissions" / SUBMISSION / "card.toml"
    card.parent.mkdir(parents=True)
    card.write_text(CARD, "utf-8")
    for seed in range(3):
        add(root, MIRROR, "good", seed, 0.05, notes=NASTY, device=NASTY, history=HISTORY)
        add(
            root, OFFICIAL, LONG, seed, 0.1, provenance="submitted", submission=SUBMISSION,
            content_hash="", source=f"{NASTY}, {CODE}", recipe="own", pretraining=NASTY,
            initialization="transfer", notes="N" * 300, seconds=1800.0,
            paper=PAPER, weights_licence=LICENCE, submitted=DAY,
        )  # fmt: skip
    add(root, MIRROR, "equal", 0, 0.04, versions={NASTY: NASTY}, weights={"file": NASTY})
    add(
        root,
        MIRROR,
        "bad",
        0,
        0.6,
        initialization="transfer",
        parameters_trainable=20_000_000,
        parameters_total=20_000_000,
    )
    add(root, PHANTOM, "of_phantoms", 0, 0.3)
    failed = {"status": "failed", "error": f"{NASTY}\nnot shown", "test": None, "predictions": None}
    like = records.read_all(root, "mirror_11class")[0]
    records.write(root, dataclasses.replace(like, model="broken", notes="", **failed))
    records.write(
        root, dataclasses.replace(like, data=WORST_CASE, model="elsewhere", predictions=None)
    )
    return root


def add(root: Path, data: str, model: str, seed: int, wrong: float, **fields: object) -> Record:
    """Write a record with predictions of which about the share `wrong` is wrong."""
    tables = {split: patch_truth.read(data, split) for split in SPLITS}
    table = tables["test"]
    invented = {
        split: _invented(one, [seed, *model.encode()], wrong) for split, one in tables.items()
    }
    scored = {split: scoring.score(tables[split], values) for split, values in invented.items()}
    scores = {split: dataclasses.asdict(one.scores) for split, one in scored.items()}
    found = scored["test"]
    given = {
        "data": data, "data_version": table.version, "content_hash": "0" * 64,
        "classes": list(table.classes), "model": model, "initialization": "scratch",
        "recipe": "quick",
        "seed": seed, "status": "finished", "provenance": "reproduced", **scores,
        "confusion": found.confusion.tolist(),
        "created": "2026-01-31T12:00:00+00:00", "parameters_trainable": 1_000_000,
        "parameters_total": 1_000_100, "epochs": 3, "best_epoch": 2, "seconds": 600.0,
        "extra_data": "none", "pretraining": "none",
    }  # fmt: skip
    if fields.get("submission"):
        given |= {"parameters_total": None, "best_epoch": None}
    record = Record(**{**given, **fields})
    for split, values in invented.items():
        file = records.predictions_path(root, record, split)
        file.parent.mkdir(parents=True, exist_ok=True)
        ids = tuple(tables[split].ids.tolist())
        predictions.write(file, predictions.Predictions(ids, table.classes, values))
    if not record.submission:
        path = records.predictions_path(root, record, "test").relative_to(root).as_posix()
        record = dataclasses.replace(record, predictions=path)
    records.write(root, record)
    return record


def _invented(table: PatchTruth, seed: list[int], wrong: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    flipped = rng.random(len(table)) < wrong
    guess = (table.labels + flipped * rng.integers(1, 3, len(table))) % len(table.classes)
    values = np.full((len(table), len(table.classes)), 0.01)
    values[np.arange(len(table)), guess] = 1 - 0.01 * (len(table.classes) - 1)
    return values


def write_published(file: Path, real: Path) -> Path:
    """Write the published rows, and a hostile one among them."""
    with real.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    hostile = dict.fromkeys(header, "") | {
        "data": WORST_CASE, "model": NASTY, "f1": "0.7", "f1_std": "0.02", "pretraining": NASTY,
        "source": f"javascript:alert(4) https://example.org/?a='x' {NASTY}", "parameters": "5",
    }  # fmt: skip
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([header, *rows, [hostile[name] for name in header]])
    return file


def build(folder: Path, out: Path) -> int:
    """Write the site of a folder's records; return the exit status."""
    return site_command.main(["--out", str(out), "--records", str(folder / "records")])


def row(f1: float, **fields: object) -> Row:
    """Return a row of this F1."""
    (first, *_) = published.read("classification")
    test = dict.fromkeys(("accuracy", "precision", "recall"), None) | {"f1": Value(f1)}
    return dataclasses.replace(first, data=OFFICIAL, test=test, **fields)
