"""Copies, names, addresses and cards that would do harm: refused, or warned of; new folders."""

import os
import shutil
import tomllib
from pathlib import Path

import made_box_submission
import made_submission
import numpy as np
import pytest
from made_submission import DATA, submitted, texts, write_card, write_predictions

from leaderboard import score, submit
from leaderboard.files.texts import is_address
from leaderboard.ground_truth import classification as patch_truth
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.results import store as records
from leaderboard.submission import card as cards
from leaderboard.submission.card import CardError
from leaderboard.submission.entries import SubmissionError
from leaderboard.submission.folder import read

TEST = patch_truth.read(DATA, "test")


def copy_over(made: Path, values: np.ndarray) -> None:
    write_predictions(made / "seed1.test.csv.gz", TEST, values)


def perturbed() -> np.ndarray:
    values = made_submission.probabilities(TEST, 0)
    values[0, 0] += 1e-6
    return values


def heated() -> np.ndarray:
    values = made_submission.probabilities(TEST, 0) ** 0.6
    return np.round(values / values.sum(axis=1, keepdims=True), 6)


@pytest.mark.parametrize("values", [perturbed, heated])
def test_a_near_copy_is_no_seed(made: Path, values, capsys: pytest.CaptureFixture[str]) -> None:
    copy_over(made, values())
    assert submitted(made) == 1
    error = capsys.readouterr().err
    assert "seed1.test.csv.gz: nearly the same answers as seed0.test.csv.gz" in error
    assert not list((made.parents[1] / "records").rglob("*.json"))


def test_the_copy_of_another_row_and_its_name_are_warned_of(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert submitted(made) == 0
    assert "warning" not in capsys.readouterr().err
    copy = Path(shutil.copytree(made, made.with_name("mine")))
    write_card(copy, model="Made-Up", authors=["Mallory"])
    assert submitted(copy) == 0
    out, error = capsys.readouterr()
    for text in ("100% of its answers are those of made_up (made)", "called like made_up (made)"):
        assert text in error
        assert text in out.partition("It also has these warnings")[2]
    table = made_submission.page(made.parents[1])
    assert "* Warning: Made-Up (mine), scratch, adam+100px: 100% of its answers are" in table


def test_labels_that_were_typed_are_warned_of(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in (0, 1, 2):
        rng = np.random.default_rng(seed)
        values = 0.1 * rng.dirichlet(np.ones(len(TEST.classes)), size=len(TEST))
        values[np.arange(len(TEST)), TEST.labels] += 0.9
        write_predictions(made / f"seed{seed}.test.csv.gz", TEST, np.round(values, 6))
    assert submitted(made) == 0
    out, error = capsys.readouterr()
    for text in ("of seed 0, 1, 2 is perfect", "far above", "all seeds have the same macro F1"):
        assert text in error and text in out


@pytest.mark.parametrize("name", ["con", "aux", "NUL", "nul.x", "x.", "Com1", "lpt9.a.b", "prn"])
def test_a_name_that_windows_cannot_hold_is_refused(
    name: str, made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert submitted(made.rename(made.with_name(name))) == 1
    assert "Windows" in capsys.readouterr().err


@pytest.mark.parametrize("field", ["model", "recipe"])
def test_so_are_models_and_recipes(field: str, made: Path) -> None:
    write_card(made, **{field: "aux.x" if field == "model" else "adam."})
    with pytest.raises(CardError, match="Windows"):
        cards.read(made / "card.toml")


def test_names_that_differ_by_case_are_refused(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Path(shutil.copytree(made, made.with_name("Made")))
    assert submitted(other) == 1
    assert "there is also made, which is the same folder on Windows" in capsys.readouterr().err
    assert submitted(made) == 1
    shutil.rmtree(other)
    assert submitted(made) == 0
    made.rename(made.with_name("MADE"))  # its records stay
    assert submitted(made.with_name("MADE")) == 1


@pytest.mark.parametrize(
    "address",
    [
        "https://javascript:alert(1)@x.y/", "https://github.com@evil.example/x",
        "javascript:alert(1)",
        "https://github.com:443@evil.example", "https://gith\u0443b.com/x", "https://x.y/a b",
        "https://x.y/<script>", "https://127.0.0.1/x", "https://github.com\\@evil.example",
        "ftp://x.y/z", "https://x", "//x.y", "https://x.y/\u202e", "https://-x.y", "https://x..y",
        "https://[::1]/", "data:text/html,x", "https://user:secret@x.y/",
    ],
)  # fmt: skip
def test_an_address_that_leads_elsewhere_is_refused(address: str, made: Path) -> None:
    assert not is_address(address)
    for name in ("code", "paper", "weights"):
        write_card(made, **{name: address})
        with pytest.raises(CardError, match=f"{name}: found"):
            cards.read(made / "card.toml")


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"failed": list(range(3, 5003))}, "failed: found 5000 entries, expected at most 50"),
        ({"seeds": list(range(30)), "failed": list(range(30, 60))}, "found 60 with those that"),
        ({"minutes": 1e308}, "minutes: found 1e\\+308, expected at most"),
        ({"minutes": 10**400}, "minutes: found 1000"),
        ({"parameters": 10**18}, "parameters: found 1000000000000000000, expected at most"),
        ({"image_size": 10**6}, "image_size: found 1000000"),
        ({"epochs": 10**9}, "epochs: found"),
        ({"submitted": "tomorrow"}, "submitted: found 'tomorrow', expected a day"),
        ({"submitted": "2999-01-01"}, "not in the future"),
        ({"notes": "a\u202eb"}, "notes: found"),
        ({"withdrawn": "\u3164"}, "withdrawn: found"),
        ({"weights_licence": "\n"}, "weights_licence: found"),
        ({"model": "x" * 65}, "model: found"),
    ],
)
def test_a_card_is_bounded(fields: dict, said: str, made: Path) -> None:
    write_card(made, **fields)
    with pytest.raises(CardError, match=said) as caught:
        cards.read(made / "card.toml")
    assert str(made / "card.toml") in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["a" + ".a" * 9_000 + " = 1", "[" + "a." * 9_000 + "a]", "x = {a" + ".a" * 9_000 + " = 1}"],
)
def test_names_within_names_are_refused_at_once(text: str, tmp_path: Path) -> None:
    (tmp_path / "card.toml").write_text(text)
    with pytest.raises(CardError, match="more than 400 dots"):
        cards.read(tmp_path / "card.toml")


