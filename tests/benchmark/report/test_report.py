"""The pages of runs, made of a small finished run."""

import dataclasses
import gzip
import io
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
import small_run
from html_page import Page
from PIL import Image
from small_report import copied, make, page_of, record_of

from benchmark.models import checkpoint
from benchmark.report import __main__ as report
from benchmark.report import patch_images, sources
from leaderboard.results import store as records
from leaderboard.results.store import predictions_path

NASTY = '<script>alert("1")</script> & <img src=x onerror=alert(2)>'


def test_every_link_leads_somewhere_and_nowhere_else(pages: Path, small: Path) -> None:
    for page in (Page(pages / "index.html"), page_of(pages, record_of(small))):
        assert page.links
        assert "script" not in page.tags
        for link in [*page.links, *page.loaded]:
            if link.startswith("#"):
                assert link[1:] in page.ids
            elif link != "data:,":
                assert "://" not in link
                assert (page.path.parent / unquote(link)).is_file(), link
        assert all(page.alts) and "h1" in page.tags and "main" in page.tags


def test_the_page_says_what_the_record_says(pages: Path, small: Path) -> None:
    record = record_of(small)
    words = page_of(pages, record).words
    for name, label in (("f1", "macro F1"), ("precision", "macro precision")):
        low, high = record.intervals[name]
        interval = f"{record.test[name]:.3f} [{low:.3f}, {high:.3f}]"
        assert f"{label} {interval} {record.validation[name]:.3f}" in words
    for text in (record.content_hash, "a device", record.recipe, "keras\xa03.15.1", record.created):
        assert text in words or text in page_of(pages, record).text
    assert (
        f"trainable parameters {record.parameters_trainable:,} of {record.parameters_total:,}"
        in words
    )
    assert "these scores say nothing about viruses" in words
    matrix = np.array(record.confusion)
    for label, name in enumerate(record.classes):
        right, true, guess = matrix[label, label], matrix[label].sum(), matrix[:, label].sum()
        precision = right / guess if guess else 0
        f1 = 2 * right / (true + guess)
        assert f"{name} {f1:.3f} {precision:.3f} {right / true:.3f} {true}" in words
    wrong = matrix.sum() - np.trace(matrix)
    assert wrong > 0
    assert f"{wrong} of 12 predictions are incorrect" in words


def with_own_predictions(record: records.Record) -> records.Record:
    """Return the record with the name of its own file of predictions."""
    return dataclasses.replace(record, predictions=f"{record.config}/{record.run}.test.csv.gz")


def test_the_overview_ranks_the_runs_and_marks_what_is_published(
    small: Path, tmp_path: Path
) -> None:
    record = copied(small, tmp_path, notes="")
    real = dataclasses.replace(record, data="tem_virus/patches_14class", content_hash="0" * 64)
    better = dataclasses.replace(
        real,
        seed=1,
        test={**real.test, "f1": 0.99},
        intervals={**real.intervals, "f1": [0.9, 0.999]},
        confusion=None,
    )
    for one in map(with_own_predictions, (real, better)):
        records.write(tmp_path / "records", one)
        for split in ("test", "validation"):
            shutil.copy(
                predictions_path(tmp_path / "records", record, split),
                predictions_path(tmp_path / "records", one, split),
            )
    assert make(tmp_path, tmp_path / "out") == 1  # `better` says more than its predictions
    text = (tmp_path / "out" / "index.html").read_text("utf-8")
    table = text.split("tem_virus/patches_14class</h2>")[1].split("</table>")[0]
    first, *_, last = [row for row in table.split("<tr") if "plain_cnn" in row]
    assert "0.990 [" in first
    assert "one seed (1)" in first
    assert "<a href" not in first
    assert "one seed (0)" in last
    assert 'href="patches_14class/' not in table  # three classes do not fit the known patches
    published = [row for row in table.split("<tr") if 'class="published"' in row]
    assert len(published) == 14, published[:2]
    assert text.index("tem_virus/patches_14class</h2>") < text.index("phantom_small</h2>")


