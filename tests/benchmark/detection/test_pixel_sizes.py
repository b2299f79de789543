"""Pixel sizes of a user's own micrographs: from the files, a table or the user."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest
import small_scenes
import tifffile
from predicting import write as write_tiff
from running import do_here, do_inside, only_record
from scene_checks import check_same

from benchmark import export
from benchmark.data import pixel_sizes
from benchmark.data.address import absolute, folder, nm_per_pixel, with_nm_per_pixel
from benchmark.detection import evaluate, ground_truth, read
from benchmark.detection.recipes import RECIPES
from benchmark.errors import BenchmarkError, UsageError
from benchmark.predict import models
from leaderboard.predictions import detection as predictions
from leaderboard.results import store as records
from tem_virus_dataset.annotations import write_yolo
from tem_virus_dataset.annotations.annotated import Annotations

NM = small_scenes.NM_PER_PIXEL  # of the small scenes
FINE = 1.0  # of those that are enlarged to twice as many pixels a side


def magnification(path: Path) -> float:
    """The second image of every three was taken at twice the magnification."""
    return FINE if path.stem in ("1", "4") else NM


def write_folder(root: Path, raw: Path, with_sizes: bool = True) -> Path:
    """Small scenes as TIFF files of two magnifications, with YOLO labels."""
    pictures = []
    for picture in small_scenes.annotated(raw).pictures:
        nm = magnification(picture.path)
        image = cv2.imread(str(picture.path), cv2.IMREAD_UNCHANGED)
        image = image.repeat(int(NM / nm), 0).repeat(int(NM / nm), 1)
        path = picture.path.with_suffix(".tif")
        write_tiff(path, image, nm if with_sizes else None)
        factor = NM / nm
        pictures.append(
            dataclasses.replace(
                picture, path=path, width=image.shape[1], height=image.shape[0],
                boxes=tuple(tuple(factor * side for side in box) for box in picture.boxes),
            )
        )  # fmt: skip
    write_yolo.write(Annotations(tuple(pictures), small_scenes.CLASSES), root)
    return root


@pytest.fixture
def sized(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "mine", tmp_path / "raw")


@pytest.fixture
def unsized(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "mine", tmp_path / "raw", with_sizes=False)


def sizes_of(data: str) -> set[float | None]:
    splits = read.load(data).splits.values()
    return {scene.nm_per_pixel for several in splits for scene in several}


def write_table(root: Path, rows: str) -> Path:
    table = root / pixel_sizes.TABLE
    table.write_text(rows)
    return table


def test_two_magnifications_are_brought_to_one_scale(sized: Path) -> None:
    data = f"folder:{sized}"
    assert read.notice(data).endswith("; 1 to 2 nm per pixel, as the files state")
    found, made = read.load(data), small_scenes.small_scenes()
    at_scale = {
        split: [evaluate.rescaled(scene, NM) for scene in scenes]
        for split, scenes in found.splits.items()
    }
    check_same(dataclasses.replace(found, splits=at_scale), made, lambda n: n.replace("/Mixed", ""))
    table = ground_truth.table(found, "test")
    assert table.nm_per_pixel.tolist() == [NM, FINE, NM]
    np.testing.assert_allclose(
        table.boxes[table.micrographs == 1], found.splits["test"][1].boxes, atol=0.01
    )


def test_without_a_size_images_are_used_pixel_for_pixel_and_it_is_said(unsized: Path) -> None:
    data = f"folder:{unsized}"
    assert "no pixel size is known: images are used pixel for pixel" in read.notice(data)
    assert sizes_of(data) == {None}
    scene = read.load(data).splits["train"][1]
    assert evaluate.rescaled(scene, 4.0) is scene


def test_sizes_change_version_and_hash(sized: Path) -> None:
    data = f"folder:{sized}"
    given = with_nm_per_pixel(data, 0.5)
    versions = {read.describe(name).version for name in (data, given)}
    hashes = {read.load(name).content_hash for name in (data, given)}
    assert (len(versions), len(hashes)) == (2, 2)


def test_what_the_user_gives_wins_and_what_differs_is_said(sized: Path) -> None:
    data = with_nm_per_pixel(f"folder:{sized}", NM)
    assert sizes_of(data) == {NM}
    assert "; 2 nm per pixel, as --nm-per-pixel says; 4 files state another size" in read.notice(
        data
    )
    assert "such as 1 nm in images/test/1.tif" in read.notice(data)


def test_some_files_without_a_size_are_refused_with_their_names(sized: Path) -> None:
    for name in ("train/0.tif", "test/2.tif"):
        image = tifffile.imread(sized / "images" / name)
        write_tiff(sized / "images" / name, image, None)
    with pytest.raises(BenchmarkError, match="2 of 12 images have no pixel size") as caught:
        read.load(f"folder:{sized}")
    for text in ("images/train/0.tif", "images/test/2.tif", "pixel_sizes.csv", "--nm-per-pixel"):
        assert text in str(caught.value)
    write_table(sized, "file,nm_per_pixel\nimages/train/0.tif,2\nimages/test/2.tif,2.0\n")
    assert sizes_of(f"folder:{sized}") == {NM, FINE}
    assert "2 as pixel_sizes.csv lists, 10 as the files state" in read.notice(f"folder:{sized}")


def test_a_table_of_a_spreadsheet_is_read(unsized: Path) -> None:
    files = sorted(unsized.glob("images/*/*.tif"))
    rows = [
        f"{file.relative_to(unsized)};{magnification(file)}".replace(".0", ",0") for file in files
    ]
    rows[0] = rows[0].replace("/", "\\")
    write_table(unsized, "\ufeffFile;nm_per_pixel\n" + "\n".join(rows))
    assert sizes_of(f"folder:{unsized}") == {NM, FINE}
    assert read.notice(f"folder:{unsized}").endswith(
        "1 to 2 nm per pixel, as pixel_sizes.csv lists"
    )


def test_a_table_may_compose_letters_otherwise(unsized: Path) -> None:
    first, *others = sorted(unsized.glob("images/*/*.tif"))
    label = next(unsized.glob(f"labels/*/{first.stem}.txt"))
    label.rename(label.with_stem("e\u0301"))
    first = first.rename(first.with_stem("e\u0301"))
    rows = [f"{file.relative_to(unsized)},2\n" for file in others]
    write_table(unsized, "file,nm_per_pixel\n\u00e9.tif,2\n" + "".join(rows))
    assert sizes_of(f"folder:{unsized}") == {2.0}


def test_a_table_with_tabs_and_a_name_in_capitals_is_read(unsized: Path) -> None:
    files = sorted(unsized.glob("images/*/*.tif"))
    rows = [f"{file.relative_to(unsized)}\t{magnification(file)}\n" for file in files]
    for before in ("", "sep=\t\n", "\n"):
        text = f"{before}file\tnm_per_pixel\n{''.join(rows)}\t\n"
        (unsized / "Pixel_Sizes.CSV").write_text(text)
        assert sizes_of(f"folder:{unsized}") == {NM, FINE}


@pytest.mark.parametrize(
    "rows, said",
    [
        ("file,nm\na.tif,1\n", "found the columns 'file,nm'; expected file,nm_per_pixel"),
        ("file,nm_per_pixel\nimages/train/7.tif,1\n", "line 2: 'images/train/7.tif': found 0 such"),
        ("file,nm_per_pixel\n1.tif,1\n", "line 2: '1.tif': found 3 such images"),
        ("file,nm_per_pixel\n5.tif,\n", "line 2: '5.tif': found ''; expected 0.01 to 100 nm"),
        ("file,nm_per_pixel\n5.tif,0_5\n", "line 2: '5.tif': found '0_5'; expected 0.01 to 100 nm"),
        ("file,nm_per_pixel\n5.tif,200\n", "line 2: '5.tif': found '200'; expected 0.01 to 100 nm"),
        (
            "file,nm_per_pixel\n5.tif,5 A\n",
            "line 2: '5.tif': found '5 A'; expected 0.01 to 100 nm, without a unit. In nm: 0.5. "
            "Correct the line.",
        ),
        ("file,nm_per_pixel\n5.tif,1,5\n", "line 2: more values than columns; expected file,nm"),
        ("file,nm_per_pixel\n5.tif,1\n5.tif,2\n", "line 3: '5.tif': found '2'; expected one size"),
    ],
)
def test_a_faulty_table_is_refused(sized: Path, rows: str, said: str) -> None:
    table = write_table(sized, rows)
    with pytest.raises(BenchmarkError) as caught:
        read.describe(f"folder:{sized}")
    assert str(caught.value).startswith(f"{table}: {said}")


def test_an_address_carries_the_size(tmp_path: Path) -> None:
    data = with_nm_per_pixel(f"folder:{tmp_path}", 0.52)
    assert (folder(data), nm_per_pixel(data)) == (tmp_path, 0.52)
    assert absolute(data) == data
    assert with_nm_per_pixel(data, 0.52) == data
    with pytest.raises(UsageError, match=r"--nm-per-pixel 1: .*; expected one pixel size"):
        with_nm_per_pixel(data, 1.0)
    with pytest.raises(UsageError, match=r"expected 0\.01 to 100 nm"):
        nm_per_pixel(f"folder:{tmp_path}?nm_per_pixel=52O")
    with pytest.raises(UsageError, match="expected folder:PATH"):
        with_nm_per_pixel("tem_virus/mirror_11class", 1.0)


def test_images_that_would_become_huge_are_refused_before_training(unsized: Path) -> None:
    data = with_nm_per_pixel(f"folder:{unsized}", 100.0)
    recipe = dataclasses.replace(RECIPES["quick"], nm_per_pixel=0.1)
    with pytest.raises(BenchmarkError, match="Correct the pixel sizes, or train with --set nm_per"):
        read.preflight(data, [recipe])
    read.preflight(data, [RECIPES["steady"]])


def test_a_training_on_two_magnifications_ends_with_a_model_that_knows_its_scale(
    tiny_detector: str, sized: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    status = do_inside(
        tmp_path, "--models", tiny_detector, "--data", f"folder:{sized}", "--recipe", "quick",
        "--set", "epochs=1", "image_size=64", "nm_per_pixel=4",
    )  # fmt: skip
    assert status == 0
    said = capfd.readouterr()
    assert "1 to 2 nm per pixel, as the files state" in said.out
    record, data = only_record(tmp_path), read.load(f"folder:{sized}")
    assert (record.nm_per_pixel, record.content_hash) == (4.0, data.content_hash)
    assert record.network, record.no_network
    scenes = [scene for scene in data.splits["train"] if len(scene.boxes)]
    longest = max(scene.boxes[:, 2:].max() * scene.nm_per_pixel for scene in scenes) / 4
    assert f" to {longest:.0f} pixels; " in said.err  # at the scale of the recipe
    root = tmp_path / "records"
    table = ground_truth.table(data, "test")
    found = predictions.read_for(records.predictions_path(root, record, "test"), table)
    sizes = np.array([scene.image.shape[::-1] for scene in data.splits["test"]])
    assert (found.boxes[:, :2] <= sizes[found.micrographs]).all()  # in pixels of the files
    for weights in (tmp_path / "runs", tmp_path / "none"):
        detector = models.load(records.path(root, record), weights)
        assert (detector.nm_per_pixel, detector.warning) == (4.0, "")


def test_an_exported_folder_keeps_its_sizes(unsized: Path, tmp_path: Path) -> None:
    file = str(tmp_path / "mine.npz")
    assert export.main([f"folder:{unsized}", file, "--nm-per-pixel", "0.8"]) == 0
    assert sizes_of(file) == {0.8}
    assert export.main([file, str(tmp_path / "b.npz"), "--nm-per-pixel", "0.8"]) == 2


def test_the_option_is_refused_for_data_of_a_known_size(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    options = ["--models", "yolov5n", "--nm-per-pixel", "1", "--data", "tem_exosome/phantom"]
    assert do_here(tmp_path, *options) == 2
    assert "--nm-per-pixel: found --data tem_exosome/phantom" in capfd.readouterr().err
    assert not list(tmp_path.rglob("*.json"))


def test_a_diffraction_pattern_is_refused_whatever_else_is_known(unsized: Path) -> None:
    file = unsized / "images/train/2.tif"
    tags = {"resolution": (50.0, 50.0), "metadata": {"unit": "1/nm"}}
    tifffile.imwrite(file, tifffile.imread(file), imagej=True, **tags)
    for data in (f"folder:{unsized}", with_nm_per_pixel(f"folder:{unsized}", 1.0)):
        with pytest.raises(BenchmarkError, match=r"train/2\.tif: .*diffraction pattern"):
            read.load(data)


def test_a_table_may_leave_out_the_suffixes(unsized: Path) -> None:
    files = sorted(unsized.glob("images/*/*.tif"))
    rows = [f"{file.relative_to(unsized).with_suffix('')},2\n" for file in files]
    write_table(unsized, "file,nm_per_pixel\n" + "".join(rows))
    assert sizes_of(f"folder:{unsized}") == {2}


def test_an_export_that_cannot_be_written_is_refused_before_the_data_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export.tasks, "of_data", lambda _: pytest.fail("it has begun"))
    (tmp_path / "file").touch()
    assert export.main(["mirror_11class", str(tmp_path / "file" / "a.npz")]) == 1
    assert f"{tmp_path / 'file'}: cannot be written to" in capsys.readouterr().err
