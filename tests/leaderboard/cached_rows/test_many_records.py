"""The synthetic records by which rendering is timed are records like others."""

from pathlib import Path

import many_records
import pytest

from leaderboard.render import HERE, read


def test_synthetic_records_are_scored_like_others_and_a_folder_can_grow(tmp_path: Path) -> None:
    root = tmp_path / "records"
    many_records.write(root, 3)
    before = {file: file.stat().st_mtime_ns for file in root.rglob("*") if file.is_file()}
    many_records.write(root, 4)
    assert {file: file.stat().st_mtime_ns for file in before} == before
    rows = [row for row in read(root).rows[many_records.DATA] if row.records]
    assert [row.seeds for row in rows] == ["0, 1, 2", "0"]
    assert len({seed.test["f1"] for row in rows for seed in row.records if seed.test}) == 4


def test_synthetic_records_stay_out_of_the_repository(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        many_records.main([str(HERE / "records")])
    assert "is in the repository" in capsys.readouterr().err
