"""A benchmark on the site: its page, its card on the start page, and the files beside the page.

A board of another kind than the tables of data configs (say, of classes that training never showed)
is a `Benchmark` with sections of its own. Three steps add one:

1. Write a function that returns its `Benchmark`s, as `leaderboards.benchmarks` does. `sections`
   are shown in their order; each names a template, which gets `values` as `values`.
2. Write that template into `templates/`. `board.html` has macros for tables of rows, `blocks.html`
   for figures, heat maps and citations.
3. Add the function to `SOURCES` in `pages.py`.

Card, navigation, phantoms' warning, downloads, permalinks and style are the same for all kinds.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Listing:
    """What the site says of a data config.

    Attributes:
      slug: folder of its page; title: its name; about: one sentence for its card.
      pictures: files of `classes/pictures` on its card; of several, each is a class.
    """

    slug: str
    title: str
    about: str
    pictures: tuple[str, ...] = ()


LISTINGS = {  # in the order of the site; any other config comes after them
    "tem_virus/patches_14class": Listing(
        "14-classes", "14 classes, official split", "Which virus is on a patch of 256 nm? The "
        "paper's benchmark.", ("adenovirus.jpg", "ebola.jpg", "influenza.jpg", "rotavirus.jpg"),
    ),
    "tem_virus/patches_14class_worst_case": Listing(
        "14-classes-worst-case", "14 classes, worst-case split", "The same patches; the test "
        "micrographs are those with the most particles.",
        ("cowpox.jpg", "lassa.jpg", "marburg.jpg", "papilloma.jpg"),
    ),
    "tem_virus/patches_14class_sessions": Listing(
        "14-classes-unseen-sessions", "14 classes, unseen sessions", "The same patches; the test "
        "micrographs are of imaging sessions that training never showed.",
        ("papilloma.jpg", "nipah-virus.jpg", "cchf.jpg", "marburg.jpg"),
    ),
    "tem_virus/patches_14class_clean": Listing(
        "14-classes-no-repeated-fields", "14 classes, no repeated fields", "The official test "
        "split; training never showed a field of it.",
        ("lassa.jpg", "influenza.jpg", "ebola.jpg", "orf.jpg"),
    ),
    "tem_virus/mirror_11class": Listing(
        "11-classes", "Eleven classes, public mirror", "Which virus is on a patch? Images that "
        "anybody can download.", ("rift-valley.jpg", "orf.jpg", "norovirus.jpg", "cchf.jpg"),
    ),
    "tem_virus/mirror_11class_sessions": Listing(
        "11-classes-unseen-sessions", "Eleven classes, unseen sessions", "The public patches; the "
        "test micrographs are of imaging sessions that training never showed.",
        ("adenovirus.jpg", "cowpox.jpg", "astrovirus.jpg", "rotavirus.jpg"),
    ),
    "tem_virus/mirror_11class_clean": Listing(
        "11-classes-no-repeated-fields", "Eleven classes, no repeated fields", "The public test "
        "split; training never showed a field of it.",
        ("marburg.jpg", "papilloma.jpg", "ebola.jpg", "orf.jpg"),
    ),
    "tem_virus/mirror_11class_boxes": Listing(
        "detection", "Detection of viruses, public mirror", "Where is each particle on a whole "
        "micrograph, and of which virus?", ("detection.jpg",),
    ),
    "tem_virus/mirror_11class_sessions_boxes": Listing(
        "detection-unseen-sessions", "Detection of viruses, unseen sessions", "The same "
        "micrographs; those of test are of imaging sessions that training never showed.",
        ("detection.jpg",),
    ),
    "tem_exosome/cbia": Listing(
        "exosomes", "Detection of exosomes", "Where is each vesicle on a micrograph?",
        ("exosomes.jpg",),
    ),
    "tem_exosome/sim_to_real": Listing(
        "exosomes-from-phantoms", "Exosomes, learned from phantoms", "Trained on synthetic "
        "micrographs (phantoms) alone, tested on real images.", ("exosomes.jpg",),
    ),
    "tem_exosome/sim_to_real_aggregates": Listing(
        "exosomes-from-aggregates", "Exosomes, learned from phantoms of aggregates", "The same "
        "test images; the phantoms show vesicles that touch.", ("exosome-aggregates.jpg",),
    ),
    "tem_virus/phantom_14class": Listing(
        "phantoms", "Phantoms of 14 classes", "Synthetic patches: shows that a model trains and "
        "is scored.", ("astrovirus.jpg", "nipah-virus.jpg", "orf.jpg", "cowpox.jpg"),
    ),
    "tem_exosome/phantom": Listing(
        "exosome-phantoms", "Detection, phantoms of exosomes", "Synthetic micrographs: shows that "
        "a detector trains and is scored.", ("exosomes.jpg",),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Section:
    """A section of a benchmark's page.

    Attributes:
      name: its id; title: its heading; template: what is included, which reads `values`.
      open: whether it is unfolded on a wide screen; the first section never folds.
    """

    name: str
    title: str
    template: str
    values: Mapping[str, Any]
    open: bool = True


@dataclass(frozen=True)
class Card:
    """A benchmark on the start page.

    Attributes:
      about: one sentence; pictures: file names in `classes/pictures`.
      best: name of the best row scored here, else of the best published one, "" without a row;
        is_scored: whether it was scored here; link: of its page, relative to the benchmark's
        folder; score: its name and value.
      counts: number of rows, in words.
    """

    about: str
    pictures: tuple[str, ...]
    best: str
    link: str
    score: tuple[str, str]
    is_scored: bool
    counts: str


@dataclass(frozen=True)
class Benchmark:
    """A benchmark: one page, in a folder of its own.

    Attributes:
      slug: the folder; data: what it is of, an id for links; title: its heading.
      is_phantom: its images are synthetic, and its page says so.
      note, mixed: what a reader must know before comparing, each may be "".
      downloads: text and file name of each file to download; files: content by file name, of all
        files beside the page; sections: of the page, in order.
    """

    slug: str
    data: str
    title: str
    card: Card
    sections: Sequence[Section]
    is_phantom: bool = False
    note: str = ""
    mixed: str = ""
    downloads: Sequence[tuple[str, str]] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


def listing(data: str) -> Listing:
    """Return what the site says of a config; of an unknown one, its name."""
    return LISTINGS.get(data) or Listing(slug(data.replace("/", "-")), data, "")


def slug(name: str) -> str:
    """Return a name as part of an address: letters, digits, dots, hyphens and underscores.

    >>> slug("modern+epochs=20")
    'modern-epochs-20'
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "row"
