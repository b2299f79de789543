"""In place of `python -m`: does a run of the benchmark in which the tiny detector is registered."""

import runpy
import sys

from tiny_detector import MODEL

from benchmark.models import registry

registry._MODELS[MODEL.name] = MODEL
del sys.argv[0]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
