"""What the command says, as the window shows it: no advice that a window cannot follow."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from tem_virus_dataset.app import messages
from tem_virus_dataset.predict import inputs


def test_an_export_beside_a_micrograph(tmp_path: Path) -> None:
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8)
    tifffile.imwrite(tmp_path / "a.tif", pixels)
    Image.fromarray(pixels).save(tmp_path / "a.jpg")
    (remark,) = inputs.list_images([tmp_path], tmp_path / "out").remarks
    text = messages.shown(remark, tmp_path)
    assert text.endswith("such as a.jpg of a.tif. Tick it in the list to predict it, too.")


@pytest.mark.parametrize("advice", messages.ADVICE)
def test_the_command_still_says_what_is_replaced(advice: str) -> None:
    folder = Path(inputs.__file__).parent
    code = " ".join(file.read_text("utf-8") for file in folder.glob("*.py"))
    assert advice in code.replace('"\n            "', "").replace('" "', "")
