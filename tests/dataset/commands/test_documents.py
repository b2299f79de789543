"""What the documents say exists, exists."""

import re
import shlex
from pathlib import Path

import pytest

from tem_virus_dataset.__main__ import parser

ROOT = Path(__file__).parents[3]
CARDS = ROOT.glob("tem_virus_dataset/*/README.md")
DOCUMENTS = [ROOT / "README.md", *sorted(ROOT.glob("*/README.md")), *sorted(CARDS)]
BLOCK = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)


def commands():
    """The arguments of every `python -m tem_virus_dataset` in the documents' code."""
    for document in DOCUMENTS:
        text = document.read_text("utf-8")
        lines = [
            x for kind, block in BLOCK.findall(text) if kind == "sh" for x in block.split("\n")
        ]
        inline = re.findall(r"`([^`]+)`", BLOCK.sub("", text))
        for line in lines + [" ".join(words.split()) for words in inline]:
            _, called, arguments = line.partition("python -m tem_virus_dataset ")
            if called and "|" not in arguments:
                yield arguments.replace("CONFIG", "patches_14class")


FOUND = sorted(set(commands()))


def test_there_are_commands():
    assert {arguments.split()[0] for arguments in FOUND} == {
        "prepare",
        "verify",
        "figure",
        "audit",
        "info",
    }


@pytest.mark.parametrize("arguments", FOUND)
def test_a_command_is_understood(arguments):
    assert parser().parse_args(shlex.split(arguments, comments=True)).command


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.parent.name)
def test_nothing_is_left_to_be_filled_in(document):
    text = document.read_text("utf-8")
    assert not re.findall(r"\b[A-Z]+_(?:SECTION|HASH)\b|\bTODO\b|\bTBD\b", text)
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (document.parent / target).exists(), target
