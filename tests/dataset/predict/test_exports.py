"""Which files of a folder are exports of another one."""

import pytest

from tem_virus_dataset.predict.folders import contents
from tem_virus_dataset.predict.inputs import list_images


@pytest.mark.parametrize(
    ("names", "exports"),
    [
        (["a.mrc", "a.jpg"], {"a.jpg": "a.mrc"}),
        (["a.dm4", "a.ome.tif"], {"a.ome.tif": "a.dm4"}),
        (["a.dm3", "a.dm3.tif"], {"a.dm3.tif": "a.dm3"}),
        (["a.tif", "A.TIF.png"], {"A.TIF.png": "a.tif"}),
        (["a.mrc", "a.tif", "a.tif.jpg"], {"a.tif": "a.mrc", "a.tif.jpg": "a.mrc"}),
        (["a.mrc.gz", "a.tif.gz"], {"a.tif.gz": "a.mrc.gz"}),
        (["a.mrc.gz", "a.tif"], {"a.tif": "a.mrc.gz"}),
        (["a.tif", "a.tif.gz"], {"a.tif.gz": "a.tif"}),
        (["u\u0308.dm4", "\u00fc.tif"], {"\u00fc.tif": "u\u0308.dm4"}),
        (["a.tif", "a.tiff", "A.TIF"], {}),
        (["a.tif", "a.ome.tif"], {}),
        (["map.map.tif", "map.png"], {}),
        (["a.1.tif", "a.png"], {}),
    ],
)
def test_exports(tmp_path, names, exports):
    for name in names:
        (tmp_path / name).touch()
    found = contents(tmp_path, tmp_path / "out")
    assert {export.name: path.name for export, path in found.exports} == exports
    assert {path.name for path in found.files} == {*names} - {*exports}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["a.dm4", "a.mrc"], ["a.mrc and a.dm4. Move one"]),
        (["a.dm4", "a.mrc", "b.png", "b.bmp"], ["a.mrc and a.dm4, and 1 more. Move one"]),
        (["a.dm4", "b.mrc", "a_1.dm4"], []),
        (["a.mrc", "a_DW.mrc", "a_DWS.mrc", "b_noDW.mrc"], ["a_DW.mrc and a.mrc, and 1 more."]),
        (["a.mrc", "a_DW.tif", "b_DW.mrc"], []),
    ],
)
def test_files_of_one_name_that_are_all_predicted_are_named(tmp_path, names, words):
    for name in names:
        (tmp_path / name).touch()
    listing = list_images([tmp_path], tmp_path / "out")
    assert len(listing.images) == len(names)
    assert len(listing.remarks) == len(words)
    assert all(word in remark for word, remark in zip(words, listing.remarks, strict=True))
