"""What the author of a submission says of it: `card.toml`."""

import dataclasses
import difflib
import math
import re
import tomllib
import typing
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from leaderboard.files.names import BadNameError, check_model, check_recipe, shown

LIMIT = 64 * 2**10  # bytes of the file
LONGEST = 300  # characters of a text
NONE = "none"
_ALIKE = ("no", "n/a", "na", "-", "nothing", "null", "nil", "false", "scratch", "random")


class CardError(Exception):
    """A card that cannot be used; names file and field, what was found and what is expected."""


@dataclass(frozen=True)
class Card:
    """A submitted model; every text is one line of at most 300 characters.

    Attributes:
      model: its name in the table; data: config such as `tem_virus/patches_14class`.
      recipe: one word for how it was trained; authors: at least one; code: address of it.
      parameters: number of trainable ones; seeds: of its trainings, a predictions file for each.
      pretraining: what the weights were trained on before, such as "ImageNet-1k", or "none".
      extra_data: other micrographs that were trained on, or "none".
      hardware: that it was trained on; chosen: how model, settings and epoch were chosen.
      failed: seeds of trainings that ended without predictions; listed below the table.
      image_size: of the input in pixels; epochs, minutes: of one training. 0: not stated.
      notes: whatever else a reader must know; stands below the table.
    """

    model: str
    data: str
    recipe: str
    authors: tuple[str, ...]
    code: str
    parameters: int
    seeds: tuple[int, ...]
    pretraining: str
    extra_data: str
    hardware: str
    chosen: str
    failed: tuple[int, ...] = ()
    image_size: int = 0
    epochs: int = 0
    minutes: float = 0.0
    notes: str = ""

    @property
    def initialization(self) -> str:
        """Where the weights came from: "scratch" or "transfer"."""
        return "scratch" if self.pretraining == NONE else "transfer"


def read(file: Path) -> Card:
    """Read a card.

    Raises:
      CardError: no such file, no TOML, or a field that is missing, unknown or not as it must be.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(LIMIT + 1)
        if len(data) > LIMIT:
            raise CardError(f"{file}: more than {LIMIT // 2**10} kB, expected a page. Shorten it.")
        found = tomllib.loads(data.decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise CardError(
            f"{file}: is missing. Begin with the card in docs/submit.md, under this name."
        ) from error
    except UnicodeDecodeError as error:
        raise CardError(f"{file}: byte {error.start} is not UTF-8. Save it as UTF-8.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise CardError(
            f"{file}: cannot be read ({shown(str(error), 200)}), expected TOML: name = value on "
            'each line, texts in straight quotes "...", lists in [...], numbers without commas.'
        ) from error
    fields = {field.name: field for field in dataclasses.fields(Card)}
    for name in found:
        if name not in fields:
            near = difflib.get_close_matches(name, fields, 1)
            hint = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(fields)}."
            raise CardError(f"{file}: found the field {shown(name)}, which no card has. {hint}")
    for name, field in fields.items():
        if name not in found and field.default is dataclasses.MISSING:
            raise CardError(f"{file}: the field {name} is missing. Add it.")
    kinds = typing.get_type_hints(Card)
    given = {name: _value(file, name, value, kinds[name]) for name, value in found.items()}
    card = Card(**given)
    _check(file, card)
    return card


def _value(file: Path, name: str, value: typing.Any, kind: typing.Any) -> typing.Any:
    """Return a field's value if it is of the right kind: text, count, or a list of them."""
    if typing.get_origin(kind) is tuple:
        if type(value) is not list or not (value or name == "failed"):
            raise CardError(
                f"{file}: {name}: found {shown(value)}, expected a list with entries, in [...]."
            )
        return tuple(_value(file, name, one, typing.get_args(kind)[0]) for one in value)
    if kind is int and not (type(value) is int and 0 <= value < 2**63):
        raise CardError(f"{file}: {name}: found {shown(value)}, expected a whole number from 0.")
    if kind is float:
        if type(value) not in (int, float) or not 0 <= value < math.inf:
            raise CardError(f"{file}: {name}: found {shown(value)}, expected a number from 0.")
        return float(value)
    if kind is str and not (
        isinstance(value, str)
        and len(value) <= LONGEST
        and value.isprintable()
        and not _PILED.search("".join(map(_category, value)))
    ):
        raise CardError(
            f"{file}: {name}: found {shown(value)}, expected one line of text, at most {LONGEST} "
            "characters."
        )
    if name in ("pretraining", "extra_data"):
        return _none_or(file, name, value)
    return value


def _category(character: str) -> str:
    """Return L for a letter, N for a number, M for a mark upon others, another letter else."""
    if character in "\u115f\u1160\u3164\uffa0":  # letters that nobody sees
        return "Z"
    return unicodedata.category(character)[0]


_PILED = re.compile("M{4}")  # marks upon marks reach into the lines above


def _none_or(file: Path, name: str, value: str) -> str:
    """Return "none" however it is spelt; refuse what only may mean it."""
    plain = value.strip().casefold()
    if plain in ("", *_ALIKE):
        raise CardError(f'{file}: {name}: found {shown(value)}. Write "{NONE}", or what it was.')
    return NONE if plain == NONE else value


def _check(file: Path, card: Card) -> None:
    try:
        check_model(card.model)
        check_recipe(card.recipe)
    except BadNameError as error:
        raise CardError(f"{file}: {error}") from error
    texts_of = {"hardware": [card.hardware], "chosen": [card.chosen], "authors": card.authors}
    texts_of |= {"pretraining": [card.pretraining], "extra_data": [card.extra_data]}
    for name, texts in texts_of.items():
        if not all(any(_category(c) in "LN" for c in text) for text in texts):
            raise CardError(f"{file}: {name} is empty. Say it in a few words.")
    if not re.fullmatch(r"https?://[^\s/]+\.[^\s/]+(/\S*)?", card.code):
        raise CardError(
            f"{file}: code: found {shown(card.code)}, expected an address, https://..., where the "
            "code can be read."
        )
    if not card.parameters:
        raise CardError(f"{file}: parameters: found 0, expected the number of trainable ones.")
    seeds = [*card.seeds, *card.failed]
    if len(set(seeds)) != len(seeds):
        raise CardError(
            f"{file}: seeds: found {shown(seeds)}, with those that failed; expected each once."
        )