def test_markup_in_a_record_stays_text(small: Path, tmp_path: Path) -> None:
    fields = {"notes": NASTY, "device": NASTY, "versions": {NASTY: NASTY}, "backend": NASTY}
    record = copied(small, tmp_path, **fields, weights={"file": NASTY}, source=NASTY)
    failed = dataclasses.replace(record, seed=9, status="failed", error=NASTY)
    records.write(tmp_path / "records", failed)
    assert make(tmp_path, tmp_path / "out") == 0
    page, overview = page_of(tmp_path / "out", record), Page(tmp_path / "out" / "index.html")
    for one in (page, overview):
        assert "script" not in one.tags
        assert "x" not in [*one.links, *one.loaded]
        assert NASTY in one.text
    assert page.text.count(NASTY) == 7
    assert f"Failed: {failed.run}" in overview.words


def test_pictures_and_saliency_maps_are_there_where_data_and_weights_are(
    pages: Path, small: Path
) -> None:
    record = record_of(small)
    folder = pages / record.config / record.run
    wrong = round(12 * (1 - record.test["accuracy"]))
    for number in range(1, wrong + 1):
        plain, map_ = (folder / f"error-{number}{end}.png" for end in ("", "-saliency"))
        with Image.open(plain) as one, Image.open(map_) as two:
            assert one.size == two.size == (512, 512)
            assert np.ptp(np.asarray(one)) > 0
            assert not np.array_equal(np.asarray(one), np.asarray(two))
    assert not (folder / f"error-{wrong + 1}.png").exists()
    words = page_of(pages, record).words
    assert "SmoothGrad" in words
    assert "in the eight D4 transforms" in words
    assert "Micrograph micrograph_" in words  # as the data name it
    assert "No saliency maps" not in words and "No images" not in words


def test_without_data_the_page_says_so_and_the_rest_is_made(small: Path, tmp_path: Path) -> None:
    assert make(small, tmp_path) == 0
    page = page_of(tmp_path, record_of(small))
    assert "No images: tem_virus/phantom_small: unknown" in page.words
    assert "Predicted" in page.words
    assert "No scores by micrograph: the ids of the patches do not name them" in page.words
    assert not list(tmp_path.rglob("error-*"))
    assert list(tmp_path.rglob("confusion.png"))


@pytest.mark.parametrize("data", ["tem_virus/phantom_small", "folder/phantom_small"])
def test_micrographs_are_told_by_the_ids_of_a_config_but_not_of_a_folder(
    data: str, small: Path, tmp_path: Path
) -> None:
    record = copied(small, tmp_path, data=data, intervals=None)  # those of other micrographs
    file = predictions_path(tmp_path / "records", record, "test")
    text = gzip.decompress(file.read_bytes()).decode()
    file.write_bytes(gzip.compress(re.sub(r"(test/\w+/)(\d+)", r"\1film_\2", text).encode()))
    assert make(tmp_path, tmp_path / "out") == 0
    words = page_of(tmp_path / "out", record).words
    known = data.startswith("tem_virus")
    assert ("No scores by micrograph" in words) is not known
    assert ("Micrograph film" in words) is known


