"""Damaged files of every kind are read or refused with one line; `fuzz.py` runs for long."""

import collections
import itertools
import os
import signal
from pathlib import Path

import files_of_all_kinds
import fuzz
import numpy as np
import pytest
from read_in_time import Reader

from tem_virus_dataset.formats import compressed
from tem_virus_dataset.formats import read as micrograph

COPIES = 400


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return files_of_all_kinds.write(tmp_path)


def test_the_files_that_are_damaged_can_be_read(files):
    kinds = {compressed.kind(micrograph_file) for micrograph_file in files}
    assert kinds >= {".tif", ".png", ".jpg", ".mrc", ".mrc.gz", ".dm3", ".dm4", ".ser", ".emd"}
    for file in files:
        assert micrograph.read(file).image.shape in ((30, 40), (40, 30))


def test_damaged_files(files, tmp_path):
    endings, faults = collections.Counter(), []
    with Reader(seconds=60) as reader:
        copies = fuzz.damaged(files, tmp_path, np.random.default_rng(11))
        for path, name in itertools.islice(copies, COPIES):
            ending, words = reader.fault(path)
            endings[ending] += 1
            if ending == "fault":
                faults.append(f"{name}: {words}")
    assert not faults, "\n".join(faults)
    assert endings["read"] > COPIES / 10
    assert endings["refused"] > COPIES / 10


def test_a_process_that_ends_or_hangs_is_a_fault(files):
    with Reader(seconds=60) as reader:
        assert reader.fault(files[0]) == ("read", "(30, 40)")
        os.kill(reader._process.pid, signal.SIGSTOP)  # else it may answer in no time
        reader.seconds = 0.1
        assert reader.fault(files[0]) == ("fault", "hangs for more than 0.1 s")
        reader.seconds = 60
        assert reader.fault(files[0]) == ("read", "(30, 40)")


def test_a_command_finds_the_files_of_folders(files, tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("none of them")
    assert fuzz.originals([tmp_path, files[0]]) == sorted([*files, files[0]])
    arguments = ["--minutes", "0", "--keep", str(tmp_path / "keep"), str(files[0])]
    assert fuzz.main(arguments) == 0
    assert "1 damaged files of 1; 0 kinds of fault" in capsys.readouterr().out
    assert not (tmp_path / "keep").exists()
