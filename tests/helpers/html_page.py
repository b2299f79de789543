"""A page as a browser would read it."""

import html.parser
from pathlib import Path

VOID = {"meta", "link", "img", "input", "br", "wbr", "source", "line", "circle", "rect", "path"}


class Page(html.parser.HTMLParser):
    """The content of a page.

    Attributes:
      text: of all elements; words: the same with single spaces; spaced: also between elements.
      code: of style sheets and scripts; tags, ids; handlers: attributes such as onclick.
      loaded: addresses that a browser loads; links: those to follow; alts: of images.
      headings: of the second level; rows: cells by row of all tables.
      open: elements that are not closed.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.text, self.code, self.tags, self.ids = "", "", list[str](), set[str]()
        self.loaded, self.links, self.alts = list[str](), list[str](), list[str | None]()
        self.handlers, self.headings, self.open = list[str](), list[str](), list[str]()
        self.rows: list[list[str]] = []
        self._pieces: list[str] = []
        self.feed(path.read_text("utf-8"))
        self.words = " ".join(self.text.split())
        self.spaced = " ".join(" ".join(self._pieces).split())
        self.rows = [[" ".join(cell.split()) for cell in row] for row in self.rows]

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        names = ("src", "srcset") if tag != "link" else ("href",)
        self.loaded += [found[name] for name in names if name in found]
        self.links += [found["href"]] if tag == "a" and "href" in found else []
        self.ids |= {found["id"]} if "id" in found else set()
        self.handlers += [name for name in found if name.startswith("on")]
        self.alts += [found.get("alt")] if tag == "img" else []
        if tag == "h2":
            self.headings.append("")
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        if tag not in VOID and self.open:
            assert self.open.pop() == tag, (self.path, tag, self.getpos())

    def handle_data(self, data):
        if self.open[-1:] in (["style"], ["script"]):
            self.code += data
            return
        self.text += data
        self._pieces.append(data)
        if "h2" in self.open:
            self.headings[-1] += data
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data


def pages_of(folder: Path) -> list[Page]:
    """All pages in a folder, by path."""
    return [Page(file) for file in sorted(folder.rglob("*.html"))]
