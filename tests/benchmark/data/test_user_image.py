"""An image that is trained on is the one that is predicted, whatever its file; and its digest."""

import hashlib

import numpy as np
import pytest
import small_dm
import small_mrc
import tifffile
from PIL import Image

from benchmark.data.user_image import check_places, decoded
from benchmark.errors import BenchmarkError
from tem_virus_dataset.formats import image_file
from tem_virus_dataset.formats import read as micrograph

RNG = np.random.default_rng(3)
SIXTEEN = RNG.integers(0, 60000, (30, 40), np.uint16)
EIGHT = (SIXTEEN >> 8).astype(np.uint8)
FLOATS = SIXTEEN.astype(np.float32) / 7
SIGNED = (SIXTEEN.astype(np.int32) - 30000).astype(np.int16)


def save(path, image, **options):
    if path.suffix == ".mrc":
        return small_mrc.write(path, image)
    if path.suffix == ".dm4":
        return small_dm.write(path, (image, [(0.5, "nm")] * 2))
    if path.suffix == ".tif":
        tifffile.imwrite(path, image, photometric="minisblack", **options)
    else:
        Image.fromarray(image).save(path)
    return path


@pytest.mark.parametrize("image", [SIXTEEN, FLOATS, SIGNED])
@pytest.mark.parametrize("name", ["a.tif", "a.mrc", "a.dm4"])
def test_what_is_trained_on_is_what_is_predicted(tmp_path, image, name):
    path = save(tmp_path / name, image)
    np.testing.assert_array_equal(decoded(path)[0], micrograph.read(path).image)


@pytest.mark.parametrize("image", [EIGHT, SIXTEEN])
@pytest.mark.parametrize("name", ["a.tif", "a.png"])
def test_counts_of_8_and_16_bits_are_those_of_the_archives(tmp_path, image, name):
    path = save(tmp_path / name, image)
    found, _ = decoded(path)
    expected = image_file.gray(path.read_bytes(), str(path))
    assert found.dtype == expected.dtype == image.dtype
    np.testing.assert_array_equal(found, expected)


def test_counts_that_fit_are_kept_in_8_bits(tmp_path):
    found, _ = decoded(save(tmp_path / "a.tif", EIGHT.astype(np.uint16)))
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, EIGHT)


def test_the_digest_is_that_of_the_image_however_it_is_rotated_or_stored(tmp_path):
    square = SIXTEEN[:, :30]
    transforms = [np.rot90(flipped, k) for flipped in (square, square.T) for k in range(4)]
    first = min(np.ascontiguousarray(image, "<u2").tobytes() for image in transforms)
    expected = hashlib.sha256(b"(30, 30)" + first).digest()
    for number, image in enumerate(transforms):
        for name in (f"{number}.tif", f"{number}.png", f"{number}.mrc"):
            assert decoded(save(tmp_path / name, np.ascontiguousarray(image)))[1] == expected


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_image_is_upright_as_viewers_show_it(tmp_path, orientation):
    """Boxes are drawn on what viewers show."""
    tag = [(274, 3, 1, orientation)]
    path = save(tmp_path / "a.tif", EIGHT, extratags=tag)
    found, _ = decoded(path)
    shape = (40, 30) if orientation > 4 else (30, 40)
    assert found.shape == shape
    with Image.open(path) as shown:
        shown.load()
        upright = np.asarray(shown)
    if upright.shape == shape:  # Pillow turns a TIFF since version 10.4
        np.testing.assert_array_equal(found, upright)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.full((30, 40), 7, np.uint16), "all pixels are 7"),
        (np.stack([SIXTEEN] * 3), "3 images"),
        (np.where(FLOATS > 5000, np.nan, FLOATS), "no number"),
    ],
)
def test_what_cannot_be_trained_on(tmp_path, image, words):
    path = save(tmp_path / "a.tif", image)
    with pytest.raises(BenchmarkError) as caught:
        decoded(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert words in str(caught.value)


def test_an_image_that_lies_twice_in_a_split_is_warned_of(tmp_path, caplog):
    names, images = ("a.png", "b.tif", "c.png"), (EIGHT, np.flipud(EIGHT), EIGHT + 1)
    files = [save(tmp_path / n, image) for n, image in zip(names, images, strict=True)]
    places = [(file, "train", decoded(file)[1]) for file in files]
    check_places(places, "splits")
    (said,) = caplog.messages
    assert said.startswith(f"warning: {files[1]}: the same image as {files[0]}, as it is, rotated")
    assert "(1 such in all); each counts twice in training and scores. Keep one" in said
