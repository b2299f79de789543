"""Files from which the HDF5 library does not come back are refused, and the next one is read."""

import pytest
import small_emd
from pictures import SIXTEEN, check

from tem_virus_dataset import DatasetError
from tem_virus_dataset.formats.instruments import hdf5_check
from tem_virus_dataset.formats.instruments.emd import open_pictures

LOOPS = "print('ready', flush=True)\nfor line in __import__('sys').stdin:\n    while True: pass\n"
ENDS = "print('ready', flush=True)\ninput()\n"


@pytest.mark.parametrize("code", [LOOPS, ENDS])
def test_a_file_that_the_library_does_not_come_back_from(tmp_path, monkeypatch, code) -> None:
    path = small_emd.write_velox(tmp_path / "a.emd", SIXTEEN)
    monkeypatch.setattr(hdf5_check, "_walker", None)
    monkeypatch.setattr(hdf5_check, "_WALK", code)
    monkeypatch.setattr(hdf5_check, "EACH", 1.0)
    with pytest.raises(DatasetError, match=r"does not come back from it .* Copy it again"):
        hdf5_check.check(path)
    monkeypatch.undo()
    check(open_pictures, path, SIXTEEN, (5e-10, "m"))


def test_one_process_serves_all_files(tmp_path) -> None:
    hdf5_check.check(small_emd.write_velox(tmp_path / "a.emd", SIXTEEN))
    walker = hdf5_check._walker
    hdf5_check.check(small_emd.write_ncem(tmp_path / "ü b.emd", SIXTEEN))
    assert hdf5_check._walker is walker
    (tmp_path / "c.emd").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(90))
    hdf5_check.check(tmp_path / "c.emd")  # the reader says what is the matter
    assert hdf5_check._walker is walker
