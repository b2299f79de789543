"""Info strips are left out; what is known of the pixels is in the tables and on the screen."""

import numpy as np
import pytest
import small_micrograph
from PIL import Image
from predicting import PLACES, RADIUS, call, rows, write
from small_strip import strip

pytestmark = pytest.mark.usefixtures("fakes")


def with_strip(side="bottom"):
    image = small_micrograph.discs((220, 300), PLACES, RADIUS, np.uint8)
    if side in ("left", "right"):
        band = np.rot90(strip("JEOL", 220))
        return np.hstack([band, image] if side == "left" else [image, band])
    band = strip("JEOL", 300)
    return np.vstack([band, image] if side == "top" else [image, band])


def places(out):
    return sorted((float(row["x"]), float(row["y"])) for row in rows(out / "particles.csv"))


def near(found, wanted):
    return len(found) == len(wanted) and np.abs(np.subtract(found, wanted)).max() < 1.5


@pytest.mark.parametrize("side", ["top", "bottom", "left", "right"])
def test_a_strip_is_found_and_positions_stay_those_of_the_image(tmp_path, capsys, side):
    image = with_strip(side)
    write(tmp_path / "a.tif", image)
    out = tmp_path / "out"
    assert call(tmp_path / "a.tif", out=out) == 0
    right, down = 32 * (side == "left"), 32 * (side == "top")
    assert near(places(out), sorted((x + right, y + down) for x, y in PLACES))
    (about,) = rows(out / "micrographs.csv")
    sizes = {name: about[f"strip_{name}"] for name in ("top", "bottom", "left", "right")}
    assert sizes == {**dict.fromkeys(sizes, "0"), side: "32"}
    height, width = image.shape
    assert (about["width"], about["height"], about["particles"]) == (str(width), str(height), "3")
    words = {"top": "highest 32 rows", "bottom": "lowest 32 rows"}
    words |= {name: f"{name}most 32 columns" for name in ("left", "right")}
    said = capsys.readouterr().out
    assert f"info strip left out: 1 micrographs, most often the {words[side]} (" in said
    labels = np.loadtxt(out / "labels" / "a.txt")
    assert near(sorted(map(tuple, labels[:, 1:3] * [width, height])), places(out))
    with Image.open(out / "overlays" / "a.tif.jpg") as picture:
        assert picture.height == round(1024 * height / width)


def test_the_option_wins(tmp_path, capsys):
    write(tmp_path / "a.tif", with_strip())
    strips = []
    for rows_of_strip in ("0", "40", "32"):
        assert call(tmp_path / "a.tif", "--crop-bottom", rows_of_strip, out=tmp_path / "out") == 0
        (about,) = rows(tmp_path / "out" / "micrographs.csv")
        strips.append((about["strip_top"], about["strip_bottom"]))
    assert strips == [("0", "0"), ("0", "40"), ("0", "32")]
    assert near(places(tmp_path / "out"), sorted(PLACES))
    capsys.readouterr()
    assert call(tmp_path / "a.tif", "--crop-bottom", "252", out=tmp_path / "out") == 1
    assert "--crop-bottom 252 leaves nothing of 252 rows" in capsys.readouterr().err


def test_a_point_in_the_strip_is_refused(tmp_path, capsys):
    write(tmp_path / "a.tif", with_strip())
    (tmp_path / "points.csv").write_text("x,y\n100,60\n100,230\n")
    arguments = [tmp_path / "a.tif", "--points", tmp_path / "points.csv"]
    assert call(*arguments, model="classifier", out=tmp_path / "out") == 1
    said = capsys.readouterr().err
    assert "a point at 100, 230 is in the info strip (the lowest 32 rows)" in said
    assert call(*arguments, "--crop-bottom", "0", model="classifier", out=tmp_path / "out") == 0
    write(tmp_path / "a.tif", with_strip("left"))
    (tmp_path / "points.csv").write_text("x,y\n100,60\n20,60\n")
    assert call(*arguments, model="classifier", out=tmp_path / "beside") == 1
    said = capsys.readouterr().err
    assert "a point at 20, 60 is in the info strip (the leftmost 32 columns)" in said
    assert said.rstrip().endswith("give the strip's height with --crop-bottom, 0 if none.")
    assert call(*arguments, "--crop-bottom", "0", model="classifier", out=tmp_path / "beside") == 0


def test_points_below_a_strip_at_the_top(tmp_path):
    write(tmp_path / "a.tif", with_strip("top"))
    (tmp_path / "points.csv").write_text("x,y\n100,92\n160,132\n")
    arguments = [tmp_path / "a.tif", "--points", tmp_path / "points.csv"]
    assert call(*arguments, model="classifier", out=tmp_path / "out") == 0
    table = rows(tmp_path / "out" / "particles.csv")
    assert [(row["class"], row["y"]) for row in table] == [("bright", "92.00"), ("dark", "132.00")]


def test_pixel_sizes_are_in_the_tables_and_on_the_screen(micrographs, tmp_path, capsys):
    write(micrographs / "b.tif", small_micrograph.discs((220, 300), [], 1), nm=0.25)
    out = tmp_path / "out"
    for _ in range(2):  # the second time all is finished
        assert call(micrographs, out=out) == 0
        said = capsys.readouterr().out
        assert "nm per pixel: 0.5 according to ImageJ's unit in 2 micrographs" in said
        assert "nm per pixel: 0.25 according to ImageJ's unit in 1 micrographs" in said
    table = {row["file"]: row for row in rows(out / "micrographs.csv")}
    assert (table["b.tif"]["nm_per_pixel"], table["b.tif"]["particles"]) == ("0.25", "0")
    first = rows(out / "particles.csv")[0]
    assert (first["nm_per_pixel"], first["nm_per_pixel_from"]) == ("0.5", "ImageJ's unit")
    assert call(micrographs / "b.tif", "--nm-per-pixel", "0.5", out=out) == 0
    (about,) = rows(out / "micrographs.csv")
    assert (about["nm_per_pixel"], about["nm_per_pixel_from"]) == ("0.5", "--nm-per-pixel")
    assert about["remarks"].startswith("its pixels measure 0.25 nm according to ImageJ's unit")
    assert "b.tif: its pixels measure 0.25 nm" in capsys.readouterr().err


def test_a_hot_pixel_hides_no_particle(tmp_path):
    image = small_micrograph.discs((220, 300), PLACES, RADIUS).astype(np.float32) / 65535
    image[10, 10], image[200, 20] = 1e7, -1e7
    small_micrograph.write_mrc(tmp_path / "a.mrc", image, 5.0)
    assert call(tmp_path / "a.mrc", out=tmp_path / "out") == 0
    assert near(places(tmp_path / "out"), sorted(PLACES))


def test_a_decimal_comma_is_named(micrographs, capsys):
    for option, text, written in (
        ("--nm-per-pixel", "0,5", "0.5"),
        ("--confidence", "0,25", "0.25"),
    ):
        with pytest.raises(SystemExit):
            call(micrographs, option, text)
        said = capsys.readouterr().err
        assert f"{option}: {text}: a decimal comma; expected " in said
        assert f"Write {written}." in said
