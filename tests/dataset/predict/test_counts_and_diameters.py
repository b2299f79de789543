"""Counts by class, the histogram of diameters, and JSON lines."""

import csv
import io
import json
import math

from measured_particles import CLASSES, result
from PIL import Image

from tem_virus_dataset.predict.writers import diameters, json_lines, tables
from tem_virus_dataset.predict.writers.result import MicrographResult, ParticleRow

EMPTY = MicrographResult("b.tif", 30, 20, 0.5, "b test", CLASSES, ())


def test_the_summary_has_a_line_for_each_class_and_for_an_empty_micrograph():
    rows = list(csv.DictReader(io.StringIO(tables.summary_table([result(), EMPTY]))))
    assert [(row["file"], row["class"], row["count"], row["uncertain"]) for row in rows] == [
        ("a.tif", "Ebola", "1", "1"),
        ("a.tif", "Orf", "1", "0"),
        ("a.tif", "unknown", "1", "1"),
        ("b.tif", "", "0", "0"),
    ]
    assert [row["median_diameter_nm"] for row in rows] == ["50.0", "61.0", "38.0", ""]
    assert (rows[3]["nm_per_pixel"], rows[3]["nm_per_pixel_from"]) == ("0.5", "b test")


def test_the_counts_of_several_micrographs_are_added():
    head, *lines = tables.counts_lines([result(), result("c.tif"), EMPTY])
    assert head.split() == ["class", "count", "median", "nm", "uncertain"]
    assert [line.split() for line in lines] == [
        ["Ebola", "2", "50.0", "2"], ["Orf", "2", "61.0", "0"], ["unknown", "2", "38.0", "2"],
    ]  # fmt: skip
    assert len({len(line) for line in (head, *lines)}) == 1
    assert tables.counts_lines([EMPTY]) == []


def test_every_diameter_is_in_its_bin():
    values = [30.0, 39.99, 40.0, 62.5, 110.0, 110.0]
    rows = tuple(ParticleRow(0, 0, 5, 5, value, value, 0.9) for value in values)
    found = diameters.histogram([MicrographResult("a", 9, 9, 1.0, "", ("v",), rows)])
    assert found.width == 2  # the widest of 1, 2, 5, 10 ... with 20 bins or more
    counted = {
        float(row["from_nm"]): int(row["v"])
        for row in csv.DictReader(io.StringIO(diameters.table(found)))
        if row["v"] != "0"
    }
    assert counted == {30: 1, 38: 1, 40: 1, 62: 1, 110: 2}
    assert found.medians == {"v": 51.25}


def test_the_histogram_is_drawn_for_any_number_of_classes():
    names = tuple(f"class {i}" for i in range(22))
    rows = tuple(ParticleRow(i, i % 22, 5, 5, 10 + i, 10 + i, 0.9) for i in range(23))
    crowd = tuple(ParticleRow(0, 0, 5, 5, size, size, 0.9) for size in (*[30] * 500, 60))
    for results, classes in (
        ([EMPTY], CLASSES),
        ([result(are_points=True)], CLASSES),
        ([MicrographResult("a", 9, 9, 1.0, "", names, rows)], names),
        ([MicrographResult("a", 9, 9, 1.0, "", ("v",), crowd)], ("v",)),
    ):
        found = diameters.histogram(results)
        with Image.open(io.BytesIO(diameters.png(found, classes))) as picture:
            assert picture.width == diameters.WIDTH
            assert picture.height >= diameters.PANEL * max(1, len(found.counts))
    assert diameters.table(diameters.histogram([EMPTY])) == "from_nm,to_nm\n"


def test_a_line_of_json_holds_a_micrograph():
    done = {"path": "/x/a.tif", "info_strip": [0, 7], "remarks": ["dark"]}
    line = json_lines.micrograph(result(novelty=math.nan, are_points=True), done, True)
    assert "NaN" not in line
    assert "\n" not in line
    read = json.loads(line)
    assert read["counts"] == {"Ebola": 1, "Orf": 2}
    assert read["particles"][0] == {
        "class": "Orf", "confidence": 0.9, "x": 30.5, "y": 15, "width": None, "height": None,
        "diameter_nm": None, "most_similar": "Orf", "novelty": None, "uncertain": False,
    }  # fmt: skip
    assert (read["path"], read["info_strip"], read["is_new"]) == ("/x/a.tif", [0, 7], True)