def test_the_data_given_are_looked_for_in_the_data_dir(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    arguments = ["--data", "tem_virus/mirror_11class", "--data-dir", tmp_path / "prepared"]
    assert make(small, tmp_path / "out", *arguments) == 1
    assert f"{tmp_path / 'prepared' / 'tem_virus' / 'mirror_11class'}" in capsys.readouterr().err


def test_without_weights_the_page_says_so(small: Path, tmp_path: Path) -> None:
    arguments = ["--data", small / "data.npz", "--runs", tmp_path / "none"]
    assert make(small, tmp_path, *arguments) == 0
    words = page_of(tmp_path, record_of(small)).words
    assert "No saliency maps: the weights of this run, best-2.npz, are not here." in words
    assert list(tmp_path.rglob("error-1.png"))
    assert not list(tmp_path.rglob("*saliency.png"))


def test_weights_of_another_run_are_not_taken_for_this_one(small: Path, tmp_path: Path) -> None:
    from benchmark.models import registry

    record = copied(small, tmp_path)
    other = registry.model("plain_cnn").build((32, 32, 1), 3, registry.Options())
    file = checkpoint.best(tmp_path / "runs" / record.config / record.run, 2)
    checkpoint.save(file, other.variables)
    assert make(tmp_path, tmp_path / "out", "--data", small / "data.npz") == 0
    assert "they belong to another run" in page_of(tmp_path / "out", record).words
    file.write_bytes(b"damaged")
    with pytest.raises(sources.NotHereError, match=r"No saliency maps: .*best-2.npz: cannot be"):
        sources.network(record, tmp_path / "runs")


def test_other_data_of_the_same_name_give_no_pictures(small: Path, tmp_path: Path) -> None:
    record = copied(small, tmp_path, content_hash="f" * 64)
    assert make(tmp_path, tmp_path / "out", "--data", small / "data.npz") == 0
    assert "the run used ffffffff" in page_of(tmp_path / "out", record).words


def test_a_damaged_file_is_named_and_stops_no_other_page(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    record = copied(small, tmp_path)
    root = tmp_path / "records"
    others = [with_own_predictions(dataclasses.replace(record, seed=seed)) for seed in range(1, 5)]
    for other in others:
        records.write(root, other)
        for split in ("test", "validation"):
            source = predictions_path(root, record, split)
            shutil.copy(source, predictions_path(root, other, split))
    broken = [records.path(root, others[0])]
    broken += [predictions_path(root, other, "test") for other in others[1:]]
    broken[0].write_text("{")
    broken[1].write_bytes(broken[1].read_bytes()[:50])
    small_run.save(root, others[2], "test", np.eye(3)[np.repeat([0, 1, 2], 4)])  # other scores
    text = gzip.decompress(broken[3].read_bytes()).decode()
    broken[3].write_bytes(gzip.compress(text.replace("test/Orf/0", "test/Orf/99").encode()))
    store = ["--data", small / "data.npz", "--runs", tmp_path / "none"]
    assert make(tmp_path, tmp_path / "out", *store) == 1
    errors = [line for line in capsys.readouterr().err.splitlines() if "error: " in line]
    overview = Page(tmp_path / "out" / "index.html").words
    assert len(errors) == len(broken)
    for other, file, error in zip(others, broken, errors, strict=True):
        assert str(file) in error
        assert str(file) in overview
        assert not (tmp_path / "out" / other.config / f"{other.run}.html").exists()
    assert page_of(tmp_path / "out", record).words


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--config", "tem_virus/none"], "none: found no record"),
        (["--records", "gone"], "gone: found no record"),
        (["--config", "none"], "found no record"),
        (["--config", "../up"], "data config: found '../up'"),
        (["--data", "gone.npz"], "gone.npz: no such file"),
    ],
)
def test_wrong_arguments_are_refused_in_one_line(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert report.main(["--out", str(tmp_path / "out"), *arguments]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
    assert not list(tmp_path.iterdir())


def test_pictures_of_unknown_size_have_no_scale_bar() -> None:
    black = np.zeros((64, 64, 1), np.uint8)
    black[0, 0] = 255
    picture = np.asarray(Image.open(io.BytesIO(patch_images.patch_png(black, bar=False))))
    assert picture.shape == (512, 512, 3)
    assert picture[100:].max() == 0


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    black = np.zeros((256, 256, 1), np.uint8)
    black[0, 0], black[-1, -1] = 255, 255
    picture = np.asarray(Image.open(io.BytesIO(patch_images.patch_png(black))))
    white = (picture == 255).all(axis=-1)
    longest = max(white[-60:].sum(axis=1))  # the bar's rows, below its text
    assert longest == 200  # 100 nm are 100 of 256 pixels, 200 of 512
