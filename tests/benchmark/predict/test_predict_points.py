"""The command with a classifier: at points, and at the particles of a detector."""

import pytest
from predicting import RADIUS, call, rows, state

pytestmark = pytest.mark.usefixtures("fakes")


def test_points_are_classified(micrographs, tmp_path):
    points = tmp_path / "points.csv"
    points.write_text("x,y,remark\n100,60,a disc\n160,100,nothing\n")
    out = tmp_path / "out"
    arguments = [micrographs / "a.tif", "--points", points]
    assert call(*arguments, model="classifier", out=out) == 0
    first, second = rows(out / "particles.csv")
    assert (first["class"], second["class"]) == ("bright", "dark")
    assert (first["x_nm"], first["y_nm"], first["diameter_nm"]) == ("50.00", "30.00", "")
    assert float(first["confidence"]) == pytest.approx(0.7, abs=0.02)
    assert (out / "overlays" / "a.tif.jpg").is_file()
    assert not list((out / "labels").glob("a.*"))
    before = state(out)
    assert call(*arguments, model="classifier", out=out) == 0
    assert state(out) == before
    points.write_text("x,y\n160,100\n")
    assert call(*arguments, model="classifier", out=out) == 0
    assert len(rows(out / "particles.csv")) == 1


def test_particles_of_a_detector_are_classified(micrographs, tmp_path):
    out = tmp_path / "out"
    assert call(micrographs, "--detector", "detector", model="classifier", out=out) == 0
    found = rows(out / "particles.csv")
    assert {row["class"] for row in found} == {"bright"}
    assert float(found[0]["diameter_nm"]) == pytest.approx(RADIUS, abs=2)
    assert (out / "labels" / "classes.txt").read_text() == "dark\nbright\n"
    assert (out / "labels" / "a.txt").read_text().startswith("1 ")


def test_the_table_can_be_given_back_as_points(micrographs, tmp_path):
    assert call(micrographs, out=tmp_path / "one") == 0
    table = tmp_path / "one" / "particles.csv"
    assert call(micrographs, "--points", table, model="classifier", out=tmp_path / "two") == 0
    one, two = rows(table), rows(tmp_path / "two" / "particles.csv")
    places = [[(row["file"], row["x"], row["y"]) for row in found] for found in (one, two)]
    assert places[0] == places[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x,z\n1,2\n", "no column file, y"),
        ("x,y\n1,2\n", "no column file"),
        ("file,x,y\na.tif,1,here\n", "line 2: 'here'; expected a number"),
        ("file,x,y\na.tif,1\n", "line 2: 'nothing'; expected a number"),
        ("file,x,y\na.tif,1,nan\n", "line 2: 'nan'; expected a number"),
        (
            "file,x,y\naa.tif,1,2\n",
            "line 2: file 'aa.tif', did you mean 'a.tif'?; expected one of the images",
        ),
        (
            'file,x,y\na.tif,"1,5",2\n',
            "'1,5'; expected a number of pixels, such as 12.5. Write a dec",
        ),
        ("file,x,y\na.tif,1 px,2\n", "'1 px'; expected a number of pixels"),
        (
            "file,x,y\n/data/x/a.tif,1,2\n",
            "expected an image as the tables name it. Write 'a.tif'.",
        ),
        ("file,x,y\nx\\A.TIF,1,2\n", "expected an image as the tables name it. Write 'a.tif'."),
        ("file,x,y\na,1,2\n", "expected an image as the tables name it. Write 'a.tif'."),
        ("file,x,y\n", "no point; expected a line for each particle. Add them"),
        ("", "no column file, x, y (found an empty file)"),
        ("\n\n", "(found an empty file)"),
        (",Area,X,Y\n1,3,100,200\n", "(found ',Area,X,Y'); expected .*Write x and y small"),
        ("file,x_nm,y_nm\na.tif,1,2\n", "expected .*Divide lengths by the length of a pixel"),
        ("image,cx,cy\na.tif,1,2\n", "expected .*Name the columns of the centres x and y"),
        ("a.tif,1,2\na.tif,3,4\n", "expected .*The first line holds numbers"),
        ("10\t20\t30\t30\n", "expected .*Save the centres as such a table"),
        ("0 .5 .5 .1 .1\n", "expected .*Save the centres as such a table"),
        ("\ndata_\n\nloop_\n_rlnCoordinateX #1\n", "expected .*Save the centres as such a table"),
    ],
)
def test_wrong_points(micrographs, tmp_path, capsys, text, said):
    (tmp_path / "points.csv").write_text(text)
    arguments = [micrographs, "--points", tmp_path / "points.csv"]
    assert call(*arguments, model="classifier", out=tmp_path / "out") == 1
    assert f"error: {tmp_path / 'points.csv'}" in (error := capsys.readouterr().err)
    assert all(part in error for part in said.split(".*"))
    assert len(error.splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "text",
    [
        "file;x;y\na.tif;100,5;60\n",
        "file\tx\ty\na.tif\t100.5\t60\n",
        "\ufefffile, x, y\r\na.tif, 100.5, 60\r\n\r\n",
    ],
)
def test_tables_as_spreadsheets_write_them(micrographs, tmp_path, text):
    (tmp_path / "points.csv").write_text(text, encoding="utf-8", newline="")
    arguments = [micrographs, "--points", tmp_path / "points.csv"]
    assert call(*arguments, model="classifier", out=tmp_path / "out") == 0
    (found,) = rows(tmp_path / "out" / "particles.csv")
    assert (found["file"], float(found["x"]), float(found["y"])) == ("a.tif", 100.5, 60)


def test_points_that_are_not_text(micrographs, tmp_path, capsys):
    arguments = [micrographs, "--points", micrographs / "a.tif"]
    assert call(*arguments, model="classifier", out=tmp_path / "out") == 1
    assert "expected a table in CSV" in capsys.readouterr().err


def test_a_point_outside_fails_its_image_alone(micrographs, tmp_path, capsys):
    (tmp_path / "points.csv").write_text("file,x,y\na.tif,301,5\nb.tif,299,5\n")
    arguments = [micrographs, "--points", tmp_path / "points.csv"]
    assert call(*arguments, model="classifier", out=tmp_path / "out") == 1
    assert "a.tif: a point at 301, 5; expected points in the image of 300x220 pixels" in (
        capsys.readouterr().err
    )
    assert len(rows(tmp_path / "out" / "particles.csv")) == 1
