"""What the author of a submission says of it: `card.toml`."""

import dataclasses
import datetime
import difflib
import math
import re
import tomllib
import typing
from dataclasses import dataclass
from pathlib import Path

from leaderboard.files.names import BadNameError, check_model, check_recipe, reason, shown
from leaderboard.files.plain_file import ANY, check_plain
from leaderboard.files.texts import is_address, is_line, says_something
from leaderboard.predictions import file_kinds
from leaderboard.results.bounds import YEARS, is_past_day

LIMIT = 32 * 2**10  # bytes of the file
LONGEST = 300  # characters of a text
MOST_SEEDS = 50  # with those that failed
MOST_DOTS = 400  # of a line: names within names take a parser minutes
LARGEST = {
    "parameters": 10**13, "image_size": 100_000, "epochs": 10**7, "minutes": YEARS / 60,
}  # fmt: skip
NONE = "none"
# What may mean "none": one of the first words, and besides them only such of the second.
_NO = ("no", "none", "not", "nothing", "null", "nil", "false", "without", "n/a", "na", "-",
       "scratch", "random", "randomly")  # fmt: skip
_OF = ("any", "applicable", "at", "all", "data", "external", "extra", "from", "init",
       "initialisation", "initialised", "initialization", "initialized", "micrographs", "other",
       "pre-training", "pretrained", "pretraining", "the", "trained", "training", "used",
       "was", "weights")  # fmt: skip
_ON_TEST = re.compile(r"\btest\b(?!-)", re.IGNORECASE)  # test-time augmentation is no test
_ON_OTHERS = re.compile(r"valid|\bval\b|train|fold|not\b|never|without", re.IGNORECASE)


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
      paper, weights: addresses; weights_licence: of the weights; submitted: a day, "2026-01-31".
      withdrawn: why you no longer stand by the row; superseded_by: name of your submission that
        follows it. Either way the row stays, is marked, and is no longer compared.
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
    paper: str = ""
    weights: str = ""
    weights_licence: str = ""
    submitted: str = ""
    withdrawn: str = ""
    superseded_by: str = ""

    @property
    def initialization(self) -> str:
        """Where the weights came from: "scratch" or "transfer"."""
        return "scratch" if self.pretraining == NONE else "transfer"

    @property
    def beside_scores(self) -> list[str]:
        """What a reader must know beside the scores, a text for each; [] where there is nothing.

        Weights and micrographs from elsewhere, and trainings that failed (docs/rules.md, 2 and 5).
        """
        texts = {
            "pretraining": "" if self.pretraining == NONE else self.pretraining,
            "extra data": "" if self.extra_data == NONE else self.extra_data,
            "failed seeds": ", ".join(map(str, self.failed)),
        }
        return [f"{name}: {text}" for name, text in texts.items() if text]

    @property
    def retired(self) -> str:
        """Why its authors no longer stand by the row, or which one follows it; "" mostly."""
        if self.withdrawn:
            return f"withdrawn: {self.withdrawn}"
        return f"superseded by {self.superseded_by}" if self.superseded_by else ""


