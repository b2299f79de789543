"""Sub-commands show their examples, and say what they do."""

from pathlib import Path

import pytest

from leaderboard.files import subcommands

HELP = {"run": "train a network", "table": "print a table"}
EXAMPLES = {"run": ("first --fast", "second"), "table": ("--write",)}


@pytest.mark.parametrize(
    "arguments, expected, absent",
    [
        (["--help"], ["tool run first --fast", "tool table --write"], ["tool run second"]),
        (["run", "--help"], ["train a network", "tool run first --fast", "tool run second"], []),
    ],
)
def test_the_help_has_the_examples(
    arguments: list[str], expected: list[str], absent: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    parser, commands = subcommands.parser_of("tool", "What it is for.", HELP, EXAMPLES)
    assert list(commands) == ["run", "table"]
    with pytest.raises(SystemExit):
        parser.parse_args(arguments)
    shown = capsys.readouterr().out
    assert all(line in shown for line in expected)
    assert not any(line in shown for line in absent)


def test_the_help_may_have_some_of_the_examples(capsys: pytest.CaptureFixture[str]) -> None:
    parser, _ = subcommands.parser_of("tool", None, HELP, EXAMPLES, shown=("table",))
    with pytest.raises(SystemExit):
        parser.parse_args(["--help"])
    shown = capsys.readouterr().out
    assert "tool table --write" in shown
    assert "tool run first" not in shown


def test_a_file_whose_name_begins_with_a_hyphen_is_told_from_an_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("-m").touch()
    parser, commands = subcommands.parser_of("tool", None, HELP, EXAMPLES)
    commands["run"].add_argument("file")
    for given, expected in (
        (["-m"], "the following arguments are required: file. -m is taken for an option: write ./"),
        (["a", "-m"], "unknown argument -m. -m is taken for an option: write ./-m\n"),
        (["a", "-x"], "unknown argument -x\n"),
        ([], "the following arguments are required: file\n"),
    ):
        with pytest.raises(SystemExit):
            parser.parse_args(["run", *given])
        assert expected in capsys.readouterr().err
