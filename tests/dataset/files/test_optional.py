"""A package that is not installed is missed in one line, by whoever needs it."""

import sys

import pytest
import small_archive

from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations import class_names
from tem_virus_dataset.annotations.annotated import Annotations
from tem_virus_dataset.annotations.write_yolo import write
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.sources import pixel_size_spreadsheet


@pytest.mark.parametrize(
    ("module", "distribution", "use"),
    [
        ("yaml", "PyYAML", lambda d: class_names.read([d], [])),
        ("yaml", "PyYAML", lambda d: write(Annotations((), ("virus",)), d / "new")),
        (
            "openpyxl", "openpyxl",
            lambda d: pixel_size_spreadsheet.nm_per_pixel(Blob(b"", "sizes.xlsx"), "1", ["1"]),
        ),
    ],
)  # fmt: skip
def test_it_is_named_with_the_way_to_install_it(module, distribution, use, tmp_path, monkeypatch):
    small_archive.text(tmp_path / "data.yaml", "names: [virus]")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(DatasetError, match=f"needs the package {distribution}, which is not") as e:
        use(tmp_path)
    assert f"pip install {distribution}" in str(e.value)
