"""The quick reader: the same numbers as the general one, and nothing that it does not know."""

from pathlib import Path

import numpy as np
import pytest

from leaderboard.predictions import classification as predictions
from leaderboard.predictions import six_digits

IDS = ("test/A/a_0", "test/B/b_0", "test/B/b, of München_1")
CLASSES = ("A", "B", "C")
PLAIN = "id,A,B,C\ntest/A/a_0,0.200000,0.300000,0.500000\ntest/B/b_0,1.000000,0.000000,0.000000\n"


def test_the_numbers_are_those_of_the_general_reader_to_the_last_bit(monkeypatch, tmp_path) -> None:
    rng = np.random.default_rng(0)
    ids = tuple(f"test/A/{number}" for number in range(20_000))
    values = rng.dirichlet(np.full(len(CLASSES), 0.2), len(ids))
    file = tmp_path / "a.csv"
    predictions.write(file, predictions.Predictions(ids, CLASSES, values))
    first, *rows = file.read_text().splitlines()
    text = "\n".join([first, *reversed(rows), "", ""])
    quick = six_digits.probabilities(text, ids, CLASSES)
    assert quick is not None
    monkeypatch.setattr(six_digits, "probabilities", lambda *_: None)
    general = predictions.of_text(Path("a.csv"), text, ids, CLASSES)
    assert quick.tobytes() == general.tobytes()
    assert quick.dtype == general.dtype == np.float64


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id,A,B,C", "id,B,A,C"), ("id,A,B,C", "id, A,B,C"), ("id,A,B,C", "\nid,A,B,C"),
        ("0.200000", "0.20000"), ("0.200000", "0.2000000"), ("0.200000", "0.2e-00 "),
        ("0.200000", "-.200000"), ("0.200000", "0,200000"), ("0.200000", "0.20000²"),
        ("0.200000", "0.2_0000"), ("0.300000", "0.300000,"), ("test/B/b_0", "test/A/a_0"),
        ("test/B/b_0", "test/B/b_1"), ("test/B/b_0", '"test/B/b_0"'), ("\n", "\r\n"),
        ("test/B/b_0,1.000000,0.000000,0.000000\n", ""), ("id,A,B,C", "id,A,B"),
    ],
)  # fmt: skip
def test_every_other_form_is_left_to_the_general_reader(old: str, new: str) -> None:
    assert six_digits.probabilities(PLAIN, IDS[:2], CLASSES) is not None
    changed = PLAIN.replace(old, new)
    assert changed != PLAIN
    assert six_digits.probabilities(changed, IDS[:2], CLASSES) is None


def test_a_comma_in_an_id_is_left_to_the_general_reader(tmp_path) -> None:
    file = tmp_path / "a.csv"
    values = np.full((3, 3), 1 / 3)
    predictions.write(file, predictions.Predictions(IDS, CLASSES, values))
    assert six_digits.probabilities(file.read_text(), IDS, CLASSES) is None
    np.testing.assert_allclose(predictions.read(file, IDS, CLASSES), values, atol=1e-6)


def test_ids_that_are_asked_for_twice_are_not_answered() -> None:
    assert six_digits.probabilities(PLAIN, ("test/A/a_0", "test/A/a_0"), CLASSES) is None
