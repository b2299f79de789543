"""Lists of names and numbers are separated by blanks or commas; a comma of a file is a comma."""

from pathlib import Path

import pytest

from leaderboard.files import arguments


def parsed(*line: str):
    parser = arguments.Parser()
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--seeds", nargs="+", type=int)
    parser.add_argument("--formats", nargs="+", choices=("csv", "yolo"))
    parser.add_argument("--set", nargs="+")
    parser.add_argument("--data", nargs="+")
    return parser.parse_args(line)


@pytest.mark.parametrize("seeds", [("0,1,2",), ("0,", "1,", "2"), ("0", "1", "2"), ("0,1", "2,")])
def test_a_list_may_have_commas(seeds):
    assert parsed("a", "--seeds", *seeds).seeds == [0, 1, 2]


def test_choices_and_settings_may_have_commas():
    found = parsed("a", "--formats", "csv,yolo", "--set", "epochs=1,tta=8")
    assert (found.formats, found.set) == (["csv", "yolo"], ["epochs=1", "tta=8"])


def test_a_setting_keeps_its_decimal_comma():
    """What reads the setting then says to write a point."""
    assert parsed("a", "--set", "rate=0,01", "epochs=1").set == ["rate=0,01", "epochs=1"]


def test_the_part_that_is_wrong_is_named(capsys):
    with pytest.raises(SystemExit):
        parsed("a", "--formats", "csv,yol")
    assert "unknown 'yol', did you mean 'yolo'?" in capsys.readouterr().err


def test_names_of_files_keep_their_commas():
    found = parsed("a,b.tif", "--data", "folder:a,b")
    assert (found.files, found.data) == ([Path("a,b.tif")], ["folder:a,b"])


def test_a_comma_of_thousands_does_not_make_two_numbers(capsys):
    with pytest.raises(SystemExit):
        parsed("a", "--seeds", "1,000")
    assert "1,000" in capsys.readouterr().err
