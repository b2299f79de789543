"""Bad submissions: each is refused by one clear error, and nothing is written."""

import gzip
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import made_submission
import pytest
from edited_submission import edit, file_of
from made_submission import submitted, texts, write_card

from leaderboard import submit
from leaderboard.render import HERE


def cell(text: str) -> Callable[[Path], None]:
    """Put a text into the first probability of the first row."""

    def change(lines: list[str]) -> list[str]:
        name, _, *others = lines[1].split(",")
        return [lines[0], ",".join([name, text, *others]), *lines[2:]]

    return edit(change)


def field(**changes: object) -> Callable[[Path], None]:
    return lambda folder: write_card(folder, **changes) and None


def raw_card(text: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "card.toml").write_text(text) and None


def move(source: str, target: str) -> Callable[[Path], None]:
    return lambda folder: (folder / source).rename(folder / target) and None


def bomb(folder: Path) -> None:
    """Put 100 MB of zeros into 100 kB."""
    file_of(folder).write_bytes(gzip.compress(b"0" * 100 * 2**20, 9))


def copy_seed(folder: Path) -> None:
    file_of(folder).write_bytes(file_of(folder, 0).read_bytes())


def pickle(folder: Path) -> None:
    """Leave a pickle that would make itself known when it is opened."""
    (folder / "model.pkl").write_bytes(b"cos\nsystem\n(S'touch opened'\ntR.")


def link(folder: Path) -> None:
    file_of(folder).rename(folder.parent / "elsewhere.csv.gz")
    file_of(folder).symlink_to(folder.parent / "elsewhere.csv.gz")


def linked_card(folder: Path) -> None:
    (folder / "card.toml").rename(folder.parent / "secret.toml")
    (folder / "card.toml").symlink_to(folder.parent / "secret.toml")


def pipe(folder: Path) -> None:
    (folder / "card.toml").unlink()
    os.mkfifo(folder / "card.toml")


def as_folder(folder: Path) -> None:
    file_of(folder).unlink()
    file_of(folder).mkdir()


