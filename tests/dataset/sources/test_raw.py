"""The RAW part alone: re-cropped patches, and whole micrographs."""

import numpy as np
import pytest
import reference
import small_archive
from PIL import Image

from tem_virus_dataset import facts
from tem_virus_dataset.sources import raw

RECROPPED, MICROGRAPHS = (
    next(c for c in small_archive.CONFIGS if c.name == f"small_{name}")
    for name in ("recropped_14class", "micrographs_22class")
)
EVERY = set(small_archive.ALL_PATCHES.values())


def examples(manual_dir, data_dir, config):
    builder = small_archive.build(manual_dir, data_dir, config)
    return {e["id"]: e for e in builder.examples()}


def write(folder, dtype):
    for micrograph in EVERY:
        small_archive.write_raw(folder, micrograph, small_archive.raw(micrograph, dtype))


@pytest.fixture(scope="module", params=[np.uint16, np.uint8], ids=["16 bits", "8 bits"])
def dtype(request):
    return request.param


@pytest.fixture(scope="module")
def manual_dir(dtype, tmp_path_factory):
    """A manual dir that holds `context_virus_RAW` and nothing else."""
    folder = tmp_path_factory.mktemp("raw")
    write(folder, dtype)
    assert [path.name for path in folder.iterdir()] == [raw.RAW]
    return folder


@pytest.fixture(scope="module")
def recropped(manual_dir, tmp_path_factory):
    return examples(manual_dir, tmp_path_factory.mktemp("recropped"), RECROPPED)


@pytest.fixture(scope="module")
def micrographs(manual_dir, tmp_path_factory):
    return examples(manual_dir, tmp_path_factory.mktemp("micrographs"), MICROGRAPHS)


def test_patches_are_those_of_an_independent_computation(recropped, dtype):
    expected = {}
    for micrograph in EVERY:
        split, class_name, stem = micrograph.split("/")
        if class_name in facts.CLASSES_14:
            made = small_archive.raw(micrograph, dtype)
            patches = reference.patches(made.image, made.nm_per_pixel, made.particles)
            for number, image in enumerate(patches, start=1):
                expected[f"{split}/{class_name}/{stem}_{number}"] = micrograph, image
    assert {i: e["micrograph"] for i, e in recropped.items()} == {
        i: micrograph for i, (micrograph, _) in expected.items()
    }
    assert len(expected) == len(small_archive.PATCHES)
    for patch, example in recropped.items():
        image = example["image"]
        assert (image.shape, image.dtype) == ((256, 256, 1), np.uint16)
        assert facts.CLASSES_14[example["label"]] == patch.split("/")[1]
        # half a count of rounding, and what Pillow's float32 adds
        difference = np.abs(image[..., 0] - expected[patch][1].astype(np.float64))
        assert difference.max() < 0.52


def test_micrographs_are_whole_and_know_their_points(micrographs, dtype):
    assert sorted(micrographs) == sorted(EVERY)
    kinds = set()
    for name, example in micrographs.items():
        made = small_archive.raw(name, dtype)
        assert example["micrograph"] == name
        assert facts.CLASSES_22[example["label"]] == name.split("/")[1]
        assert example["nm_per_pixel"] == made.nm_per_pixel
        assert example["image"].dtype == np.uint16
        np.testing.assert_array_equal(example["image"][..., 0], made.image)
        points = [point for particle in made.particles for point in particle]
        np.testing.assert_array_equal(example["points"], points)
        owners = [n for n, particle in enumerate(made.particles) for _ in particle]
        np.testing.assert_array_equal(example["particle"], owners)
        kinds |= {len(particle) for particle in made.particles}
    assert kinds == {1, 2, 3}  # round, oval, centre line


@pytest.mark.parametrize("config", [RECROPPED, MICROGRAPHS], ids=lambda config: config.name)
def test_a_zip_of_the_raw_part_gives_the_same(manual_dir, recropped, micrographs, tmp_path, config):
    small_archive.pack(manual_dir, tmp_path / "raw only.zip")
    zipped = examples(tmp_path, tmp_path / "data", config)
    folder = {RECROPPED.name: recropped, MICROGRAPHS.name: micrographs}[config.name]
    found, expected = (
        {i: config.digest(e) for i, e in built.items()} for built in (zipped, folder)
    )
    assert found == expected
    assert len(set(found.values())) == len(found)


def test_of_a_picture_in_rgb_one_channel_is_taken(tmp_path):
    write(tmp_path, np.uint8)
    path = tmp_path / raw.RAW / "train/Orf/tr-train.tif"
    gray = np.asarray(Image.open(path))
    small_archive.save(path, np.dstack([gray, gray, gray]))
    assert Image.open(path).mode == "RGB"
    jobs = {job.micrograph: job for job in raw.micrographs(tmp_path)}
    (item,) = jobs["train/Orf/tr-train"].items()
    assert (item.image.dtype, item.stem) == (np.uint8, "tr-train")
    np.testing.assert_array_equal(item.image, gray)


def test_jobs_count_what_they_yield(manual_dir):
    jobs = raw.recropped(manual_dir)
    assert [job.count for job in jobs] == [len(list(job.items())) for job in jobs]
    assert sorted(f"{job.split}/{job.class_name}" for job in jobs if job.count > 2) == [
        "train/Adenovirus"
    ]


def test_files_spelled_with_other_capitals_are_found(tmp_path):
    write(tmp_path, np.uint8)
    folder = tmp_path / raw.RAW / "train/Orf"
    (folder / "tr-train.tif").rename(folder / "tr-train.TIF")
    for path in [*folder.glob("tags/*"), *folder.glob("particle_positions/*")]:
        path.rename(path.with_name(path.name.upper()))
    jobs = {job.micrograph: job for job in raw.micrographs(tmp_path)}
    (item,) = jobs["train/Orf/tr-train"].items()
    np.testing.assert_array_equal(
        item.image, small_archive.raw("train/Orf/tr-train", np.uint8).image
    )
