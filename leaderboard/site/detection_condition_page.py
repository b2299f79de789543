"""The page of detectors under hard conditions: whole micrographs, one level each."""

from collections.abc import Callable, Sequence
from pathlib import Path

from leaderboard.ground_truth.conditions import HardCell
from leaderboard.ranking.rows import Value
from leaderboard.results import detection_conditions as results
from leaderboard.results.detection_conditions import DetectionCell, DetectionConditionScores
from leaderboard.site.boards import condition_texts as texts
from leaderboard.site.boards import scored_table, shaded_table
from leaderboard.site.boards.benchmarks import Benchmark, Section, slug
from leaderboard.site.boards.scored_table import ScoreColumn, ScoreLine
from leaderboard.site.boards.shaded_table import ShadedTable
from leaderboard.tables.detection_conditions import TITLES, notes


def benchmark(
    root: Path, data: str, cells: Sequence[HardCell], address: Callable[[str], str]
) -> Benchmark:
    """Return the benchmark of a config of micrographs with boxes.

    Args:
      root: `leaderboard/hard_conditions`; cells: of the config; address: of a file of the
        repository, "" where not known.

    Raises:
      RecordError: a file of scores cannot be used.
    """
    found = results.read_all(root, data, cells)
    title = texts.title(data)
    columns = [
        ScoreColumn(f"{cell.name} {name}", f"{score}, {texts.heading(cell)}",
                    level="key" if name == "f1" else "more", with_interval=True)
        for name, score in TITLES.items()
        for cell in cells
    ]  # fmt: skip
    table = scored_table.table(title, columns, [_line(one) for one in found], is_ranked=False)
    documents = [("How to read it", texts.DOCUMENT, address(texts.DOCUMENT))]
    content = {
        "table": table, "intro": texts.INTRO_DETECTION, "documents": documents,
        "notes": notes(found) if found else [],
    }  # fmt: skip
    sections = [Section("table", "Table", "section_scores.html", content)]
    if found:
        intro = "All scores; the darker, the lower. The table has the intervals."
        values = {"heat": _heat(found, cells), "intro": intro}
        sections.append(Section("by-condition", "Scores by condition", "section_shades.html",
                                values))  # fmt: skip
    steps = {"steps": texts.STEPS_DETECTION, "documents": documents}
    sections.append(Section("submit", "Evaluate a detector", "section_steps.html", steps))
    return Benchmark(
        slug=texts.slug(data),
        data=texts.identity(data),
        title=title,
        card=scored_table.card(
            "Defocus, dose, a wrong pixel size: which particles are still found?",
            ("hard-detection.jpg",), table, "F1, clean",
        ),
        sections=sections,
        downloads=[("CSV", scored_table.CSV)] if found else [],
        files={scored_table.CSV: scored_table.as_csv(table)} if found else {},
    )  # fmt: skip


def _line(one: DetectionConditionScores) -> ScoreLine:
    entries = {
        f"{cell.condition}-{cell.level} {name}": _value(cell, name)
        for cell in one.cells
        for name in TITLES
        if name in cell.scores
    }
    under = f"{one.initialization}, {one.recipe}, seed {one.seed}"
    return ScoreLine(slug(one.name), one.model, under, one.provenance, 1, entries)


def _value(cell: DetectionCell, name: str) -> Value:
    ends = cell.intervals.get(name)
    return Value(cell.scores[name], None, (ends[0], ends[1]) if ends else None)


def _heat(found: Sequence[DetectionConditionScores], cells: Sequence[HardCell]) -> ShadedTable:
    names = [texts.heading(cell) for cell in cells]
    lines = [
        shaded_table.line(
            one.model, f"{title}, seed {one.seed}",
            {texts.heading(c): s.scores.get(score) for c, s in zip(cells, one.cells, strict=True)},
            names,
        )
        for one in found
        for score, title in TITLES.items()
    ]  # fmt: skip
    return ShadedTable("Scores of detectors by condition", "model", names, lines)
