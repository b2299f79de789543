"""Columns that stand under the names of other classes, in files of a submission."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from made_submission import submitted

from leaderboard import score
from leaderboard.metrics import sketches
from leaderboard.submission.entries import SubmissionError, refuse_like_seeds


def test_exchanged_columns_are_named(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = made / "seed1.test.csv.gz"
    text = gzip.decompress(file.read_bytes()).decode()
    swapped = text.replace("Adenovirus,Astrovirus", "Astrovirus,Adenovirus", 1)
    file.write_bytes(gzip.compress(swapped.encode()))
    expected = "most of Adenovirus is called Astrovirus, most of Astrovirus is called Adenovirus"
    assert score.main([str(file), "--data", "mirror_11class"]) == 0
    assert f"warning: {expected}" in capsys.readouterr().err
    assert submitted(made) == 0
    assert f"warning: seed1.test.csv.gz: {expected}" in capsys.readouterr().err


def test_seeds_that_share_an_exchange_are_refused_for_it() -> None:
    files = {0: Path("seed0.csv"), 1: Path("seed1.csv")}
    sketch = sketches.of_probabilities(
        np.random.default_rng(0).dirichlet(np.ones(5), 400), np.arange(400) % 5
    )
    same = {0: sketch, 1: sketch.copy()}
    with pytest.raises(SubmissionError, match="Noise upon one training makes no second"):
        refuse_like_seeds(files, same, "classification")
    with pytest.raises(SubmissionError, match=r"and why[.] Write each class's probabilities under"):
        refuse_like_seeds(files, same, "classification", {0: "why.", 1: "why."})
