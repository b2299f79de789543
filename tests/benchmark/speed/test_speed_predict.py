"""`benchmark.speed predict`, on two small micrographs."""

import re

import pytest

from benchmark.speed.__main__ import main
from tem_virus_dataset.phantoms import large_micrograph

pytest.importorskip("onnxruntime")


def test_stages_runtimes_and_memory_are_measured(capsys) -> None:
    small = ("--files", "2", "--image-size", "256", "--nm-per-pixel", "2", "--repeats", "1")
    assert main(["predict", "--model", "virus-detector", *small]) == 0
    printed = capsys.readouterr().out
    stages, runtimes = printed.split("The networks alone:")
    for name in ("networks alone, two at once: the floor", "stages in turn", "stages overlap"):
        numbers = re.search(rf"^{name} +([\d.]+) +([\d.]+) ", stages, re.MULTILINE)
        assert numbers
        assert float(numbers[2]) == 1 or "floor" not in name
    for name in ("ONNX Runtime", "OpenCV", "TensorFlow"):
        assert re.search(rf"^{name} +\d", runtimes, re.MULTILINE)
    shares = {name: int(share) for name, share in re.findall(r"(\w+) (\d+)%", stages)}
    assert 98 <= shares["read"] + shares["examine"] + shares["write"] <= 102
    assert shares["networks"] <= shares["examine"]
    megabytes = re.search(r"([\d,]+) MB of memory", stages)
    assert megabytes
    assert 20 < int(megabytes[1].replace(",", "")) < 1000


def test_large_micrographs_have_their_size_and_differ() -> None:
    image = large_micrograph.micrograph(0, 300, 0.5)
    assert (image.shape, image.dtype.name) == ((300, 300), "uint16")
    assert image.std() > 100
    assert (large_micrograph.micrograph(1, 300, 0.5) != image).mean() > 0.9
    assert large_micrograph.micrograph(0, 40, 60).shape == (40, 40)  # 2400 nm: repeated
