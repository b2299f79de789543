"""An underscore is no part of a number, wherever a person types one."""

import argparse

import pytest

from benchmark.data import address
from benchmark.errors import UsageError
from benchmark.training.recipe import Recipe, altered
from tem_virus_dataset.annotations import yolo_labels
from tem_virus_dataset.annotations.boxes import as_number
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.formats.typed_pixel_size import nm_per_pixel


def test_an_underscore_is_refused_everywhere():
    with pytest.raises(argparse.ArgumentTypeError, match=r"0_5: expected 0\.01 to 100 nm"):
        nm_per_pixel("0_5")
    with pytest.raises(UsageError, match=r"nm_per_pixel=0_5; expected 0\.01 to 100 nm"):
        address.nm_per_pixel("folder:mine?nm_per_pixel=0_5")
    with pytest.raises(ValueError, match="'1_2' is no number"):
        as_number("1_2")
    with pytest.raises(UsageError, match="epochs=1_0: expected a whole number"):
        altered("brief", Recipe(epochs=3, patience=3, learning_rate=0.1), ["epochs=1_0"])


def test_labels_with_an_underscore_are_refused():
    """Python would read 0.1_5 as 0.15, and the box would lie elsewhere."""
    drawing = yolo_labels.draw(Blob(b"0 0.1_5 0.5 0.2 0.2\n", "a.txt"), 100, 100)
    (fault,) = drawing.faults
    assert not drawing.boxes
    assert "'0.1_5' is no number" in fault.found
