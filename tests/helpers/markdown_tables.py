"""Tables in Markdown, as lists of cells."""


def cells_of(text: str) -> list[list[str]]:
    """The table's rows below the header, as lists of cells."""
    return lines_of(text)[2:]


def lines_of(text: str) -> list[list[str]]:
    """All lines of tables, the header and the line below it among them."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