TOML = "\n".join(
    f"{name} = {json.dumps(value)}" for name, value in made_submission.CARD.items()
) + "\n"  # fmt: skip
BAD: dict[str, tuple[Callable[[Path], None], str]] = {
    "missing id": (edit(lambda x: x[:-1]), "1 of 984 ids are missing"),
    "double id": (edit(lambda x: [*x, x[5]]), "line 986: .* is there twice"),
    "unknown id": (edit(lambda x: [*x, x[5].replace("test/", "train/")]), "unknown id 'train/"),
    "id of 10 kB": (edit(lambda x: [*x, "a" * 10_000 + x[5]]), r"unknown id 'a+\.\.\. \(cut\)"),
    "no rows": (edit(lambda x: x[:1]), "984 of 984 ids are missing"),
    "empty file": (edit(lambda x: []), "the first column is nothing"),
    "nan": (cell("nan"), "line 2: found 'nan', expected a probability"),
    "infinity": (cell("inf"), "line 2: found 'inf', expected a probability"),
    "negative": (cell("-0.1"), "line 2: found '-0.1', expected a probability"),
    "no number": (cell("likely"), "line 2: found 'likely', expected a probability"),
    "not normalised": (cell("0.999"), "line 2: the row sums to .*softmax"),
    "missing class": (
        edit(lambda x: [",".join(line.split(",")[:-1]) for line in x]),
        "missing: 'Rotavirus'",
    ),
    "foreign class": (
        edit(lambda x: [x[0].replace("Rotavirus", "Nipah virus"), *x[1:]]),
        "missing: 'Rotavirus'; unknown: 'Nipah virus'",
    ),
    "double class": (
        edit(lambda x: [f"{x[0]},Orf", *(f"{line},0" for line in x[1:])]),
        "double: 'Orf'",
    ),
    "too few columns": (
        edit(lambda x: [*x[:7], x[7].rpartition(",")[0], *x[8:]]),
        "line 8: found 11 columns",
    ),
    "too many columns": (edit(lambda x: [*x[:7], f"{x[7]},0", *x[8:]]), "line 8: found 13 columns"),
    "quote never closed": (edit(lambda x: [*x, '"test']), "no CSV"),
    "null byte": (edit(lambda x: [*x, f"\0{x[5]}"]), r"unknown id '\\x00test"),
    "gzip bomb": (bomb, "more than 64 MiB unpacked"),
    "damaged gzip": (
        lambda folder: file_of(folder).write_bytes(file_of(folder).read_bytes()[:900]) and None,
        "cannot be read",
    ),
    "not UTF-8": (
        lambda folder: file_of(folder).write_bytes(b"id,\xff") and None,
        "byte 3 is not UTF-8",
    ),
    "a seed without file": (
        lambda folder: file_of(folder).unlink(),
        r"seed1\.test\.csv is missing",
    ),
    "a seed without validation": (
        lambda folder: (folder / "seed2.validation.csv.gz").unlink(),
        r"seed2\.validation\.csv is missing",
    ),
    "a seed that the card lacks": (
        move("seed1.test.csv.gz", "seed7.test.csv.gz"),
        r"found 'seed7\.test\.csv\.gz'",
    ),
    "the same file packed and not": (
        lambda folder: (folder / "seed1.test.csv").write_text("id") and None,
        r"there is also seed1\.test\.csv, expected one",
    ),
    "one training handed in twice": (copy_seed, r"the same predictions as seed0\.test\.csv\.gz"),
    "a pickle": (pickle, "found 'model.pkl'.*models are never opened"),
    "a link": (link, r"'seed1\.test\.csv\.gz' is no plain file"),
    "a folder": (as_folder, r"'seed1\.test\.csv\.gz' is no plain file"),
    "a card that is a link": (linked_card, "'card.toml' is no plain file"),
    "a card that is a pipe": (pipe, "'card.toml' is no plain file"),
    "no card": (lambda folder: (folder / "card.toml").unlink(), "card.toml: is missing"),
    "card not UTF-8": (
        lambda folder: (folder / "card.toml").write_bytes(b'authors = ["J\xfcrgen"]') and None,
        "card.toml: byte 13 is not UTF-8. Save it as UTF-8",
    ),
    "pretraining that may mean none": (
        field(pretraining="n/a"),
        "pretraining: found 'n/a'. Write \"none\"",
    ),
    "a card that is UTF-16": (
        lambda folder: (folder / "card.toml").write_bytes("a = 1".encode("utf-16")) and None,
        "card.toml: is UTF-16 text; expected a TOML text",
    ),
    "extra data left empty": (field(extra_data=" "), "extra_data: found ' '. Write \"none\""),
    "author without list": (field(authors="Ada"), r"authors: found 'Ada', .* in \[\.\.\.\]"),
    "minutes no number": (field(minutes="10"), "minutes: found '10', expected a number"),
    "endless minutes": (
        raw_card(f"{TOML}minutes = inf\n"),
        "minutes: found inf, expected a number",
    ),
    "a seed that failed and did not": (field(failed=[1]), "seeds: found .*expected each once"),
    "semicolons": (
        edit(lambda x: [line.replace(",", ";") for line in x]),
        "separated by ';' here: save with commas",
    ),
    "decimal commas": (cell('"0,1"'), "found '0,1', .*Write a decimal point"),
    "a seed that is not on the card": (
        move("seed1.test.csv.gz", "seed7.test.csv.gz"),
        "Seed 7 is not on the card: add it",
    ),
    "a file without its split": (
        move("seed1.test.csv.gz", "seed1.csv.gz"),
        r"Say in its name which it is: .*seed1\.test\.csv\.gz",
    ),
    "an Excel file": (
        move("seed1.test.csv.gz", "seed1.test.xlsx"),
        "Write it as a CSV file, seed1.test.csv",
    ),
    "misnamed file": (
        move("seed1.test.csv.gz", "seed1_test.csv.gz"),
        r"found 'seed1_test\.csv\.gz'.*Did you mean seed1\.test\.csv\.gz",
    ),
    "no TOML": (raw_card("model: made_up"), "card.toml: cannot be read .*expected TOML"),
    "deep TOML": (raw_card("a = " + "[" * 5000), "card.toml: cannot be read"),
    "long card": (raw_card("#" * 100_000), "more than 32 kB"),
    "field missing": (field(hardware=None), "card.toml: the field hardware is missing"),
    "field misspelt": (
        field(extra_dta="x"),
        "'extra_dta', which no card has. Did you mean extra_data",
    ),
    "field of another kind": (
        field(parameters="many"),
        "parameters: found 'many', expected a whole",
    ),
    "number of 20,000 digits": (
        raw_card(f"{TOML}image_size = 0x{'f' * 20_000}\n"),
        "image_size: found a very long int, expected a whole",
    ),
    "names within names": (
        raw_card(f"{TOML}notes{'.a' * 3000} = 1\n"),
        "a line has more than 400 dots",
    ),
    "author whom nobody sees": (field(authors=["\u3164"]), "authors is empty"),
    "marks upon marks": (field(notes="a" + "\u0301" * 9), "notes: found .*expected one line"),
    "code at no host": (field(code="https://"), "code: found 'https://', expected an address"),
    "digits of elsewhere": (cell("\u0661"), r"found '\\u0661', expected a probability"),
    "number with a line in it": (cell("0_1"), "found '0_1', expected a probability"),
    "hardly negative": (cell("-1e-400"), "found '-1e-400', expected a probability"),
    "forty thousand columns": (
        edit(lambda x: [x[0] + "".join(f",c{n}" for n in range(40_000)), *x[1:]]),
        "unknown: 'c0', 'c1', 'c2'",
    ),
    "truth for a number": (field(parameters=True), "parameters: found True, expected a whole"),
    "seeds no list": (field(seeds=3), "seeds: found 3, expected a list"),
    "a seed below 0": (field(seeds=[-1, 0, 1]), "seeds: found -1, expected a whole"),
    "a seed twice": (field(seeds=[0, 0, 1, 2]), "seeds: found .*expected each once"),
    "two seeds": (field(seeds=[0, 1]), "found 2 seeds, expected at least 3"),
    "empty field": (field(chosen=" "), "chosen is empty"),
    "code without address": (
        field(code="on request"),
        "code: found 'on request', expected an address",
    ),
    "text of 10 kB": (field(notes="a" * 10_000), "notes: found 'a.*expected one line of text"),
    "text of two lines": (field(hardware="1\n2"), "hardware: found .*expected one line of text"),
    "model with |": (field(model="a|b"), r"model: found 'a\|b', expected at most 64"),
    "model with /": (field(model="a/b"), "model: found 'a/b', expected at most 64"),
    "model with ..": (field(model="a..b"), r"model: found 'a\.\.b', expected at most 64"),
    "model with a newline": (field(model="a\nb"), "model: found .*expected one line"),
    "model of 10 kB": (field(model="a" * 10_000), "model: found 'a.*expected one line"),
    "recipe with |": (field(recipe="a|b"), r"recipe: found 'a\|b'"),
    "model that holds its start": (field(model="a-scratch"), "without '-scratch'"),
    "unknown data": (
        field(data="tem_virus/mirror_12class"),
        "no ground-truth table is shipped, did you mean 'tem_virus/mirror_11class'",
    ),
    "data of somewhere else": (
        field(data="../mirror_11class"),
        r"data: '\.\./mirror_11class': no ground-truth table",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_one_is_refused(
    what: str, made: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil, said = BAD[what]
    spoil(made)
    monkeypatch.chdir(made.parent)
    before = texts(made.parents[1])
    assert submitted(made) == 1
    out, error = capsys.readouterr()
    assert not out
    assert error.count("\n") == 1
    assert len(error) < 1500
    assert str(made) in error
    assert re.search(said, error), error
    assert texts(made.parents[1]) == before  # nothing written, nothing opened


@pytest.mark.parametrize("name", ["a|b", "..", "a b", "-x", "x" * 65, "a\nb", ".hidden"])
def test_a_folder_of_a_bad_name_is_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "submissions" / name
    folder.mkdir(parents=True, exist_ok=True)
    assert submitted(folder) == 1
    error = capsys.readouterr().err
    assert "expected" in error
    assert error.count("\n") == 1


def test_a_folder_elsewhere_is_refused(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    elsewhere = made.rename(made.parents[1] / "mine")
    assert submitted(elsewhere, root=made.parents[1]) == 1
    assert str(made.parent) in capsys.readouterr().err


def test_only_our_own_leaderboard_is_meant_without_its_name(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = texts(made.parents[1])
    assert submit.main([str(made)]) == 1
    assert str(HERE / "submissions") in capsys.readouterr().err
    assert texts(made.parents[1]) == before


def test_a_link_to_a_folder_is_refused(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    link = made.with_name("link")
    link.symlink_to(made, target_is_directory=True)
    assert submitted(link) == 1
    assert "link: is a link, which another computer cannot follow" in capsys.readouterr().err


def test_a_file_in_the_place_of_the_folder_is_refused(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert submitted(made / "card.toml", root=made.parents[1]) == 1
    assert "expected the folder of one submission" in capsys.readouterr().err
