"""Names that are safe in file names, table cells and shells alike."""

import re

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_RESERVED = re.compile(  # on Windows, with any ending
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9])(\..*)?", re.IGNORECASE
)
_RECIPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+=,-]{0,149}")


OWN = "folder"  # data set of one's own images, with the folder's name as config: folder/NAME


class BadNameError(ValueError):
    """A name that cannot stand in a file name or in a table."""


def check_name(text: str, what: str) -> str:
    """Return `text` if it is a safe name, else raise `BadNameError` saying what it should be.

    Args:
      text: at most 64 letters, digits, dots, hyphens and underscores, the first a letter or digit.
      what: what is named, for the message, such as "model".

    >>> check_name("densenet201", "model")
    'densenet201'
    """
    return _checked(_NAME, text, what, "at most 64 of A-Z a-z 0-9 . _ -")


def check_model(text: str) -> str:
    """Return `text` if it is a safe name of a model, else raise `BadNameError`.

    Two runs must not share a file: m-scratch-x-s0 would be model m, but also model m-scratch.
    """
    if re.search(r"-(scratch|transfer)(-|$)", check_name(text, "model")):
        raise BadNameError(
            f"model: found {shown(text)}, expected a name without '-scratch' or '-transfer': there "
            "is `initialization` for that. Rename the model."
        )
    return text


def alike(text: str) -> str:
    """Return what a name looks like: equal for names that a reader takes for one another.

    >>> alike("Plain-CNN_1") == alike("plain_cnnl")
    True
    """
    plain = re.sub("[._+=,-]", "", text.casefold())
    return plain.translate(str.maketrans("0135i", "olesl")).replace("rn", "m").replace("vv", "w")


def is_own(data: str) -> bool:
    """Say whether data are somebody's own images, such as folder/mirror_11class."""
    return data.startswith(f"{OWN}/")


def check_recipe(text: str) -> str:
    """Return `text` if it is a safe recipe label, else raise `BadNameError`.

    A recipe label may also hold `+`, `=` and `,`, and up to 150 characters.

    >>> check_recipe("small+epochs=14")
    'small+epochs=14'
    """
    return _checked(_RECIPE, text, "recipe", "at most 150 of A-Z a-z 0-9 . _ - + = ,")


def _checked(pattern: re.Pattern[str], text: object, what: str, allowed: str) -> str:
    if isinstance(text, str) and (_RESERVED.fullmatch(text) or text.endswith(".")):
        raise BadNameError(
            f"{what}: found {shown(text)}, expected no name that Windows keeps for itself (con, "
            "aux, nul, com1 ...) and no dot at the end: no Windows computer could hold the file. "
            f"Rename the {what}."
        )
    if not isinstance(text, str) or not pattern.fullmatch(text) or ".." in text:
        raise BadNameError(
            f"{what}: found {shown(text)}, expected {allowed}, starting with a letter or a digit, "
            f"without '..'. Rename the {what}."
        )
    return text


def shown(value: object, limit: int = 80) -> str:
    """Return the value as one short line for a message, however long or odd it is."""
    try:
        text = ascii(value[: limit + 1] if isinstance(value, str) else value)
    except (ValueError, RecursionError):  # a number of thousands of digits, lists within lists
        text = f"a very long {type(value).__name__}"
    return text if len(text) <= limit else f"{text[:limit]}... (cut)"


def reason(error: Exception) -> str:
    """Return why a file cannot be used, in one line; the system's errors repeat its path.

    >>> reason(FileNotFoundError(2, "No such file or directory", "card.toml"))
    'No such file or directory'
    """
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return shown(str(error), 200)
