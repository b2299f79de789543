"""The pages of the two boards of unknown viruses: `leaderboard/novelty`, docs/open-set.md."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from leaderboard.open_set import boards, page, rows
from leaderboard.open_set.folder import Origin
from leaderboard.open_set.rows import Row
from leaderboard.ranking.rows import Value, value_of
from leaderboard.site.boards import scored_table, shaded_table
from leaderboard.site.boards.benchmarks import Benchmark, Section
from leaderboard.site.boards.scored_table import Entry, ScoreColumn, ScoreLine
from leaderboard.site.boards.shaded_table import ShadedTable

DOCUMENT = "docs/open-set.md"
TITLES = {
    boards.OFFICIAL: ("unknown-viruses", "Three unknown viruses"),
    boards.MIRROR: ("unknown-classes", "Eleven classes, each left out"),
}
ABOUT = {
    boards.OFFICIAL: "A model of eleven viruses meets three others. Does it notice?",
    boards.MIRROR: "Each class is once unknown to a model of the other ten. Does it notice?",
}
PICTURES = {
    boards.OFFICIAL: ("influenza.jpg", "lassa.jpg", "nipah-virus.jpg"),
    boards.MIRROR: ("rotavirus.jpg", "marburg.jpg", "norovirus.jpg", "adenovirus.jpg"),
}
INTRO = {
    boards.OFFICIAL: (
        "A model of the eleven classes of the mirror meets the official test patches of fourteen: "
        "1,567 of known classes, 333 of Influenza, Lassa and Nipah virus. It also meets 400 "
        "generated pictures. It gives each picture a novelty, larger for what is less like its "
        "classes.",
        "A score says how a model meets these three viruses, of one collection. It does not say "
        "that a model recognizes any unknown virus, another stain, or a specimen without a virus.",
    ),
    boards.MIRROR: (
        "Each of the eleven classes is left out of one training, and is then unknown in the test "
        "split. A model gives each patch a novelty, larger for what is less like its ten classes. "
        "Scores are means over the eleven rounds.",
        "Some classes have few test micrographs (Papilloma 6, Rotavirus 7), so the score of a "
        "single class is uncertain.",
    ),
}
FOR_DIAGNOSIS = "None of these scores is for diagnosis."
COLUMNS = (
    ScoreColumn("auroc", "AUROC [95 %]", "How often an unknown patch has a higher novelty than a "
                "known one; .5 is chance. Rows are ranked by it.", level="key",
                with_interval=True),
    ScoreColumn("against_best", "vs best [95 %]", "Difference in AUROC from the best row of three "
                "seeds, for all rows at once. Tied: the interval contains 0. Open: no row has "
                "three seeds to compare with.", level="key"),
    ScoreColumn("oscr", "OSCR", "How often a known patch is both classified correctly and less new "
                "than an unknown one."),
    ScoreColumn("micrograph auroc", "AUROC by micrograph", "Each micrograph as one, with the mean "
                "novelty of its patches."),
    ScoreColumn("f1", "macro F1, known", "Of the known patches, whatever their novelty."),
    ScoreColumn("accuracy", "accuracy, known", "Of the known patches, whatever their novelty."),
    ScoreColumn("sessions", "unseen sessions (.5)", "The control: patches of imaging sessions that "
                "training never showed should not look new. Near .5 is wanted.", "low",
                with_interval=True),
    ScoreColumn("fpr95", "FPR95", "Share of the unknown that is accepted where 95 % of the known "
                "are.", "low", "more"),
    ScoreColumn("aupr_unknown", "AUPR unknown", "Average precision of finding the unknown.",
                level="more"),
    ScoreColumn("aupr_known", "AUPR known", "Average precision of finding the known.",
                level="more"),
    ScoreColumn("aurc", "AURC", "Mean risk over coverage; 0 is perfect.", "low", "more"),
    ScoreColumn("micrograph oscr", "OSCR by micrograph", level="more"),
)  # fmt: skip
SCORE = "AUROC"


def of_folder(root: Path, address: Callable[[str], str]) -> list[Benchmark]:
    """Return the benchmarks of the boards, none where their folder does not exist.

    Args:
      root: `leaderboard/novelty`; address: of a file of the repository, "" where not known.

    Raises:
      RowError, CardError, BadNameError: a row cannot be used.
    """
    if not root.is_dir():
        return []
    return [_benchmark(board, rows.read_all(root, board), address) for board in TITLES]


def _benchmark(board: str, found: Sequence[Row], address: Callable[[str], str]) -> Benchmark:
    slug, title = TITLES[board]
    table = scored_table.table(title, COLUMNS, _lines(found))
    documents = [("How to read it", DOCUMENT, address(DOCUMENT))]
    content = {
        "table": table,
        "intro": (*INTRO[board], FOR_DIAGNOSIS),
        "notes": [*map(_note, found), *page.warned(found)],
        "documents": documents,
    }
    more = {row.name: _groups_of(row, board) for row in found}
    files = {scored_table.CSV: scored_table.as_csv(table, more)} if found else {}
    return Benchmark(
        slug=slug,
        data=board,
        title=title,
        card=scored_table.card(ABOUT[board], PICTURES[board], table, SCORE),
        sections=[
            Section("table", "Table", "section_scores.html", content),
            *_sections(board, found),
            Section("columns", "What the columns mean", "section_meanings.html",
                    {"meanings": [(one.title, one.about) for one in table.columns if one.about]},
                    open=False),
            Section("submit", "Submit a row", "section_steps.html",
                    {"steps": _steps(board), "documents": [("All steps", DOCUMENT,
                                                            address(DOCUMENT))]}),
        ],
        downloads=[("CSV", scored_table.CSV)] if files else [],
        files=files,
    )  # fmt: skip


def _lines(found: Sequence[Row]) -> list[ScoreLine]:
    lines = []
    for row, verdict in zip(found, rows.verdicts(found), strict=True):
        entries: dict[str, Entry] = {
            one.name: _value(row, one.name) for one in COLUMNS if one.name != "against_best"
        }
        entries["against_best"] = verdict
        number = len(row.scores.seeds)
        seeds = "one seed" if number == 1 else f"{number} seeds"
        kind = "reproduced" if isinstance(row.about, Origin) else "submitted"
        under = f"{row.about.recipe}, {seeds}"
        lines.append(ScoreLine(row.name, row.name, under, kind, number, entries))
    return lines


def _value(row: Row, name: str) -> Value | None:
    """Return the mean of a score over the seeds, with their spread and its interval."""
    value = value_of(found[name] for found in row.scores.seeds.values() if name in found)
    return Value(value.mean, value.std, row.scores.intervals.get(name)) if value else None


def _groups(board: str) -> tuple[str, ...]:
    return boards.CLASSES if board == boards.MIRROR else (*boards.UNKNOWN, *boards.FAR)


def _groups_of(row: Row, board: str) -> dict[str, Value]:
    """Return the AUROC of each unknown class and ring, by name."""
    names = {f"auroc {name}": _value(row, f"auroc {name}") for name in _groups(board)}
    return {name: value for name, value in names.items() if value}


def _sections(board: str, found: Sequence[Row]) -> Iterator[Section]:
    if not found:
        return
    names = _groups(board)
    lines = [
        shaded_table.line(row.name, "", {n: row.scores.mean(f"auroc {n}") for n in names}, names)
        for row in found
    ]
    intro = "AUROC of each unknown class against all known patches; the darker, the lower."
    if board == boards.OFFICIAL:
        rings = "; ".join(f"{name}: {about}" for name, about in boards.FAR.items())
        intro += f" Generated pictures are the far rings ({rings}): a low score there is a fault."
    intro += " The CSV has the intervals."
    heat = ShadedTable("AUROC by unknown class", "model", names, lines)
    values = {"intro": intro, "heat": heat}
    yield Section("by-class", "Which unknown is noticed?", "section_shades.html", values)
    yield Section("pairs", "What is taken for what?", "section_shades.html", _pairs(found[0]))


def _pairs(row: Row) -> dict[str, object]:
    """Return the scores of a row for each unknown class against each known one."""
    lines = []
    for group, of_class in row.scores.pairs.items():
        called = row.scores.called[group]
        most = max(called, key=lambda name: called[name])
        under = f"{called[most]:.0%} called {most}"
        lines.append(shaded_table.line(group, under, of_class, boards.CLASSES, {most: " ◂"}))
    intro = (
        f"Of {row.name}: AUROC of the unknown (row) against the patches of one known class "
        "(column). ◂ marks the class that most of its patches are called."
    )
    heat = ShadedTable("AUROC of pairs of classes", "unknown", boards.CLASSES, lines)
    return {"intro": intro, "heat": heat}


def _note(row: Row) -> str:
    about = row.about
    texts = [
        f"novelty: {about.method}" if isinstance(about, Origin) else f"code: {about.code}",
        *([] if isinstance(about, Origin) else about.beside_scores),
        f"chosen: {about.chosen}",
        about.notes,
    ]
    return f"{row.name}: {about.model}; {'; '.join(text for text in texts if text)}"


def _steps(board: str) -> list[tuple[str, str]]:
    """Return text and command of each step."""
    if board == boards.OFFICIAL:
        train = "Train on the eleven classes of the mirror, three seeds. Choose everything on "
        train += "validation or with a class left out, never by this board."
        get = "Get the official test patches; counts and checksums are checked:"
        pictures = "python -m benchmark.open_set pictures pictures.npz --folder FOLDER"
        file = "seed0.csv"
    else:
        train = "Train eleven times on the mirror, each time without another class."
        get, pictures = "Take the test patches of the mirror:", "tem-virus prepare mirror_11class"
        file = "seed0.Ebola.csv --round Ebola"
    return [
        (train, ""),
        (get, pictures),
        ("Predict: a CSV file of each seed and round, with probabilities and novelty. Score one:",
         f"python -m leaderboard.open_set score {board} {file}"),
        ("Put the files and card.toml into a new folder, and submit it:",
         f"python -m leaderboard.open_set submit leaderboard/novelty/{board}/NAME"),
    ]  # fmt: skip