def read(file: Path) -> Card:
    """Read a card.

    Raises:
      CardError: no such file, no TOML, or a field that is missing, unknown or not as it must be.
    """
    data = b""
    try:
        check_plain(file, ANY)
        with file.open("rb") as opened:
            data = opened.read(LIMIT + 1)
        if len(data) > LIMIT:
            raise CardError(f"{file}: more than {LIMIT // 2**10} kB, expected a page. Shorten it.")
        if any(line.count(b".") > MOST_DOTS for line in data.splitlines()):
            raise CardError(
                f"{file}: a line has more than {MOST_DOTS} dots, expected name = value. Shorten it."
            )
        found = tomllib.loads(data.decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise CardError(
            f"{file}: is missing. Begin with the card in docs/submit.md, under this name."
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        if data and (kind := file_kinds.refused(file, data)):
            raise CardError(kind.replace("a CSV file, gzipped or not", "a TOML text")) from error
        if isinstance(error, UnicodeDecodeError):
            remedy = f"byte {error.start} is not UTF-8. Save it as UTF-8."
            raise CardError(f"{file}: {remedy}") from error
        if isinstance(error, OSError):
            raise CardError(
                f"{file}: cannot be read ({reason(error)}), expected a card that you may read. "
                "Change its permissions, or put the file itself there."
            ) from error
        raise CardError(
            f"{file}: cannot be read ({reason(error)}), expected TOML: name = value on "
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
        if len(value) > MOST_SEEDS:
            raise CardError(
                f"{file}: {name}: found {len(value)} entries, expected at most {MOST_SEEDS}."
            )
        return tuple(_value(file, name, one, typing.get_args(kind)[0]) for one in value)
    if kind is int and not (type(value) is int and 0 <= value < 2**63):
        raise CardError(f"{file}: {name}: found {shown(value)}, expected a whole number from 0.")
    if kind is float and (type(value) not in (int, float) or not 0 <= value < math.inf):
        raise CardError(f"{file}: {name}: found {shown(value)}, expected a number from 0.")
    if name in LARGEST and value > LARGEST[name]:
        raise CardError(
            f"{file}: {name}: found {shown(value)}, expected at most {LARGEST[name]:,.0f}."
        )
    if kind is float:
        return float(value)
    if name == "submitted" and isinstance(value, datetime.date):
        value = value.isoformat()[:10]
    if kind is str and not is_line(value, LONGEST):
        raise CardError(
            f"{file}: {name}: found {shown(value)}, expected one line of text, at most {LONGEST} "
            "characters."
        )
    if name in ("pretraining", "extra_data"):
        return _none_or(file, name, value)
    return value


def _none_or(file: Path, name: str, value: str) -> str:
    """Return "none" however it is spelt; refuse what only may mean it."""
    plain = value.strip().casefold()
    if plain == NONE:
        return NONE
    words = {word.strip(".,;:!()\"'") for word in plain.split()} - {""}
    if words <= {*_NO, *_OF} and (not words or words & {*_NO}):
        raise CardError(f'{file}: {name}: found {shown(value)}. Write "{NONE}", or what it was.')
    return value


def warnings(card: Card) -> list[str]:
    """Return what a card states that breaks a rule, if it means what it says."""
    if _ON_TEST.search(card.chosen) and not _ON_OTHERS.search(card.chosen):
        return [
            f"{shown(card.chosen)}, says the card of what was chosen: nothing may be chosen by "
            "test scores (docs/rules.md, rule 1). If it was validation, say so there."
        ]
    return []


def _check(file: Path, card: Card) -> None:
    try:
        check_model(card.model)
        check_recipe(card.recipe)
    except BadNameError as error:
        raise CardError(f"{file}: {error}") from error
    texts_of = {"hardware": [card.hardware], "chosen": [card.chosen], "authors": card.authors}
    texts_of |= {"pretraining": [card.pretraining], "extra_data": [card.extra_data]}
    for name, texts in texts_of.items():
        if not all(map(says_something, texts)):
            raise CardError(f"{file}: {name} is empty. Say it in a few words.")
    addresses = {"code": card.code, "paper": card.paper, "weights": card.weights}
    for name, address in addresses.items():
        if not (is_address(address) or (name != "code" and not address)):
            raise CardError(
                f"{file}: {name}: found {shown(address)}, expected an address, https://..., where "
                f"the {name} can be read: of letters that every keyboard has, without name@."
            )
    if card.submitted and not is_past_day(card.submitted):
        raise CardError(
            f"{file}: submitted: found {shown(card.submitted)}, expected a day such as 2026-01-31, "
            "not in the future."
        )
    for name in ("withdrawn", "superseded_by", "weights_licence"):
        text = getattr(card, name)
        if text and not says_something(text):
            raise CardError(f"{file}: {name}: found {shown(text)}, expected words, or nothing.")
    if not card.parameters:
        raise CardError(f"{file}: parameters: found 0, expected the number of trainable ones.")
    seeds = [*card.seeds, *card.failed]
    if len(seeds) > MOST_SEEDS:
        raise CardError(
            f"{file}: seeds: found {len(seeds)} with those that failed, expected at most "
            f"{MOST_SEEDS}."
        )
    if len(set(seeds)) != len(seeds):
        raise CardError(
            f"{file}: seeds: found {shown(seeds)}, with those that failed; expected each once."
        )
