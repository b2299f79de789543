"""A new submission's folder: a card and files of predictions with all ids, to be filled in."""

import csv
import io
from pathlib import Path

from leaderboard.files.atomic import write_bytes
from leaderboard.files.names import check_name
from leaderboard.ground_truth import lookup
from leaderboard.ground_truth.table_files import SPLITS, GroundTruthError
from leaderboard.predictions import detection
from leaderboard.submission.entries import SubmissionError
from leaderboard.submission.folder import CARD, MIN_SEEDS
from leaderboard.tasks import CLASSIFICATION, part

TEMPLATE = """\
# Fill in every empty field, then run: python -m leaderboard.submit {name}
model = ""            # its name in the table: letters, digits, . _ -
data = "{data}"
recipe = ""           # how it was trained, in one word; may also hold + = ,
authors = [""]        # "Ada Author, Some Lab", one text for each
code = ""             # https://... where the code can be read
parameters = 0        # trainable ones; of an ensemble, those of all its members
seeds = {seeds}     # every seed that you trained
failed = []           # seeds that ended without predictions
pretraining = ""      # what the weights were trained on before, or "none"
extra_data = ""       # other micrographs that it was trained on, or "none"
hardware = ""         # that it was trained on
chosen = ""           # how model, settings and epoch were chosen on validation
# Optional:
# image_size = 224    # pixels of the input
# epochs = 50         # of one training
# minutes = 35        # of one training
# notes = ""          # what else a reader must know
# paper = ""          # https://...
# weights = ""        # https://... where they can be had
# weights_licence = ""
# submitted = 2026-01-31
# withdrawn = ""      # later, if you no longer stand by the row: why
# superseded_by = ""  # later, if another submission of yours follows it: its name
"""


def write(root: Path, name: str, data: str) -> list[Path]:
    """Write the folder of a new submission; return its files.

    Files of a classifier have a row for each id with empty cells, which are refused until they are
    filled in. Those of a detector have a row without a detection for each micrograph.

    Args:
      root: folder that holds `submissions`; data: config, with or without its data set.

    Raises:
      BadNameError: the name. SubmissionError: the folder is there, or no table of these data is.
      OSError: the folder cannot be written to.
    """
    folder = root / "submissions" / check_name(name, "submission")
    if folder.exists() or folder.is_symlink():
        raise SubmissionError(
            f"{folder}: is there already, expected a new name: nothing of it is overwritten. "
            "Fill in its files, or name another."
        )
    try:
        task, config = lookup.find(data)
        tables = {split: part("ground_truth", task).read(config, split) for split in SPLITS}
    except GroundTruthError as error:
        raise SubmissionError(f"--data: {error}") from error
    seeds = list(range(MIN_SEEDS))
    files = {folder / CARD: TEMPLATE.format(name=name, data=config, seeds=seeds)}
    for split, table in tables.items():
        classes = table.classes if task == CLASSIFICATION else detection.HEADER[1:]
        text = _rows(table.ids.tolist(), classes)
        files |= {folder / f"seed{seed}.{split}.csv": text for seed in seeds}
    for file, text in files.items():
        write_bytes(file, text.encode())
    return list(files)


def _rows(ids: list[str], columns: tuple[str, ...]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["id", *columns])
    writer.writerows([name, *[""] * len(columns)] for name in ids)
    return text.getvalue()
