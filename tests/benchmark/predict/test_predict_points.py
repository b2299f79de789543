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
        ("file,x,y\na.tif,1\n", "line 2: None; expected a number"),
        ("file,x,y\na.tif,1,nan\n", "line 2: 'nan'; expected a number"),
        (
            "file,x,y\naa.tif,1,2\n",
            "line 2: file 'aa.tif', did you mean 'a.tif'?; expected one of the images",
        ),
        ("file,x,y\n", "no point"),
        ("", "no column file, x, y"),
    ],
)
def test_wrong_points(micrographs, tmp_path, capsys, text, said):
    (tmp_path / "points.csv").write_text(text)
    arguments = [micrographs, "--points", tmp_path / "points.csv"]
    assert call(*arguments, model="classifier", out=tmp_path / "out") == 1
    assert f"error: {tmp_path / 'points.csv'}" in (error := capsys.readouterr().err)
    assert said in error
    assert not (tmp_path / "out").exists()


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
