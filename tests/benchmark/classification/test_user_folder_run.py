"""Runs and files of a user's own folder of patches."""

from pathlib import Path

import pytest
from own_patches import save
from project_paths import ROOT
from running import runs_inside

from benchmark import export, run, tasks
from benchmark.classification import read as reading
from benchmark.classification import user_folder
from benchmark.runs.job import run_folder
from leaderboard.results import store as records
from tem_virus_dataset import facts
from tem_virus_dataset.micrographs.patch import cut
from tem_virus_dataset.phantoms import viruses


@pytest.mark.parametrize("name", ["mirror_11class", "records"])
def test_runs_on_a_folder_share_no_folder_with_the_benchmarks(own: Path, name: str) -> None:
    data = user_folder.describe(own.rename(own.with_name(name))).dataset
    runs = Path("runs")
    assert run_folder(runs, data, "one") == runs / f"folder-{name}" / "one"
    assert run_folder(runs, f"tem_virus/{name}", "one") == runs / name / "one"


def test_a_folder_is_exported_to_one_file(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(own)
    file = str(tmp_path / "mine.npz")
    assert export.main(["folder:.", file]) == 0
    one, two = user_folder.read(own), reading.load(file)
    assert tasks.describe(file) == tasks.describe("folder:.")
    assert one.content_hash == two.content_hash
    assert one.splits["test"].micrographs.tolist() == two.splits["test"].micrographs.tolist()
    (own / "test/Orf/a.png").write_bytes(b"")
    assert export.main(["folder:.", file]) == 1
    assert "a.png: an empty file" in capsys.readouterr().err


def small_phantoms(root: Path) -> Path:
    """Write 64x64 middles of phantoms of two classes, in a folder for each micrograph."""
    for name in ("Astrovirus", "Ebola"):
        for number in range(viruses.PER_CLASS):
            made = viruses.micrograph(name, number)
            for place, centre in enumerate(made.centres[:2]):
                image = cut(made.image, *centre)[96:160, 96:160]
                save(image, root / made.split / name / made.stem / f"{place}.png")
    return root


def do(*arguments: object) -> int:
    """Run the command and its runs in this process and in its working folder."""
    settings = ["samples_per_class=8", "batch_size=8", "epochs=1", *map(str, arguments)]
    with runs_inside():
        return run.main(["--runs", "runs", "--recipe", "quick", "--set", *settings])


def test_a_model_is_trained_on_a_folder_and_its_row_stays_out_of_the_leaderboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    small_phantoms(tmp_path / "own")
    files = [ROOT / "README.md", *(ROOT / "leaderboard").rglob("*.*")]
    pages = [file for file in files if "__pycache__" not in file.parts]  # other processes write it
    before = {page: page.stat().st_mtime_ns for page in pages}
    arguments = ["image_size=32", "--models", "tiny_classifier", "--data", "folder:own"]
    assert do(*arguments) == 0
    out, err = capfd.readouterr()
    assert "folder/own: 2 classes" in out
    assert "tiny_classifier" in out.split("test split")[1]
    assert "reading own" not in err  # the bar is hidden where output is redirected
    (record,) = records.read_all(tmp_path / "runs" / "records")
    data = user_folder.read(tmp_path / "own")
    assert (record.data, record.data_version) == ("folder/own", data.version)
    assert (record.status, record.content_hash) == ("finished", data.content_hash)
    assert list((tmp_path / "runs" / "folder-own" / record.run).glob("best-*.npz"))
    assert "A user's own images" in (tmp_path / "runs/records/README.md").read_text()
    assert {page: page.stat().st_mtime_ns for page in before} == before
    assert do(*arguments) == 0
    assert "finished before" in capfd.readouterr().out
    for split in facts.SPLITS:
        (tmp_path / "own" / split / "Ebola").rename(tmp_path / "own" / split / "Orf")
    assert do(*arguments) == 1
    assert f"finished with data={data.version}; expected data=" in capfd.readouterr().err


def test_a_side_that_does_not_divide_the_pictures_is_told_with_the_remedy(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    arguments = ["--models", "plain_cnn", "--data", f"folder:{own}", "--runs", str(tmp_path / "r")]
    assert run.main([*arguments, "--set", "image_size=64"]) == 1
    error = capsys.readouterr().err
    assert "image_size 64: found images of 32x32 pixels" in error
    assert "--set image_size=" in error
    assert not (tmp_path / "r").exists()  # no run was begun, none has failed
