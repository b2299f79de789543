"""The command: which kinds of files it writes, when it writes them again, and JSON lines."""

import json
import sys

import pytest
import small_micrograph
from predicting import PLACES, RADIUS, call, rows, state, write

from tem_virus_dataset.predict import run
from tem_virus_dataset.predict.pipeline import Pipeline

pytestmark = pytest.mark.usefixtures("fakes")
OF_ALL = {
    "particles.csv", "summary.csv", "micrographs.csv", "diameters.csv", "diameters.png",
    "labels/classes.txt", "done/a.tif.json", "particles/a.tif.csv", "done/tables.sha256",
}  # fmt: skip
OF_FORMATS = {
    "csv": set(), "yolo": {"labels/a.txt"}, "overlays": {"overlays/a.tif.jpg"},
    "overlays-png": {"overlays-png/a.tif.png"},
    "roi": {"roi/a.tif.zip"}, "coco": {"coco.json"}, "star": {"star/a.star"},
    "box": {"box/a.box"},
}  # fmt: skip


def names(out):
    return {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}


@pytest.fixture
def counted(monkeypatch):
    """Count how often the networks are used."""
    calls = []
    before = Pipeline.particles

    def particles(self, *arguments):
        calls.append(arguments)
        return before(self, *arguments)

    monkeypatch.setattr(Pipeline, "particles", particles)
    return calls


@pytest.mark.parametrize("name", OF_FORMATS)
def test_each_format_writes_its_files_beside_the_tables(micrographs, tmp_path, name):
    assert call(micrographs / "a.tif", "--formats", name, out=tmp_path / "out") == 0
    assert names(tmp_path / "out") == OF_ALL | OF_FORMATS[name]


def test_more_formats_are_added_without_predicting_again(micrographs, tmp_path, counted):
    one, two = tmp_path / "one", tmp_path / "two"
    image = micrographs / "a.tif"
    assert call(image, "--formats", "csv", out=one) == 0
    before = state(one)
    assert call(image, "--formats", "all", out=one) == 0
    assert len(counted) == 1
    assert state(one)[one / "particles.csv"] == before[one / "particles.csv"]
    assert call(image, "--formats", "all", out=two) == 0
    assert names(one) == names(two) == OF_ALL.union(*OF_FORMATS.values())
    for name in names(one) - {"done/a.tif.json"}:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name
    before = state(one)
    assert call(image, "--formats", "star", out=one) == 0
    assert state(one) == before
    (one / "star" / "a.star").unlink()
    assert call(image, "--formats", "star", out=one) == 0
    assert "star/a.star" in names(one)


def test_a_coco_file_of_an_earlier_call_is_kept_up_to_date(micrographs, tmp_path):
    out = tmp_path / "out"
    assert call(micrographs, "--formats", "coco", out=out) == 0
    write(micrographs / "b.tif", small_micrograph.discs((220, 300), PLACES[:1], RADIUS))
    assert call(micrographs, out=out) == 0
    content = json.loads((out / "coco.json").read_text())
    assert len(content["annotations"]) == 7
    assert [image["file_name"] for image in content["images"]] == ["a.tif", "b.tif", "grid 1/c.tif"]


def test_the_summary_and_the_closing_lines_count_by_class(micrographs, tmp_path, capsys):
    write(micrographs / "b.tif", small_micrograph.discs((100, 120), [], 1))
    out = tmp_path / "out"
    assert call(micrographs, out=out) == 0
    counts = [(row["file"], row["class"], row["count"]) for row in rows(out / "summary.csv")]
    assert counts == [("a.tif", "small", "3"), ("b.tif", "", "0"), ("grid 1/c.tif", "small", "3")]
    said = capsys.readouterr().out.splitlines()
    assert "  small      6       12.0" in said
    assert run.HINT not in said
    assert call(micrographs / "b.tif", out=tmp_path / "none") == 0
    assert run.HINT in capsys.readouterr().out.splitlines()


