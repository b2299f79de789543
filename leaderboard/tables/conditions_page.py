"""The page of the hard conditions: its tables between markers, and the list of all cells."""

from pathlib import Path

from leaderboard.files.listing import files_in
from leaderboard.ground_truth import conditions as ground_truth
from leaderboard.ground_truth.conditions import HardCell
from leaderboard.ground_truth.table_files import GroundTruthError
from leaderboard.ranking import conditions as ranking
from leaderboard.results import conditions as results
from leaderboard.results import detection_conditions
from leaderboard.results.record import RecordError
from leaderboard.tables import conditions
from leaderboard.tables import detection_conditions as detection_table
from leaderboard.tables.markers import RenderError, filled, page_text

FOLDER = results.FOLDER
PAGE = "README.md"
HEADING = "# Hard conditions\n"
DETECTION = "_boxes"  # ending of the configs of micrographs with boxes


def texts(root: Path) -> dict[Path, str]:
    """Return the text of every file of the board as it should be.

    Args:
      root: the folder `hard_conditions`; where it does not exist there is no board.

    Raises:
      RecordError: a file of scores cannot be used. RenderError: nor a table of cells, or the
        markers of the page cannot be followed.
    """
    try:
        return _texts(root)
    except GroundTruthError as error:
        raise RenderError(str(error)) from error


def _texts(root: Path) -> dict[Path, str]:
    check_folders(root)
    tables = {data: ground_truth.read(data) for data, _ in ground_truth.known()}
    with_scores = {data: cells for data, cells in tables.items() if _has_scores(root, data)}
    if not with_scores:
        return {}
    page = root / PAGE
    old = page_text(page)
    text = HEADING if old is None else old
    sections = {data: _section(root, data, cells) for data, cells in with_scores.items()}
    found = {page: filled(str(page), text, sections, lambda data: sections.get(data, ""))}
    lists = [
        conditions.cells_text(_rows(root, data, cells), cells)
        for data, cells in with_scores.items()
        if not data.endswith(DETECTION)
    ]
    if lists:
        found[root / conditions.CELLS] = "".join(_without_header(lists))
    return found


def check_folders(root: Path) -> None:
    """Refuse scores of a config without a shipped table: nothing says which images they are of.

    Raises:
      RecordError: there are such scores.
    """
    shipped = {data.partition("/")[2] for data, _ in ground_truth.known()}
    for folder in files_in(root, ""):
        if folder.is_dir() and files_in(folder, ".json") and folder.name not in shipped:
            raise RecordError(
                f"{folder}: scores of a config without a table of cells; expected one of "
                f"{', '.join(sorted(shipped))}. Write its table: python -m benchmark.conditions "
                "table CONFIG, or move the folder away."
            )


def _has_scores(root: Path, data: str) -> bool:
    return bool(files_in(root / data.partition("/")[2], ".json"))


def _rows(root: Path, data: str, cells: list[HardCell]) -> list[ranking.ConditionRow]:
    return ranking.rows_of(results.read_all(root, data, cells))


def _section(root: Path, data: str, cells: list[HardCell]) -> str:
    if data.endswith(DETECTION):
        found = detection_conditions.read_all(root, data, cells)
        return detection_table.section_text(found, cells)
    return conditions.section_text(_rows(root, data, cells), cells)


def _without_header(lists: list[str]) -> list[str]:
    return [lists[0], *(text.partition("\n")[2] for text in lists[1:])]
