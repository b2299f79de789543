"""Atomic writing."""

from pathlib import Path

from tem_virus_dataset.files.atomic import write_bytes

LONGEST = 255  # bytes of a name, in most file systems


def test_names_may_be_as_long_as_a_file_system_takes(tmp_path: Path) -> None:
    file = tmp_path / ("a" * (LONGEST - 4) + ".csv")
    write_bytes(file, b"first")
    write_bytes(file, b"second")
    assert file.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [file]
