"""Where the project and the helpers of its tests lie, for tests that start a process."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]  # of the project
HELPERS = ROOT / "tests" / "helpers"
ROOMS = [HELPERS / name for name in ("common", "dataset", "benchmark", "leaderboard", "stubs")]
PYTHONPATH = os.pathsep.join(map(str, (ROOT, *ROOMS)))  # as `pythonpath` in setup.cfg
