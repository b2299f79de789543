"""The GPUs of this machine, found without a library that would take hold of them."""

import itertools
import os
import re
import subprocess

from benchmark.errors import BenchmarkError

_LINE = re.compile(r"^(\s*)(?:GPU|MIG) .*\(UUID: ([^)]+)\)", re.MULTILINE)


def found() -> list[str]:
    """Return the GPUs as CUDA_VISIBLE_DEVICES names them: those it holds, if it is set, else all.

    A GPU that is divided (MIG) is named by its parts.
    """
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is not None:
        given = (name.strip() for name in chosen.split(","))
        return list(itertools.takewhile(lambda name: name not in ("", "-1"), given))
    try:
        listed = subprocess.run(
            ["nvidia-smi", "-L"], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return []
    names: list[str] = []
    whole = False
    for indent, name in _LINE.findall(listed.stdout):
        if indent and whole:  # the first part of the GPU in the line above
            names.pop()
        names.append(name)
        whole = not indent
    return names


def places(at_once: int, devices: int) -> list[str | None]:
    """Divide the GPUs among runs.

    Args:
      at_once: runs; devices: GPUs of each.

    Returns:
      A value of CUDA_VISIBLE_DEVICES for each place where a run can go on: at most `at_once`, no
      more than there are GPUs for. Without GPUs `at_once` times None.

    Raises:
      BenchmarkError: there are GPUs, but fewer than one run needs.
    """
    names = found()
    if not names:
        return [None] * at_once
    groups = [names[i : i + devices] for i in range(0, len(names) - devices + 1, devices)]
    if not groups:
        raise BenchmarkError(
            f"--devices {devices}: found {len(names)} GPUs ({', '.join(names)}); expected at least "
            f"{devices}. Ask for fewer, or look at CUDA_VISIBLE_DEVICES."
        )
    return [",".join(group) for group in groups[:at_once]]
