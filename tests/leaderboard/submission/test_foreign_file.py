"""What is said of a file, or a folder, that does not belong where it is."""

from pathlib import Path

import pytest
from made_submission import submitted

from leaderboard.submission import foreign_file

PATCHES = ["card.toml", "seed0.test.csv", "seed0.test.csv.gz", "seed0.validation.csv",
           "seed0.validation.csv.gz"]  # fmt: skip
ROUNDS = [f"seed0.{name}.csv{end}" for name in ("Ebola", "Papilloma", "Rift_Valley", "sessions-0")
          for end in ("", ".gz")]  # fmt: skip
BOARD = ["card.toml", "seed0.csv.gz", "seed0.csv", "seed1.csv.gz", "seed1.csv"]


@pytest.mark.parametrize(
    ("name", "expected", "said"),
    [
        ("seed_0.csv", BOARD, "Did you mean seed0.csv?"),
        ("Card.toml", BOARD, "Did you mean card.toml?"),
        ("seed0.xlsx", BOARD, "Write it as a CSV file, seed0.csv."),
        ("seed0.test.parquet", PATCHES, "Write it as a CSV file, seed0.test.csv."),
        ("seed0.csv.zip", BOARD, "Write it as a CSV file, seed0.csv."),
        ("seed7.csv", BOARD, "Seed 7 is not on the card: add it to seeds there"),
        ("seed7.test.csv.gz", PATCHES, "Seed 7 is not on the card"),
        ("seed0.csv", PATCHES, "Say in its name which it is: seed0.test.csv, seed0.val"),
        ("seed0.Rift Valley.csv", ROUNDS, "Did you mean seed0.Rift_Valley.csv?"),
        ("seed0.ebola.csv.gz", ROUNDS, "Did you mean seed0.Ebola.csv.gz?"),
        ("seed0.Zika.csv", ROUNDS, "Move it away"),
        ("seed0.validation.csv", ROUNDS, "Move it away"),
        ("notes.txt", BOARD, "Move it away"),
        ("card.txt", BOARD, "Move it away"),
        ("model.onnx", BOARD, "Move it away; models are never opened."),
        ("model.npz", PATCHES, "Move it away"),
    ],
)  # fmt: skip
def test_the_remedy_leads_to_a_file_that_is_read(name: str, expected, said: str) -> None:
    assert foreign_file.remedy(name, expected, [0, 1]).startswith(said)


@pytest.mark.parametrize(
    ("place", "command"),
    [
        ("hard_conditions/submissions", "leaderboard.submit_conditions mine"),
        ("novelty/novelty_mirror", "leaderboard.open_set submit mine"),
    ],
)
def test_a_folder_of_another_board_is_told(
    made: Path, place: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = made.parents[1]
    (root / place).mkdir(parents=True)
    made.rename(root / place / "mine")
    assert submitted(made.with_name("mine"), root=root) == 1
    assert f"It is in leaderboard/{place}: python -m {command}" in capsys.readouterr().err
