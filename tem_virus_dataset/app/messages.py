"""The lines of a prediction as a window shows them: files by name, options by field."""

import re
from pathlib import Path

# The command's lines advise its options; the window's fields have these labels.
FIELDS = {
    "--nm-per-pixel": "nm per pixel",
    "--crop-bottom": "info strip",
    "--confidence": "confidence threshold",
    "--model": "model",
    "--invert": "particles are darker than the stain",
}
ADVICE = {  # what a window cannot do, and what it can
    "Name such a file itself to predict it, too.": "Tick it in the list to predict it, too.",
    "name all folders in one command to have one table": "drop all files at once to have one table",
}
_PLACE = "; see the results"  # they are on the page
_OPTION = re.compile("|".join(map(re.escape, FIELDS)))


def shown(text: str, *folders: Path) -> str:
    """Return a text in one line, without the paths of the window's own folders.

    >>> shown("/tmp/x/a.tif: no size. Give --nm-per-pixel.", Path("/tmp/x"))
    'a.tif: no size. Give the field "nm per pixel".'
    """
    for folder in folders:
        for path in {str(folder.resolve()), str(folder)}:
            text = (
                text.replace(f"{path}/", "").replace(f"{path}\\", "").replace(path, "the results")
            )
    for of_command, of_window in ADVICE.items():
        text = text.replace(of_command, of_window)
    text = _OPTION.sub(lambda match: f'the field "{FIELDS[match[0]]}"', text)
    return " ".join(text.replace(_PLACE, "").split())
