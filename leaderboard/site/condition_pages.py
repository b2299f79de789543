"""The pages of hard conditions: `leaderboard/hard_conditions`, docs/hard-conditions.md."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from leaderboard.ground_truth import conditions as ground_truth
from leaderboard.ground_truth.conditions import CLEAN, INVERSION, HardCell
from leaderboard.ranking import conditions as ranking
from leaderboard.ranking.conditions import ConditionRow
from leaderboard.ranking.rows import Value
from leaderboard.results import conditions as results
from leaderboard.site import detection_condition_page
from leaderboard.site.boards import condition_texts as texts
from leaderboard.site.boards import scored_table, shaded_table
from leaderboard.site.boards.benchmarks import Benchmark, Section, slug
from leaderboard.site.boards.scored_table import ScoreColumn, ScoreLine
from leaderboard.site.boards.shaded_table import ShadedTable
from leaderboard.site.drawings.line_plot import LinePlot, Series, line_plot
from leaderboard.tables import conditions as tables
from leaderboard.tables.conditions_page import DETECTION, check_folders

COLUMNS = (
    ScoreColumn("accuracy", "mean accuracy [95 %]", "Mean over levels, then over conditions, "
                "without inversion. Rows are ranked by it.", level="key", with_interval=True),
    ScoreColumn("clean_accuracy", "accuracy, clean", "Of the same patches without a condition.",
                level="key"),
    ScoreColumn("f1", "mean macro F1 [95 %]", "Mean as that of the accuracy.",
                with_interval=True),
    ScoreColumn("corruption_error", "mean corruption error", "Error divided by that of "
                f"{tables.REFERENCE_NAME}, condition by condition; below 1 is better.", "low"),
    ScoreColumn("calibration_error", "calibration error", "Expected calibration error, mean over "
                "the conditions.", "low"),
    ScoreColumn("clean_calibration_error", "calibration error, clean", kind="low", level="more"),
    ScoreColumn("refused", "refused", "Share of the patches that are above the threshold of "
                "novelty, mean over the conditions.", "low"),
    ScoreColumn("clean_refused", "refused, clean", kind="low", level="more"),
    ScoreColumn("inversion", "accuracy, inversion", "Black and white exchanged; in no mean, as a "
                "program can detect it.", level="more"),
)  # fmt: skip
MOST_LINES = 3  # of a plot: as many as there are colours


def of_folder(root: Path, address: Callable[[str], str]) -> list[Benchmark]:
    """Return a benchmark for each config with a table of cells; none where there is no folder.

    Args:
      root: `leaderboard/hard_conditions`; address: of a file of the repository, "" where not known.

    Raises:
      RecordError: a file of scores cannot be used. GroundTruthError: nor a table of cells.
    """
    if not root.is_dir():
        return []
    check_folders(root)
    pages = []
    for data in dict.fromkeys(data for data, _ in ground_truth.known()):
        cells = ground_truth.read(data)
        if data.endswith(DETECTION):
            pages.append(detection_condition_page.benchmark(root, data, cells, address))
        else:
            pages.append(_benchmark(root, data, cells, address))
    return pages


def _benchmark(
    root: Path, data: str, cells: Sequence[HardCell], address: Callable[[str], str]
) -> Benchmark:
    found = ranking.rows_of(results.read_all(root, data, cells))
    title = texts.title(data)
    table = scored_table.table(title, COLUMNS, _lines(found))
    notes = tables.content(found, cells).notes if found else []
    content = {
        "table": table,
        "intro": texts.INTRO,
        "notes": notes,
        "documents": [("How to read it", texts.DOCUMENT, address(texts.DOCUMENT))],
    }
    files = {}
    if found:
        files = {
            scored_table.CSV: scored_table.as_csv(table, _more(found)),
            tables.CELLS: tables.cells_text(found, cells).encode(),
        }
    return Benchmark(
        slug=texts.slug(data),
        data=texts.identity(data),
        title=title,
        card=scored_table.card(
            "Defocus, dose, a wrong pixel size, stain, drift: how much of a score remains?",
            ("hard-defocus.jpg", "hard-dose.jpg", "hard-stain.jpg", "hard-drift.jpg"), table,
            "mean accuracy",
        ),
        sections=[
            Section("table", "Table", "section_scores.html", content),
            *(_sections(found) if found else ()),
            Section("conditions", "The conditions", "section_meanings.html",
                    {"meanings": texts.levels(cells)}, open=False),
            Section("columns", "What the columns mean", "section_meanings.html",
                    {"meanings": [(one.title, one.about) for one in table.columns if one.about]},
                    open=False),
            Section("submit", "Submit a row", "section_steps.html",
                    {"steps": texts.STEPS,
                     "documents": [("All steps", texts.DOCUMENT, address(texts.DOCUMENT))]}),
        ],
        downloads=[("CSV", scored_table.CSV), ("CSV of every level", tables.CELLS)]
        if found else [],
        files=files,
    )  # fmt: skip


def _lines(found: Sequence[ConditionRow]) -> list[ScoreLine]:
    reference = ranking.reference_of(found)
    return [
        ScoreLine(
            _slug(row), row.first.model, _under(row), row.first.provenance, len(row.seeds),
            {
                "accuracy": row.total("accuracy"),
                "clean_accuracy": row.mean(ranking.accuracy, CLEAN),
                "f1": row.total("f1"),
                "corruption_error": ranking.corruption_error(row, reference),
                "calibration_error": row.mean(ranking.calibration_error),
                "clean_calibration_error": row.mean(ranking.calibration_error, CLEAN),
                "refused": row.mean(ranking.refused),
                "clean_refused": row.mean(ranking.refused, CLEAN),
                "inversion": row.mean(ranking.accuracy, INVERSION),
            },
        )
        for row in found
    ]  # fmt: skip


def _more(found: Sequence[ConditionRow]) -> dict[str, dict[str, Value]]:
    """Return the accuracy of each row under each condition, by the row's id."""
    return {
        _slug(row): {
            f"accuracy {name}": value
            for name in ranking.conditions_of(row.first)
            if (value := row.mean(ranking.accuracy, name))
        }
        for row in found
    }