@pytest.mark.parametrize("data", [b"PK\x03\x04" + bytes(30), "model = 1".encode("utf-16")])
def test_a_card_of_another_kind_is_named(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "card.toml").write_bytes(data)
    with pytest.raises(CardError):
        cards.read(tmp_path / "card.toml")


def test_files_that_systems_leave_are_left_out_and_named(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "._card.toml", "card.toml~"):
        (made / name).write_bytes(b"\0")
    (made / "__MACOSX").mkdir()
    assert submitted(made) == 0
    error = capsys.readouterr().err
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX", "._card.toml", "card.toml~"):
        assert f"left out: {name}; do not commit it" in error


def test_a_pipe_is_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "seed0.test.csv")
    with pytest.raises(SystemExit):
        score.main([str(tmp_path / "seed0.test.csv"), "--data", DATA])
    assert "is a pipe" in capsys.readouterr().err


@pytest.mark.parametrize("data", [DATA, made_box_submission.DATA, "mirror_11class"])
def test_a_new_folder_has_a_card_and_all_ids(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--init", "mine", "--data", data, "--root", str(tmp_path)]
    assert submit.main(command) == 0
    assert "Fill them in" in capsys.readouterr().out
    folder = tmp_path / "submissions" / "mine"
    card = tomllib.loads((folder / "card.toml").read_text())
    assert card["data"].endswith(data)
    names = {f"seed{seed}.{split}.csv" for seed in (0, 1, 2) for split in SPLITS}
    assert {file.name for file in folder.iterdir()} == {"card.toml", *names}
    before = texts(tmp_path)
    assert submit.main(command) == 1  # nothing is overwritten
    assert submit.main(["mine", "--root", str(tmp_path)]) == 1  # nor accepted as it is
    assert "is there already" in capsys.readouterr().err
    assert texts(tmp_path) == before


def test_a_sample_that_is_filled_in_is_accepted(made: Path, tmp_path: Path) -> None:
    assert submit.main(["--init", "mine", "--data", DATA, "--root", str(tmp_path)]) == 0
    folder = tmp_path / "submissions" / "mine"
    write_card(made)
    with pytest.raises(CardError, match=r"found ''\. Write"):
        read(folder)
    shutil.copy(made / "card.toml", folder)
    assert submitted(folder) == 1  # its cells are empty
    for file in made.glob("*.gz"):
        (folder / file.name.removesuffix(".gz")).unlink()
        shutil.copy(file, folder)
    assert submitted(folder) == 0


@pytest.mark.parametrize(
    "more", [["--init"], ["--data", DATA], ["--init", "--data", DATA, "--check"]]
)
def test_init_and_data_belong_together(more: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        submit.main(["mine", "--root", str(tmp_path), *more])
    assert caught.value.code == 2


def test_a_row_is_withdrawn_by_its_authors_and_stays(made: Path) -> None:
    write_card(made, withdrawn="trained on test by mistake", submitted="2026-01-31")
    assert submitted(made) == 0
    assert records.read_all(made.parents[1] / "records")[0].submitted == "2026-01-31"
    table = made_submission.page(made.parents[1])
    assert "submitted, withdrawn, seeds 0, 1, 2" in table
    assert "adam+100px: withdrawn: trained on test by mistake" in table
    assert submitted(made, "--check") == 0


@pytest.mark.parametrize(
    "theirs, said",
    [
        ({"authors": ["Mallory"]}, "other data or other authors"),
        ({"data": "tem_virus/patches_14class"}, "other data or other authors"),
        ({"superseded_by": "made"}, "is itself superseded"),
        (None, "expected the name of another submission of yours"),
    ],
)
def test_a_row_is_superseded_only_by_its_authors(theirs, said, made: Path) -> None:
    write_card(made, superseded_by="later")
    if theirs is not None:
        later = made.with_name("later")
        later.mkdir()
        write_card(later, **theirs)
    with pytest.raises(SubmissionError, match=said):
        read(made)


def test_a_successor_may_name_its_data_with_or_without_the_data_set(made: Path) -> None:
    later = made.with_name("later")
    later.mkdir()
    write_card(later, data="mirror_11class")
    write_card(made, superseded_by="later")
    assert read(made).card.superseded_by == "later"


def test_a_superseded_row_names_its_successor(made: Path) -> None:
    later = Path(shutil.copytree(made, made.with_name("later")))
    write_card(later, recipe="better")
    write_card(made, superseded_by="later")
    assert submitted(made) == 0
    assert "submitted, superseded by later, seeds" in made_submission.page(made.parents[1])
