"""Micrographs and results that were moved before their boxes are corrected."""

from pathlib import Path

import pytest
from test_corrections import FILES, predicted

from tem_virus_dataset.__main__ import main


def test_a_project_may_be_moved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "old").mkdir()
    predicted(tmp_path / "old", FILES)
    (tmp_path / "old").rename(tmp_path / "new")
    predictions = tmp_path / "new" / "predictions"
    assert main(["correct", str(predictions), str(tmp_path / "corrected")]) == 0
    assert len(list((tmp_path / "corrected" / "images").rglob("*.png"))) == len(FILES)
    (tmp_path / "new" / "micrographs").rename(tmp_path / "elsewhere")  # without its results
    capsys.readouterr()
    assert main(["correct", str(predictions), str(tmp_path / "again")]) == 1
    assert "If its folder was moved, predict that with the same op" in capsys.readouterr().err
    assert not (tmp_path / "again").exists()


def test_results_may_lie_among_the_micrographs_as_those_of_a_window(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results, micrographs = predicted(tmp_path, FILES), tmp_path / "mine"
    (tmp_path / "micrographs").rename(micrographs)  # the window's copies are gone
    results.rename(micrographs / "predictions")
    place = str(micrographs / "predictions"), str(tmp_path / "corrected")
    changed = micrographs / next(iter(FILES))
    contents = changed.read_bytes()
    changed.write_bytes(contents + b"0")
    assert main(["correct", *place]) == 1
    assert (
        f"{changed}: was changed after the prediction, or is another file"
        in capsys.readouterr().err
    )
    changed.write_bytes(contents)
    assert main(["correct", *place]) == 0
    assert len(list((tmp_path / "corrected" / "images").rglob("*.png"))) == len(FILES)


def test_a_micrograph_that_has_another_name_since_it_was_moved(tmp_path: Path) -> None:
    predicted(tmp_path, FILES)
    (tmp_path / "micrographs").rename(tmp_path / "elsewhere")
    renamed = {f"new_{name}": places for name, places in FILES.items()}
    predictions = predicted(tmp_path, renamed)  # of the same contents
    assert main(["correct", str(predictions), str(tmp_path / "corrected")]) == 0
    names = [file.name for file in (tmp_path / "corrected" / "images").rglob("*.png")]
    assert len(names) == len(FILES)
    assert all(name.startswith("new_") for name in names)
    (tmp_path / next(iter(FILES))).write_bytes(b"of another project, beside the results")
    assert main(["correct", str(predictions), str(tmp_path / "again")]) == 0
