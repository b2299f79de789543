"""Where the project and the helpers of its tests lie, for tests that start a process."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]  # of the project
HELPERS = ROOT / "tests" / "helpers"
NAMES = ("common", "dataset", "formats", "benchmark", "leaderboard", "stubs")
ROOMS = [HELPERS / name for name in NAMES]
PYTHONPATH = os.pathsep.join(map(str, (ROOT, *ROOMS)))  # as `pythonpath` in setup.cfg
