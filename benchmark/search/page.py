"""The log of the search as Markdown and the comparison of two trials as text: pure functions."""

from collections.abc import Sequence

import tabulate

from benchmark.search import log
from benchmark.search.compare import Difference
from benchmark.search.log import Budget
from benchmark.search.source_hash import differing, git_diff
from benchmark.search.trial import OPEN, Trial

HEAD = """\
# The search for recipes

This page is generated: `python -m benchmark.search table --write`. Each row is a trial of one
recipe over folds of train and validation; the test split takes no part. Log loss is the mean over
all held-out patches. *Calibrated* is the log loss with the temperature that fits the other folds.
How trials are compared and chosen, and what was found: [methods.md](methods.md#choosing-a-recipe).
What the log calls changed tones is the intensity augmentation of the other documents.

Folds never divide a field that was photographed twice. On 2026-11-28 the list of such fields grew
by three pairs, and two sessions of Adenovirus became one group. So there are two sets of folds,
named by the first digits of their hash. **Scores of one set do not compare with those of another.**
"""
HEADERS = (
    "began", "trial", "what it tries", "model, recipe", "folds", "log loss", "calibrated",
    "accuracy", "macro F1", "patches shown", "CPU h", "verdict",
)  # fmt: skip
NUMBERS = ("log_loss", "calibrated_log_loss", "accuracy", "f1")


def page(trials: Sequence[Trial], budgets: Sequence[Budget]) -> str:
    """Return the whole page, from trials in the order in which they began."""
    lines = [HEAD, *(_named(budget) for budget in budgets), spent(trials, budgets), ""]
    if trials:
        has_several = len({trial.assignment for trial in trials}) > 1
        rows = [[_cell(value) for value in _row(trial, has_several)] for trial in trials]
        align = ["left"] * 5 + ["right"] * 6 + ["left"]
        table = tabulate.tabulate(rows, HEADERS, "pipe", disable_numparse=True, colalign=align)
        lines.append(table)
    else:
        lines.append("No trial yet.")
    return "\n".join(lines) + "\n"


def spent(trials: Sequence[Trial], budgets: Sequence[Budget]) -> str:
    """Return one sentence on what the trials cost, of which budget."""
    hours = log.spent_hours(trials)
    many = f"{len(trials)} trial{'' if len(trials) == 1 else 's'} took {hours:.1f} CPU hours"
    if not budgets:
        return f"{many}. No budget is named yet."
    return f"{many} of {budgets[-1].cpu_hours:g}."


def comparison(
    first: Trial, second: Trial, runs: Sequence[tuple[int, int]], differences: Sequence[Difference],
    patches: int, micrographs: int,
) -> str:  # fmt: skip
    """Return the comparison of two trials as a table with its notes."""
    names = {"first": f"{first.name} better", "second": f"{second.name} better"}
    rows = [
        (
            row.score, f"{row.first:.4f}", f"{row.second:.4f}", f"{row.difference:+.4f}",
            f"{row.low:+.4f} to {row.high:+.4f}", names.get(row.better, row.better),
        )
        for row in differences
    ]  # fmt: skip
    headers = ("score", first.name, second.name, "difference", "95 %", "")
    seeds, folds = sorted({seed for seed, _ in runs}), sorted({fold for _, fold in runs})
    lines = [
        tabulate.tabulate(rows, headers, disable_numparse=True),
        "",
        f"{len(runs)} runs of both: folds {_listed(folds)} of {first.folds} by {first.groups}, "
        f"seeds {_listed(seeds)}; {patches} predictions, {micrographs} micrographs. Of log loss "
        "less is better.",
    ]
    if len(seeds) == 1:
        lines.append("One seed: the intervals do not cover what another seed would give.")
    if first.code != second.code:
        lines.append(_of_other_code(first, second))
    return "\n".join(lines)


def _of_other_code(first: Trial, second: Trial) -> str:
    """Say in which files the code of two trials differs, or how to find them."""
    said = "The code of model, training or evaluation differs between the two"
    whole = [trial.name for trial in (first, second) if not trial.code_files]
    if whole:
        verb = "hold" if len(whole) > 1 else "holds"
        return (
            f"{said}.\nIn which files is not known: {' and '.join(whole)} {verb} one hash of all. "
            "If both began from a commit of this branch, this shows it:\n"
            f"{git_diff(first.created, second.created)}"
        )
    only = [f"only {trial.name}" for trial in (first, second)]
    return f"{said}: {', '.join(differing(first.code_files, second.code_files, only))}."


def _named(budget: Budget) -> str:
    return (
        f"Budget: {budget.cpu_hours:g} CPU hours, named on {budget.named[:10]}. {budget.reason}\n"
    )


def _row(trial: Trial, names_folds: bool) -> list[str]:
    """Return the cells of a trial; names_folds: say which folds, since the log has several sets."""
    folds = f" {trial.folds_name}" if names_folds else ""
    seeds = len(trial.seeds) or 1
    reason = f": {trial.reason}" if trial.reason else ""
    stopped = f"; {len(trial.stopped)} stopped" if trial.stopped else ""
    return [
        trial.created[:10],
        trial.name,
        trial.what,
        f"{trial.model}, {trial.initialization}, {trial.recipe}",
        f"{len(trial.runs)} of {trial.folds * seeds} by {trial.groups}{folds}, "
        f"seeds {_listed(trial.seeds)}{stopped}",
        *(f"{trial.scores[name]:.4f}" if name in trial.scores else "" for name in NUMBERS),
        f"{trial.patches_shown:,}",
        f"{trial.cpu_seconds / 3600:.2f}",
        (trial.verdict if trial.verdict != OPEN else "open") + reason,
    ]


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers)) or "none"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
