"""Which task and which config a name means: with or without its data set, mistyped or not."""

from pathlib import Path

from leaderboard.files.arguments import did_you_mean
from leaderboard.files.names import OWN, shown
from leaderboard.ground_truth.table_files import GroundTruthError, full_name
from leaderboard.tasks import TASKS, part

HARD = "hard_conditions"
WITHOUT_TABLE = (  # configs of whose ground truth no table is shipped
    "balanced_14class", "cbia", "micrographs_22class", "patches_14class_worst_case",
    "patches_22class", "phantom", "recropped_14class",
)  # fmt: skip
OPEN_SET = ("novelty_mirror", "open_set_14class")  # boards with files of their own


def find(data: str, file: Path | None = None) -> tuple[str, str]:
    """Return the task of a config and its full name, from the ground-truth tables.

    Args:
      data: such as `tem_exosome/cbia`, or `cbia` alone.
      file: a table of the user, of a config whose table is not shipped.

    Raises:
      GroundTruthError: no file is given, and no table of these data is shipped.
    """
    modules = {task: part("ground_truth", task) for task in TASKS}
    if file:
        task = next((name for name, module in modules.items() if module.is_table(file)), "")
        return task or next(iter(TASKS)), full_name(data)  # the first task says what is wrong
    if (board := data.rpartition("/")[2]) in OPEN_SET:
        raise GroundTruthError(
            f"{shown(data)}: a board of unknown viruses; expected data of which a ground-truth "
            f"table is shipped. For {board} see docs/open-set.md: python -m leaderboard.open_set."
        )
    if board == HARD:
        raise GroundTruthError(
            f"{shown(data)}: a board, not data; expected the data that are corrupted, such as "
            "tem_virus/mirror_11class. Name these on the card, and submit with python -m "
            "leaderboard.submit_conditions (docs/hard-conditions.md)."
        )
    if data.startswith((f"{OWN}:", f"{OWN}/")):
        raise GroundTruthError(
            f"{shown(data)}: a folder of your own images, with their ground truth; "
            "expected data of which a table is shipped. The scores of a training on it are in its "
            "record, and on the page that python -m benchmark.report writes."
        )
    known = {name: task for task, module in modules.items() for name, _ in module.known()}
    alike = [name for name in sorted(known) if name.partition("/")[2] == data]
    name = next((name for name in (full_name(data), *alike) if name in known), None)
    if name is None:
        listed = "; ".join(
            f"of {module.CONTENT}: " + ", ".join(sorted({name for name, _ in module.known()}))
            for module in modules.values()
        )
        guess = ""
        if board not in WITHOUT_TABLE:  # else no other data are meant, though a name is like theirs
            guess = did_you_mean(data, known) or did_you_mean(full_name(data), known)
        raise GroundTruthError(
            f"{shown(data)}: no ground-truth table is shipped{guess or '.'} Expected one of these, "
            f"{listed}. Create another where the config is prepared: python -m "
            "benchmark.ground_truth DATASET/CONFIG FOLDER"
        )
    return known[name], name
