"""Addresses in a text, for a page to link."""

import re
from urllib.parse import quote

_ADDRESS = re.compile(
    r"(?P<web>https?://[^\s<>\"']+)"
    r"|(?P<code>\bgithub\.com/[\w.-]+/[\w.-]+)"
    r"|\barXiv[ :](?P<arxiv>\d{4}\.\d{4,5})\b"
    r"|\bdoi:(?P<doi>10\.\d{4,9}/[^\s<>\"']+)",
    re.IGNORECASE,
)
_AFTER = ".,;:!?)]}"  # ends the sentence, not the address


def parts(text: str) -> list[tuple[str, str]]:
    """Divide a text into pieces, each with the address it names, or "".

    >>> parts("Sikder et al. 2024, arXiv 2405.15563 (unclear)")[1]
    ('arXiv 2405.15563', 'https://arxiv.org/abs/2405.15563')
    """
    found, end = [], 0
    for match in _ADDRESS.finditer(text):
        shown = match[0].rstrip(_AFTER)
        found += [(text[end : match.start()], ""), (shown, _address(match, len(shown)))]
        end = match.start() + len(shown)
    return [part for part in [*found, (text[end:], "")] if part[0]]


def _address(match: re.Match[str], length: int) -> str:
    shown = match[0][:length]
    if match["arxiv"]:
        return f"https://arxiv.org/abs/{match['arxiv']}"
    if match["doi"]:
        return f"https://doi.org/{quote(shown.partition(':')[2])}"
    return f"https://{shown}" if match["code"] else shown