def _sections(found: Sequence[ConditionRow]) -> Iterator[Section]:
    names = [CLEAN, *ranking.conditions_of(found[0].first)]
    shown = [texts.words(name) for name in names]
    lines = [
        shaded_table.line(
            row.first.model, _under(row),
            {
                texts.words(name): value.mean
                for name in names
                if (value := row.mean(ranking.accuracy, name))
            },
            shown, {texts.words(name): tables.MARK for name in names if row.trained_with(name)},
        )
        for row in found
    ]  # fmt: skip
    intro = (
        "Accuracy, mean over the levels of a condition; the darker, the lower. "
        f"{tables.MARK}: the augmentation of the training resembles the condition."
    )
    heat = ShadedTable("Accuracy by condition", "model", shown, lines)
    yield Section("by-condition", "Models by condition", "section_shades.html",
                  {"intro": intro, "heat": heat})  # fmt: skip
    best = found[:MOST_LINES]
    named = " and ".join(row.first.model for row in best)
    first = "The first rows of the table: " if len(found) > 1 else "Of "
    intro = f"{first}{named}. Level 0 is without the condition; the amounts are listed below."
    plots = [(_plot(best, name), "") for name in names if name not in (CLEAN, INVERSION)]
    yield Section("levels", "Accuracy by level", "section_levels.html",
                  {"intro": intro, "plots": plots}, open=False)  # fmt: skip


def _plot(found: Sequence[ConditionRow], condition: str) -> LinePlot:
    series = []
    for number, row in enumerate(found):
        points = [(float(level), value) for level, value in _levels(row, condition)]
        series.append(Series(row.first.model, f"s{number}", points, dots=points))
    most = max(x for one in series for x, _ in one.points)
    words = texts.words(condition)
    about = f"Accuracy over the level of {words}, {len(found)} rows."
    return line_plot(slug(condition), about, ("level", words), series, (0, most), (0, 1),
                     whole=True)  # fmt: skip


def _levels(row: ConditionRow, condition: str) -> Iterator[tuple[int, float]]:
    """Yield each level, 0 among them, with the accuracy, the mean over the seeds."""
    for cell in row.first.cells:
        if cell.condition in (CLEAN, condition):
            scores = [
                one.scores["accuracy"]
                for seed in row.seeds
                for one in seed.cells
                if (one.condition, one.level) == (cell.condition, cell.level)
            ]
            yield cell.level, sum(scores) / len(scores)


def _under(row: ConditionRow) -> str:
    number = len(row.seeds)
    seeds = "one seed" if number == 1 else f"{number} seeds"
    return ", ".join((row.first.initialization, row.first.recipe, seeds))


def _slug(row: ConditionRow) -> str:
    return slug("-".join((*row.key, row.first.provenance)))
