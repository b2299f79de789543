"""The cells of a rendered table."""


def cells_of(text: str) -> list[list[str]]:
    """Return the rows of a Markdown table below its header, as lists of cells."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]
