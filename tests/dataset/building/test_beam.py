import pickle
import sys

import numpy as np
import pytest
import small_archive
import tensorflow_datasets as tfds

from tem_virus_dataset import Builder, DatasetError
from tem_virus_dataset.__main__ import main
from tem_virus_dataset.building import beam, content_hash, preflight
from tem_virus_dataset.phantoms import viruses
from tem_virus_dataset.sources import mirror, published_patches

PROCESSES = "direct_num_workers=2,direct_running_mode=multi_processing"


@pytest.fixture
def needs_beam():
    pytest.importorskip("apache_beam", reason="needs an environment with the extra: beam")


def build(manual_dir, data_dir, options, config=small_archive.CONFIG):
    builder = Builder(config=config, data_dir=data_dir)
    download = tfds.download.DownloadConfig(manual_dir=manual_dir, **beam.settings(options))
    builder.download_and_prepare(download_config=download)
    return builder


def ordered(builder):
    return [
        (e["id"], content_hash.example_digest(e["label"], e["image"])) for e in builder.examples()
    ]


def test_jobs_travel(archive_zip, tmp_path):
    small_archive.write_mirror(tmp_path)
    for jobs in (
        published_patches.jobs(archive_zip.parent),
        mirror.jobs(tmp_path),
        viruses.jobs(tmp_path),
    ):
        first = list(jobs[0].items())  # a zip is open now
        sent = pickle.dumps(jobs[0])
        assert len(sent) < 2000
        for one, other in zip(first, pickle.loads(sent).items(), strict=True):
            assert (one.name, one.file) == (other.name, other.file)
            np.testing.assert_array_equal(one.image, other.image)


@pytest.mark.parametrize("options", ["", PROCESSES])
def test_beam_builds_the_same_in_the_same_order(
    needs_beam, archive_zip, small_dir, tmp_path, options
):
    built = build(archive_zip.parent, tmp_path, options)
    assert ordered(built) == ordered(Builder(config=small_archive.CONFIG, data_dir=small_dir))


@pytest.mark.parametrize("options", ["", PROCESSES])
def test_a_workers_error_is_told_as_any_other(needs_beam, tmp_path, monkeypatch, options):
    small_archive.write(tmp_path / "manual")
    patch = next((tmp_path / "manual").rglob("train/Orf/1_1.tif"))
    patch.write_bytes(patch.read_bytes()[:5000])
    monkeypatch.setattr(preflight, "sources", lambda jobs: {})  # it would meet the fault first
    with pytest.raises(DatasetError) as caught:
        build(tmp_path / "manual", tmp_path / "data", options)
    assert str(caught.value).startswith(str(patch))
    assert str(caught.value).endswith("Download the archive again, whole.")
    assert not small_archive.left_over(tmp_path / "data")


@pytest.mark.parametrize("error", [RuntimeError("no [while running 'it']"), DatasetError("told")])
def test_other_errors_stay(error):
    with pytest.raises(type(error)) as caught, beam.workers_errors():
        raise error
    assert caught.value is error


def test_without_beam_the_command_says_what_is_missing(monkeypatch, capsys, tmp_path):
    for name in ("apache_beam", "apache_beam.options.pipeline_options"):
        monkeypatch.setitem(sys.modules, name, None)
    assert main(["prepare", "phantom_14class", "--data-dir", str(tmp_path), "--beam"]) == 1
    assert ".[beam]" in capsys.readouterr().err
