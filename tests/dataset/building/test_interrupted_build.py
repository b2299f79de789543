"""Builds that end in the middle, or meet another: nothing is left half made."""

import errno
import logging
import os

import pytest
import small_archive
import tensorflow as tf
from refusal import refused
from small_archive import build, left_over
from tensorflow_datasets.core.shuffle import Shuffler

from tem_virus_dataset import Builder
from tem_virus_dataset.__main__ import main
from tem_virus_dataset.building import exclusive


def after(calls: int, function, error: Exception):
    """Make a function fail at its n-th call."""
    counter = iter(range(calls))

    def failing(*arguments, **options):
        if next(counter, None) is None:
            raise error
        return function(*arguments, **options)

    return failing


NUMBERS = {os.strerror(n): n for n in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)}


@pytest.mark.parametrize("full", NUMBERS)
@pytest.mark.parametrize(
    "owner, name, error",
    [
        (
            tf.io.TFRecordWriter,
            "write",
            lambda full: tf.errors.ResourceExhaustedError(None, None, f"a; {full}"),
        ),
        (Shuffler, "add", lambda full: OSError(NUMBERS[full], full)),
    ],
)
def test_the_disk_gets_full_in_the_middle(archive, data_dir, monkeypatch, owner, name, error, full):
    monkeypatch.setattr(owner, name, after(30, getattr(owner, name), error(full)))  # train has 29
    message = refused(archive, data_dir)
    assert message.startswith(f"{data_dir}/tem_virus/small: not enough disk space")
    assert full in message
    monkeypatch.undo()
    assert len(list(build(archive, data_dir).examples())) == len(small_archive.PATCHES)


def test_a_largest_size_of_files_is_a_full_disk(archive, data_dir, monkeypatch, capsys):
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    command = prepare_small(archive, data_dir, monkeypatch)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        assert main(command) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    err = capsys.readouterr().err
    place = data_dir / "tem_virus/patches_14class"
    assert f"error: {place}: not enough disk space, or of what you" in err
    assert "File too large" in err
    assert [p.name for p in place.iterdir()] == [".build.lock"]


def prepare_small(archive, data_dir, monkeypatch) -> list[str]:
    """Let the command prepare the small archive; returns its arguments."""
    config = Builder.builder_configs["patches_14class"]
    monkeypatch.setattr(config, "expected", small_archive.EXPECTED)
    monkeypatch.setattr(config, "megabytes", 1)
    place = ["--data-dir", str(data_dir), "--manual-dir", str(archive)]
    return ["prepare", "tem_virus/patches_14class", *place]


def test_another_error_in_the_middle_is_not_taken_for_a_full_disk(archive, data_dir, monkeypatch):
    error = OSError(errno.EIO, "broken disk")
    monkeypatch.setattr(Shuffler, "add", after(9, Shuffler.add, error))
    with pytest.raises(OSError, match="broken disk"):
        build(archive, data_dir)
    assert left_over(data_dir) == []


HALF_WAY = """
import sys
from pathlib import Path
import small_archive
from tem_virus_dataset.formats import image_file as module

encode, made = module.png16, []

def stop_half_way(image):
    made.append(image)
    if len(made) == 20:
        print("half way", flush=True)
        sys.stdin.readline()
    return encode(image)

module.png16 = stop_half_way
small_archive.build(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.fixture
def half_way(fresh, archive, data_dir):
    """Another process that has stopped in the middle of the same build."""
    process = fresh(HALF_WAY, archive, data_dir)
    assert "half way\n" in iter(process.stdout.readline, ""), process.stderr.read()
    yield process
    process.kill()
    process.communicate()


def test_a_second_build_at_the_same_time_loads_the_result_of_the_first(
    half_way, archive, data_dir, monkeypatch
):
    waiting = []

    def warned(record: logging.LogRecord) -> bool:
        waiting.append([record.getMessage(), *(name[:10] for name in left_over(data_dir))])
        half_way.stdin.write("go on\n")
        half_way.stdin.flush()
        return False

    monkeypatch.setattr(logging.getLogger(exclusive.__name__), "filters", [warned])
    builder = build(archive / "gone", data_dir)
    ((text, *found),) = waiting
    assert f"{data_dir}/tem_virus/small: another build of this config is going on" in text
    assert found == ["incomplete"]  # the first's, untouched
    assert len(list(builder.examples())) == len(small_archive.PATCHES)
    assert half_way.wait(timeout=100) == 0


def test_a_killed_build_is_cleared_away_by_the_next(half_way, archive, data_dir):
    half_way.kill()
    half_way.communicate()
    assert [name[:10] for name in left_over(data_dir)] == ["incomplete"]
    builder = build(archive, data_dir)
    assert left_over(data_dir) == ["1.0.0"]
    assert len(list(builder.examples())) == len(small_archive.PATCHES)


def test_an_interrupted_build_says_so_and_leaves_nothing(archive, data_dir, monkeypatch, capsys):
    monkeypatch.setattr(Shuffler, "add", after(9, Shuffler.add, KeyboardInterrupt()))
    assert main(prepare_small(archive, data_dir, monkeypatch)) == 130
    assert "interrupted; nothing is left half written" in capsys.readouterr().err
    assert left_over(data_dir) == []
