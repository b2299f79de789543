"""The picture of the README can be drawn again, and the README prints what is printed with it."""

import importlib.util
import re

from PIL import Image
from project_paths import ROOT


def test_the_picture_of_a_prediction_and_its_counts(tmp_path, capsys):
    path = ROOT / "docs" / "make_figures.py"
    spec = importlib.util.spec_from_file_location("make_figures", path)
    figures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(figures)
    figures._prediction(tmp_path / "prediction.jpg", "Adenovirus", 9, 480)
    drawn, committed = (Image.open(folder / "prediction.jpg") for folder in (tmp_path, path.parent))
    assert drawn.size == committed.size
    text = (ROOT / "README.md").read_text("utf-8")
    (shown,) = re.findall(r"^```text\n(particles: .*?)^```", text, re.DOTALL | re.MULTILINE)
    first, *counts = shown.splitlines()
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].partition(";")[0] == first.partition(";")[0]
    assert printed[1 : 1 + len(counts)] == counts
