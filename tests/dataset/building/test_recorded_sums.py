"""Checksums of the archive: recorded at the first build, enforced afterwards."""

import dataclasses
import hashlib

import pytest
import small_archive
from refusal import PATCH, PATCHES, refused
from small_archive import build

from tem_virus_dataset import DatasetError
from tem_virus_dataset.files import manifest
from tem_virus_dataset.sources import mirror


def test_sums_are_recorded_at_first_and_enforced_afterwards(
    manual_dir, patches, data_dir, tmp_path
):
    build(manual_dir, data_dir)
    record = data_dir / "tem_virus/mendeley.sha256"
    lines = record.read_text().splitlines()
    assert sum(not line.startswith("#") for line in lines) == len(small_archive.PATCHES)
    digest = hashlib.sha256((patches / PATCH).read_bytes()).hexdigest()
    at = lines.index(f"{digest}  {PATCHES}/{PATCH}")
    assert lines[at - 1] == f"# {(patches / PATCH).stat().st_size} bytes"

    data = bytearray((patches / PATCH).read_bytes())
    data[-1] ^= 1  # a pixel, of an image that still opens
    (patches / PATCH).write_bytes(data)
    config = dataclasses.replace(small_archive.CONFIG, name="later")
    with pytest.raises(DatasetError) as caught:
        build(manual_dir, data_dir, config)
    assert f"{patches / PATCH}: {len(data)} bytes with sha256 " in str(caught.value)
    assert "expected the file that is on record, " in str(caught.value)
    assert f"{digest}. Put the published file in its place" in str(caught.value)
    assert str(caught.value).endswith(f"If a wrong copy was recorded, delete {record}.")
    assert record.read_text().splitlines() == lines
    assert not list(data_dir.glob("tem_virus/later/1*"))

    record.unlink()
    build(manual_dir, data_dir, config)  # recorded anew
    assert digest not in record.read_text()


def test_configs_that_are_built_at_once_record_together(archive, data_dir, fresh):
    code = """
import sys
from pathlib import Path
import small_archive, tensorflow
print("ready", flush=True)
sys.stdin.readline()
small_archive.build(Path(sys.argv[1]), Path(sys.argv[2]), small_archive.CONFIGS[int(sys.argv[3])])
"""
    other = fresh(code, archive, data_dir, 0)
    assert "ready\n" in iter(other.stdout.readline, ""), other.stderr.read()
    other.stdin.write("go on\n")
    other.stdin.flush()
    build(archive, data_dir, small_archive.CONFIGS[5])
    _, err = other.communicate(timeout=300)
    assert other.returncode == 0, err
    known = manifest.read(data_dir / "tem_virus/mendeley.sha256")
    raws = 3 * len(set(small_archive.ALL_PATCHES.values()))
    assert len(known) == len(small_archive.PATCHES) + raws


def test_a_failed_build_records_nothing(manual_dir, patches, data_dir):
    (patches / "test/Rotavirus/1_1.tif").write_bytes(b"")
    refused(manual_dir, data_dir)
    assert not list(data_dir.rglob("*.sha256"))


def test_the_mirror_must_be_the_published_one(tmp_path, data_dir):
    small_archive.write_mirror(tmp_path / "manual")
    config = dataclasses.replace(small_archive.MIRROR_CONFIG, source=mirror.MIRROR)
    message = refused(tmp_path / "manual", data_dir, config=config)
    assert f"{tmp_path / 'manual'}: 1402 missing: images/test/" in message
    assert " and 1392 more; 10 not on record: images/test/Ebola_z.jpg, images/test/Orf_z" in message
    assert "expected the files on record, the mirror as published" in message
