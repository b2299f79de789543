"""In place of `python -m`: a command, or a run that it begins, which has the tiny models, too."""

import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))  # as `python -m` in the clone does

import tiny_registry

from benchmark.runs import launch

tiny_registry.register()
launch.WORKER = (sys.executable, __file__)
del sys.argv[0]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
