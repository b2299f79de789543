"""Records of a submission that were edited by hand state something else than its card."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import made_submission
import pytest
from made_submission import submitted
from restored import restored

from leaderboard import render
from leaderboard.results import store
from leaderboard.results.record import RecordError
from leaderboard.submission import accept


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A leaderboard with one submission; its files are put back after each change."""
    folder = made_submission.write(tmp_path_factory.mktemp("typed") / "leaderboard")
    assert submitted(folder) == 0
    return folder.parents[1]


@pytest.fixture
def root(template: Path) -> Iterator[Path]:
    yield from restored(template)


def edited(root: Path, fields: dict[str, object]) -> None:
    file = root / "records" / "mirror_11class" / "submitted" / "made-s1.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **fields}))


def check(root: Path) -> None:
    accept.check_cards(root / "records", store.read_all(root / "records"))


EDITS: dict[str, dict[str, object]] = {
    "model": {"model": "plain_cnn"},
    "recipe": {"recipe": "best"},
    "initialization": {"initialization": "transfer"},
    "parameters_trainable": {"parameters_trainable": 1},
    "recipe_settings": {"recipe_settings": {"image_size": 9}},
    "epochs": {"epochs": 1},
    "seconds": {"seconds": 1.0},
    "device": {"device": "8 other machines"},
    "notes": {"notes": "verified by the maintainers"},
    "source": {"source": "Somebody Else, https://example.org/x"},
    "pretraining": {"pretraining": "ImageNet"},
    "extra_data": {"extra_data": "other"},
    "submitted": {"submitted": "2024-01-01"},
    "paper": {"paper": "https://example.org/x"},
    "weights_licence": {"weights_licence": "MIT"},
    "withdrawn": {"withdrawn": "because"},
    "superseded_by": {"superseded_by": "nobody"},
}


@pytest.mark.parametrize("name", EDITS)
def test_a_record_states_what_the_card_does(name: str, root: Path) -> None:
    check(root)
    edited(root, EDITS[name])
    with pytest.raises(RecordError, match=rf"made-s1\.json: {name}: found .*card\.toml states"):
        check(root)


LOSSES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a record": (
        lambda root: next(root.rglob("made-s2.json")).unlink(),
        "states seed 2, of which .* has no record; expected one of each seed",
    ),
    "the card": (
        lambda root: (root / "submissions" / "made" / "card.toml").unlink(),
        r"card\.toml: is missing.*or take the records away",
    ),
}


@pytest.mark.parametrize("what", LOSSES)
def test_nothing_of_a_submission_can_be_left_out(
    what: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lose, said = LOSSES[what]
    lose(root)
    with pytest.raises(RecordError, match=said):
        check(root)
    arguments = ["--records", str(root / "records"), "--out", str(root), "--check", "records"]
    assert render.main(arguments) == 1
    assert capsys.readouterr().err.count("\n") == 1
