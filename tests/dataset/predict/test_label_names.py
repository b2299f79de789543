"""Label files of images of one name but for their suffix: none is left of earlier results."""

from pathlib import Path

from tem_virus_dataset.predict import outputs
from tem_virus_dataset.predict.inputs import InputImage

TIF, PNG = (InputImage(Path(f"a.{suffix}"), f"a.{suffix}") for suffix in ("tif", "png"))
BOTH = [InputImage(image.path, image.file, is_only=False) for image in (TIF, PNG)]


def predict(out: Path, image: InputImage, text: bytes) -> None:
    """Write the results of an image in place of earlier ones, as `micrograph` does."""
    outputs.remove(out, image, 3)
    results = {"particles": b"", "labels": text}
    outputs.write(out, image, results, {"version": 3, "file": image.file}, {})


def labels(out: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (out / "labels").iterdir()}


def test_the_first_image_keeps_its_labels_name(tmp_path: Path) -> None:
    predict(tmp_path, TIF, b"tif")
    predict(tmp_path, PNG, b"png")
    assert outputs.finished(tmp_path, TIF) and outputs.finished(tmp_path, PNG)
    predict(tmp_path, TIF, b"tif again")
    assert labels(tmp_path) == {"a.txt": b"tif again", "a.png.txt": b"png"}


def test_names_that_are_one_for_some_systems_share_no_labels(tmp_path: Path) -> None:
    images = [InputImage(Path(name), name) for name in ("\u00e9.tif", "e\u0301.png", "\u00c9.bmp")]
    for image in images:
        predict(tmp_path, image, image.file.encode())
    assert set(labels(tmp_path)) == {"\u00e9.txt", "e\u0301.png.txt", "\u00c9.bmp.txt"}


def test_labels_of_the_short_name_go_when_both_have_the_long_one(tmp_path: Path) -> None:
    predict(tmp_path, TIF, b"tif")
    for image in BOTH:
        predict(tmp_path, image, b"of both")
    assert labels(tmp_path) == {"a.tif.txt": b"of both", "a.png.txt": b"of both"}
    assert all(outputs.finished(tmp_path, image) for image in BOTH)


def test_labels_of_the_long_name_go_when_the_short_one_is_free(tmp_path: Path) -> None:
    for image in BOTH:
        predict(tmp_path, image, b"of both")
    predict(tmp_path, TIF, b"alone")
    assert labels(tmp_path) == {"a.txt": b"alone", "a.png.txt": b"of both"}
