"""Tables of Markdown as a test reads them."""


def columns_of(text: str) -> list[str]:
    """Return the column titles of the first table."""
    header = next(line for line in text.splitlines() if line.startswith("|"))
    return [title.strip() for title in header.split("|")[1:-1]]


def cells_of(text: str) -> list[list[str]]:
    """Return the rows below the header, as lists of cells."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


def models_of(text: str) -> list[str]:
    """Return the model of each row, without recipe and initialization."""
    return [cells[0].partition(" (")[0].partition(",")[0] for cells in cells_of(text)]
