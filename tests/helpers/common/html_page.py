"""A page of HTML as a test reads it."""

import html.parser
from pathlib import Path

VOID = {"meta", "link", "img", "input", "br", "wbr", "source", "line", "circle"}
INLINE = {"wbr", "a", "strong", "code", "span", "em"}


class Page(html.parser.HTMLParser):
    """What a browser would find in a page.

    Attributes:
      text: as it stands; words: the same with single spaces, and one between two blocks.
      code: of styles and scripts; rows: of tables, each a list of its cells' texts.
      links: targets of `a`; loaded: addresses that the browser loads by itself.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.text, self.code, self.tags, self.ids = "", "", list[str](), set[str]()
        self.loaded, self.links, self.alts = list[str](), list[str](), list[str | None]()
        self.handlers, self.headings, self.open = list[str](), list[str](), list[str]()
        self.rows: list[list[str]] = []
        self.words = ""
        self.feed(path.read_text("utf-8"))
        self.words = " ".join(self.words.split())
        self.rows = [[" ".join(cell.split()) for cell in row] for row in self.rows]

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append(tag)
        self.words += "" if tag in INLINE else " "
        if tag not in VOID:
            self.open.append(tag)
        names = ("src", "srcset") if tag != "link" else ("href",)
        self.loaded += [values[name] for name in names if name in values]
        self.links += [values["href"]] if tag == "a" and "href" in values else []
        self.ids |= {values["id"]} if "id" in values else set()
        self.handlers += [name for name in values if name.startswith("on")]
        self.alts += [values.get("alt")] if tag == "img" else []
        if tag == "h2":
            self.headings.append("")
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self.words += "" if tag in INLINE else " "
        if tag not in VOID and self.open:
            assert self.open.pop() == tag, (self.path, tag, self.getpos())

    def handle_data(self, data):
        if self.open[-1:] in (["style"], ["script"]):
            self.code += data
            return
        self.text += data
        self.words += data
        if "h2" in self.open:
            self.headings[-1] += data
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data


def pages_of(out: Path) -> list[Page]:
    """Return every page of a folder, by path."""
    return [Page(file) for file in sorted(out.rglob("*.html"))]
