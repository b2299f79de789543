"""Tables of points, as spreadsheets and other programs write them."""

from pathlib import Path

import pytest

from tem_virus_dataset import DatasetError
from tem_virus_dataset.predict import points
from tem_virus_dataset.predict.inputs import InputImage

IMAGES = [InputImage(Path("\u00e9.tif"), "\u00e9.tif"), InputImage(Path("b.tif"), "b.tif")]
READ = {
    "for a spreadsheet": "sep=;\nx;y\n1,5;2\n",
    "blank lines before": "\r\n\r\nx;y\r\n1,5;2\r\n",
    "blank rows": "x,y\n1.5,2\n,\n\n",
    "blanks around the name": "file,x,y\n \u00e9.tif ,1.5,2\n",
    "decomposed letters": "file,x,y\ne\u0301.tif,1.5,2\n",
    "empty last columns": "x;y;;\n1,5;2;;\n",
    "a column of one image": "image,x,y\nanother.tif,1.5,2\n",
}


@pytest.mark.parametrize("case", READ)
def test_points_are_read(tmp_path: Path, case: str) -> None:
    file = tmp_path / "points.csv"
    file.write_text(READ[case], "utf-8", newline="")
    assert points.read(file, IMAGES[:1]) == {"\u00e9.tif": [(1.5, 2.0)]}


REFUSED = {
    "decimal commas between commas": (
        "\nx,y\n1,2\n1,5,2,5\n",
        1,
        ", line 4: more values than columns; expected 2. Write decimal points",
    ),
    "two columns x": ("x,x,y\n1,9,2\n", 1, ": 2 columns x; expected one."),
    "points of several images": (
        "filename,x,y\na.tif,1,2\nb.tif,3,4\n",
        1,
        ": points of 2 images in the column filename; expected the name of the image in a column f",
    ),
    "points in a stack": (
        "x,y,Slice\n1,2,1\n3,4,2\n",
        1,
        ": points of 2 images of a stack in the column Slice; expected points of one.",
    ),
    "a column of another name": ("Image_Name,x,y\nb.tif,1,2\n", 2, "column Image_Name to file."),
    "a line before the error": ("sep=,\nx,y\n1,two\n", 1, ", line 3: 'two'; expected a number"),
    "blanks between columns": ("x y\n1 2\n", 1, "Separate the columns by commas, not by blanks."),
    "nanometres": ("x [nm],y [nm]\n1,2\n", 1, "Divide lengths by the length of a pixel"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_points_that_would_be_others_are_refused(tmp_path: Path, case: str) -> None:
    text, images, said = REFUSED[case]
    file = tmp_path / "points.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(DatasetError) as caught:
        points.read(file, IMAGES[:images])
    assert str(caught.value).startswith(f"{file}")
    assert said in str(caught.value)
