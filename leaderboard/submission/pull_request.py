"""What a submission prints for its pull request: the commands, and what its text states."""

from collections.abc import Sequence


def text(name: str, paths: Sequence[str], warnings: Sequence[str], board: str = "") -> str:
    """Return commands and text of a pull request.

    Args:
      name: of the submission; paths: to be committed, at least one; warnings: about it.
      board: where another one may have a row of this name: then a branch of its own.
    """
    branch = "-".join(part for part in ("submit", board, name) if part)
    lines = [
        "For the pull request:",
        "",
        f"  git checkout -b {branch}",
        *_added(paths),
        f'  git commit -m "Submit {name}{f" to {board}" if board else ""}"',
        "",
        "Its text states that test was scored once, after everything was chosen on validation;",
        "how your code produces the predictions; and whether weights are available.",
    ]
    if warnings:
        lines += ["It also has these warnings, with what you know of each:", ""]
        lines += [f"* {warning}" for warning in warnings]
    return "\n".join(lines)


def _added(paths: Sequence[str]) -> list[str]:
    starts = ["  git add -A ", *["    "] * (len(paths) - 1)]
    ends = [*[" \\"] * (len(paths) - 1), ""]
    return [start + path + end for start, path, end in zip(starts, paths, ends, strict=True)]
