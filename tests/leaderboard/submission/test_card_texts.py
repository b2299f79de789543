"""What a card says of how its model was chosen, and of what it was trained on."""

from pathlib import Path

import pytest
from made_submission import submitted, write_card

from leaderboard.submission import card as cards
from leaderboard.submission.card import CardError


@pytest.mark.parametrize(
    "chosen",
    ["epoch and rate by macro F1 on test", "the best epoch on the Test split", "test accuracy"],
)
def test_a_choice_by_test_scores_is_named(chosen: str, tmp_path: Path) -> None:
    (warning,) = cards.warnings(cards.read(write_card(tmp_path, chosen=chosen)))
    assert "nothing may be chosen by test scores" in warning


@pytest.mark.parametrize(
    "chosen",
    [
        "epoch by macro F1 on validation; test was scored once",
        "test-time augmentation by three folds of train",
        "beforehand; the test split was not looked at",
        "latest epoch",
    ],
)
def test_a_choice_by_anything_else_is_none(chosen: str, tmp_path: Path) -> None:
    assert cards.warnings(cards.read(write_card(tmp_path, chosen=chosen))) == []


@pytest.mark.parametrize("text", ["From scratch.", "random initialization", "None.", "not used"])
def test_what_may_mean_none_is_written_so(text: str, tmp_path: Path) -> None:
    """It would make a row of the initialization transfer."""
    for field in ("pretraining", "extra_data"):
        with pytest.raises(CardError, match=f"{field}: found .* Write .none., or what it was"):
            cards.read(write_card(tmp_path, **{field: text}))


@pytest.mark.parametrize(
    "text", ["ImageNet-1k", "none of the test images; RAW micrographs", "random crops of CEM500k"]
)
def test_what_a_model_was_trained_on_may_hold_words_of_none(text: str, tmp_path: Path) -> None:
    assert cards.read(write_card(tmp_path, pretraining=text)).initialization == "transfer"


def test_a_submission_says_what_its_card_breaks(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_card(made, chosen="everything on test")
    assert submitted(made) == 0
    said = capsys.readouterr()
    assert "warning: 'everything on test', says the card" in said.err
    assert "* 'everything on test', says the card" in said.out  # for the pull request
