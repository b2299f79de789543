"""The size of an image is that of its upright view, on which boxes are drawn."""

import numpy as np
import pytest
import tifffile
from PIL import Image
from small_annotations import divided

from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations import yolo
from tem_virus_dataset.annotations.folders import images

TALL = np.arange(30 * 20, dtype=np.uint8).reshape(30, 20)  # 30 rows


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("ending", ["jpg", "tif", "png"])
def test_orientation_is_honoured(tmp_path, ending, orientation):
    file = tmp_path / f"a.{ending}"
    tags = {"tiffinfo": {274: orientation}}
    if ending != "tif":
        exif = Image.Exif()
        exif[images.ORIENTATION] = orientation
        tags = {"exif": exif.tobytes()}
    Image.fromarray(TALL).save(file, **tags)
    assert images.size_of(file) == ((30, 20) if orientation in (6, 8) else (20, 30))
    assert images.orientation(file) == orientation


def test_fractions_are_of_the_upright_image(tmp_path):
    divided(tmp_path, lines="0 .5 .5 .2 .4\n")
    exif = Image.Exif()
    exif[images.ORIENTATION] = 6
    (tmp_path / "images/train/a.png").unlink()
    Image.fromarray(TALL).save(tmp_path / "images/train/a.jpg", exif=exif.tobytes())
    (first, *_) = yolo.read(tmp_path).pictures
    assert (first.width, first.height) == (30, 20)
    np.testing.assert_allclose(first.boxes, [(12, 6, 18, 14)])


@pytest.mark.parametrize("subfile", [{"subfiletype": 1}, {"extratags": [(255, 3, 1, 2, True)]}])
def test_the_size_is_not_that_of_a_preview_with_the_image_below_it(tmp_path, subfile):
    """TIFF/EP has a small page, and the image as a page below that."""
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(TALL[::4, ::4], subifds=1, photometric="minisblack", **subfile)
        file.write(TALL, photometric="minisblack")
    assert images.size_of(tmp_path / "a.tif") == (20, 30)


def test_suffixes_are_those_of_the_readers():
    assert images.suffix(images.Path("A.b.MRC")) == ".mrc"
    assert images.stem(images.Path("A.b.MRC")) == "A.b"
    assert not images.is_image(images.Path("a.txt"))


def test_images_that_cannot_be_read_are_counted(tmp_path):
    divided(tmp_path)
    for file in tmp_path.rglob("*.png"):
        file.write_bytes(b"<html>")
    with pytest.raises(
        DatasetError, match=r"a\.png: cannot be read.* So it is with 2 more images\."
    ):
        yolo.read(tmp_path)


def test_other_formats_are_images_by_their_readers(tmp_path):
    divided(tmp_path, lines="0 .5 .5 .2 .4\n")
    (tmp_path / "images/train/a.png").unlink()
    mrcfile = pytest.importorskip("mrcfile")
    with mrcfile.new(tmp_path / "images/train/a.mrc") as file:
        file.set_data(TALL.astype(np.int16))
    (first, *_) = yolo.read(tmp_path).pictures
    assert (first.path.name, first.width, first.height) == ("a.mrc", 20, 30)
