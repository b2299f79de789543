"""The command that computes the intervals of records anew."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from leaderboard import intervals
from leaderboard.render import HERE
from leaderboard.results import store


def test_outdated_intervals_are_written_anew_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    record = next(
        one for one in store.read_all(HERE / "records", "phantom_14class") if one.model == "custom"
    )
    root = tmp_path / "records"
    for file in (HERE / "records" / record.config).glob(f"{record.run}.*"):
        (root / record.config).mkdir(parents=True, exist_ok=True)
        shutil.copy(file, root / record.config)
    arguments = ["--records", str(root)]
    old = dataclasses.replace(record, intervals={"f1": [0.0, 1.0]})
    file = store.write(root, old)
    assert intervals.main([*arguments, "--check"]) == 1
    assert f"{file}: outdated" in capsys.readouterr().err
    assert store.read(file) == old
    assert intervals.main(arguments) == 0
    assert capsys.readouterr().out == f"wrote {file}\n"
    new = store.read(file)
    assert set(new.intervals) == set(new.test)
    assert dataclasses.replace(new, intervals=old.intervals) == old
    assert intervals.main([*arguments, "--check"]) == 0
    assert "up to date" in capsys.readouterr().out


def test_a_folder_without_records_is_not_up_to_date(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert intervals.main(["--check", "--records", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.count(f"{tmp_path}: found no record")) == ("", 1)
