"""ONNX Runtime is told to send nothing to its maker: then it keeps no identifier on disk either."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from project_paths import PYTHONPATH

LOAD = """
from tem_virus_dataset.networks import onnx_network
from tem_virus_dataset.predict import models
onnx_network.load(models.find(models.CLASSIFIER))
"""


def test_loading_a_network_leaves_no_trace_of_telemetry(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    kept_out = ("CI", "ORT_", "GITHUB_", "TF_BUILD")  # it is silent where these are set
    environment = {k: v for k, v in os.environ.items() if not k.startswith(kept_out)}
    places = dict.fromkeys(("TMPDIR", "HOME", "XDG_CACHE_HOME"), str(tmp_path))
    subprocess.run(
        [sys.executable, "-c", LOAD],
        env={**environment, **places, "PYTHONPATH": PYTHONPATH},
        check=True,
    )
    traces = [p for p in tmp_path.rglob("*") if "onnxruntime" in str(p) or p.name == ".ses"]
    assert traces == []
