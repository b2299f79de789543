"""BibTeX of the data, of this project, and of a row."""

import re
from collections.abc import Sequence

DATA = """@article{matuszewski2021tem,
  title = {{TEM} virus images: Benchmark dataset and deep learning classification},
  author = {Matuszewski, Damian J. and Sintorn, Ida-Maria},
  journal = {Computer Methods and Programs in Biomedicine},
  volume = {209},
  pages = {106318},
  year = {2021},
  doi = {10.1016/j.cmpb.2021.106318}
}
@misc{matuszewski2021data,
  title = {{TEM} virus dataset},
  author = {Matuszewski, Damian J. and Sintorn, Ida-Maria},
  publisher = {Mendeley Data},
  year = {2021},
  doi = {10.17632/x4dwwfwtw3.3}
}"""
AUTHORS = "The tem-virus authors"


def project(year: str) -> str:
    """Return the entry of this project, of CITATION.cff."""
    return _entry(
        "software", "temvirus",
        "{tem-virus}: data set loader, benchmark and leaderboard for viruses in transmission "
        "electron micrographs",
        [], year, "",
    )  # fmt: skip


def row(
    model: str, label: str, benchmark: str, authors: Sequence[str], year: str, address: str = ""
) -> str:
    """Return the entry of a row; without `authors` it is of this project."""
    key = re.sub(r"[^a-z0-9]+", "", f"temvirus{model.lower()}")[:40]
    title = f"{_plain(model)} ({_plain(label)}) on {_plain(benchmark)}, tem-virus leaderboard"
    return _entry("misc", key, title, authors, year, address)


def _entry(kind: str, key: str, title: str, authors: Sequence[str], year: str, address: str) -> str:
    names = " and ".join(f"{{{_plain(name)}}}" for name in authors) or f"{{{AUTHORS}}}"
    fields = {"title": title, "author": names, "year": year, "url": address}
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}"


def _plain(text: str) -> str:
    """Return a text that cannot end a field: without braces, its special letters escaped."""
    text = " ".join(re.sub(r"[{}\\]", "", text).split())
    return re.sub(r"([&%$#_])", r"\\\1", text)
