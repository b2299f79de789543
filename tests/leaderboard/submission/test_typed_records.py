"""Records of a submission that were edited by hand state something else than its card."""

import itertools
import json
import shutil
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
CONFIG = Path("records") / "mirror_11class" / "submitted"


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


def more(root: Path, name: str, folder: Path = CONFIG, **fields: object) -> None:
    """Add records of three seeds that differ in some fields."""
    for seed in range(3):
        record = json.loads((root / CONFIG / f"made-s{seed}.json").read_text())
        file = root / folder / f"{name}-s{seed}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({**record, **fields}))


def other_data(root: Path) -> None:
    config = "patches_14class_worst_case"
    more(root, "made", Path("records") / config / "submitted", data=f"tem_virus/{config}")


def without_a_seed(root: Path) -> None:
    made_submission.write_card(root / "submissions" / "made", seeds=[0, 1])


def same_on_windows(root: Path) -> None:
    shutil.copytree(root / "submissions" / "made", root / "submissions" / "Made")
    more(root, "Made", submission="Made")


def superseded(root: Path, *chain: str) -> None:
    """Let each submission be superseded by the next one, all but "made" without records."""
    for name, later in itertools.pairwise(chain):
        folder = root / "submissions" / name
        folder.mkdir(exist_ok=True)
        made_submission.write_card(folder, superseded_by=later)
    more(root, "made", superseded_by=chain[1])


ADDED: dict[str, tuple[Callable[[Path], object], str]] = {
    "records of other data": (
        other_data,
        r"worst_case/submitted/made-s0\.json: data: found .*expected 'tem_virus/mirror_11class'",
    ),
    "a seed that the card leaves out": (
        without_a_seed,
        r"made-s2\.json: seed 2 finished, which .*card\.toml does not state",
    ),
    "a name that differs by case": (same_on_windows, "is the same folder on Windows and macOS"),
    "a follower that is gone": (
        lambda root: superseded(root, "made", "gone"),
        "expected the name of another submission",
    ),
    "rows that follow one another": (
        lambda root: superseded(root, "made", "b", "c", "made"),
        r"superseded, in a ring \(made, b, c, made\)",
    ),
}


@pytest.mark.parametrize("what", ADDED)
def test_what_two_merges_or_an_edit_leave_is_refused(what: str, root: Path) -> None:
    """Each of two pull requests can be right by itself."""
    add, said = ADDED[what]
    add(root)
    with pytest.raises(RecordError, match=said):
        check(root)


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


def test_a_folder_without_its_records_is_said_when_tables_are_rendered(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--records", str(root / "records"), "--out", str(root), "--no-cache"]
    assert render.main(options) == 0
    assert not capsys.readouterr().err
    longer = root / "submissions" / "made-small"
    shutil.copytree(longer.with_name("made"), longer)
    for check in ([], ["--check"], ["--check", "records"]):
        assert render.main([*options, *check]) == 0
        said = capsys.readouterr().err
        assert said.startswith(f"warning: {longer}: in no table, since it has no record.")
        assert said.endswith(f"python -m leaderboard.submit {longer}\n")