def test_json_lines_are_alone_on_the_output(micrographs, tmp_path, capsys):
    (micrographs / "b.tif").write_bytes(b"damaged")
    out = tmp_path / "out"
    for is_new in (True, False):
        assert call(micrographs, "--json", out=out) == 1
        said = capsys.readouterr()
        lines = [json.loads(line) for line in said.out.splitlines()]
        assert [line["file"] for line in lines] == ["a.tif", "b.tif", "grid 1/c.tif"]
        assert set(lines[1]) == {"file", "error"}
        assert lines[1]["error"].startswith(f"{micrographs / 'b.tif'}: cut off")
        assert (lines[0]["counts"], lines[0]["is_new"]) == ({"small": 3}, is_new)
        table = rows(out / "particles" / "a.tif.csv")
        for particle, row in zip(lines[0]["particles"], table, strict=True):
            for key in ("x", "y", "width", "height", "confidence", "diameter_nm"):
                assert particle[key] == pytest.approx(float(row[key]), abs=0.011), key
        assert "particles: 6, micrographs: 2" in said.err


def test_formats_that_need_boxes_are_refused_for_points(micrographs, tmp_path, capsys):
    (tmp_path / "points.csv").write_text("x,y\n100,60\n")
    arguments = [micrographs / "a.tif", "--points", tmp_path / "points.csv"]
    assert call(*arguments, "--formats", "coco", model="classifier", out=tmp_path / "out") == 1
    assert "error: --formats coco: found with --points" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert call(*arguments, "--formats", "all", model="classifier", out=tmp_path / "out") == 0
    of_boxes = {"labels/a.txt", "box/a.box", "coco.json"}
    assert not of_boxes & names(tmp_path / "out")
    assert call(micrographs / "a.tif", "--formats", "all", out=tmp_path / "out") == 0
    assert of_boxes <= names(tmp_path / "out")
    assert call(*arguments, "--formats", "csv", model="classifier", out=tmp_path / "out") == 0
    assert not of_boxes & names(tmp_path / "out"), "an empty file shows images without particles"
    assert call(*arguments, "--formats", "all", model="classifier", out=tmp_path / "out") == 0
    assert {"star/a.star", "roi/a.tif.zip"} <= names(tmp_path / "out")


def test_an_unknown_format_and_a_missing_package(micrographs, tmp_path, capsys, monkeypatch):
    with pytest.raises(SystemExit) as ended:
        call(micrographs / "a.tif", "--formats", "cocoo", out=tmp_path / "out")
    assert ended.value.code == 2
    assert "did you mean 'coco'" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "roifile", None)
    assert call(micrographs / "a.tif", out=tmp_path / "out") == 1
    assert "error: --formats roi: needs the package roifile" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert call(micrographs / "a.tif", "--formats", "csv", out=tmp_path / "out") == 0


def test_a_table_that_someone_changed(micrographs, tmp_path, capsys):
    out = tmp_path / "out"
    assert call(micrographs, out=out) == 0
    table = out / "particles" / "a.tif.csv"
    before = table.read_text()
    head, first, *others = before.splitlines()
    table.write_text("\n".join([head, first.replace("small", "large", 1), *others[:1], ""]))
    assert call(micrographs, out=out) == 0
    counts = [(row["file"], row["class"], row["count"]) for row in rows(out / "summary.csv")]
    assert counts[:2] == [("a.tif", "small", "1"), ("a.tif", "large", "1")]
    table.write_text(before.replace("small", "smaller"))
    assert call(micrographs, out=out) == 1
    assert f"error: {table}: is no longer as it was written" in capsys.readouterr().err
    assert {row["file"] for row in rows(out / "summary.csv")} == {"b.tif", "grid 1/c.tif"}
    for cell in ("0.7778", "100.00", "24.00"):  # a line that somebody added by hand
        table.write_text(before.replace(f",{cell},", ",,", 1))
        assert call(micrographs, out=out) == 1
        assert "confidence of line 3); expected the table" in capsys.readouterr().err
    table.unlink()
    assert call(micrographs, out=out) == 0
    assert table.read_text() == before
