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
    "a table of ours": "file,class,x,y,width,height,x_nm,y_nm\n\u00e9.tif,a,1.5,2,9,9,3,4\n",
    "an image that is not named in each row": "image,x,y\nanother.tif,1.5,2\n,1.5,2\n",
}


@pytest.mark.parametrize("case", READ)
def test_points_are_read(tmp_path: Path, case: str) -> None:
    file = tmp_path / "points.csv"
    file.write_text(READ[case], "utf-8", newline="")
    assert set(points.read(file, IMAGES[:1])["\u00e9.tif"]) == {(1.5, 2.0)}


def test_each_image_may_be_of_another_slice(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("file,slice,x,y\n\u00e9.tif,1,1.5,2\nb.tif,2,3,4\n", "utf-8")
    assert points.read(file, IMAGES) == {"\u00e9.tif": [(1.5, 2.0)], "b.tif": [(3.0, 4.0)]}


REFUSED = {
    "decimal commas between commas": (
        "\nx,y\n1,2\n1,5,2,5\n",
        1,
        ": line 4: more values than columns; expected x,y. Write decimal points",
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
    "a line before the error": ("sep=,\nx,y\n1,two\n", 1, ": line 3: 'two'; expected a number"),
    "a line in place of a point": ("x,y\n1_5,2\n", 1, ": line 2: '1_5'; expected a number"),
    "blanks between columns": ("x y\n1 2\n", 1, "Separate the columns by commas, not by blanks."),
    "points in a stack among files": (
        "file,frame,x,y\nb.tif,1,1,2\n\u00e9.tif,1,3,4\nb.tif,2,3,4\n",
        2,
        ": points of 2 images of a stack in the column frame; expected points of one.",
    ),
    "more values between semicolons": (
        "x;y\n1,5;2;9\n",
        1,
        ": line 2: more values than columns; expected x,y. Name each column in the first line.",
    ),
    "nanometres for a spreadsheet": (
        "sep=,\nx [nm],y [nm]\n1,2\n",
        1,
        "(found 'x [nm],y [nm]'); expected a first line file,x,y, in pixels from the top left. "
        "file may be left out for a single image. Divide lengths",
    ),
    "fractions": ("x,y\n0.5,0.25\n0.75,1\n", 1, ": all points lie within the first pixel of an im"),
    "corners of boxes": (
        "x,y,Width,Height\n10,20,30,30\n",
        1,
        ": columns of a width and a height beside x and y, which may then be the corner of a box",
    ),
    "of napari": ("index,axis-0,axis-1\n0,10,20\n", 1, "Name axis-1 x and axis-0 y"),
    "other separators": ("x|y\n1|2\n", 1, "Separate the columns by commas, semicolons or tabs."),
    "a comment": ("# mine\nx,y\n1,2\n", 1, "expected # mine. Take the lines out that are above"),
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
