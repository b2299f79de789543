"""`tem-virus doctor`: what it finds on this machine, and what it says of one that lacks much."""

import configparser
import importlib.metadata
import json
import re

from project_paths import ROOT

from tem_virus_dataset import builders
from tem_virus_dataset.__main__ import main
from tem_virus_dataset.commands import doctor


def test_it_finds_versions_machine_and_prepared_data(phantom_dir, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["doctor", "--json", "--data-dir", str(phantom_dir)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["versions"]["numpy"] == importlib.metadata.version("numpy")
    assert found["cores"] >= 1
    assert found["free_gb"] > 0
    names = [one["name"].removeprefix("tem_virus/") for one in found["configs"]]
    assert names == builders.names()
    paths = {one["name"]: one["path"] for one in found["configs"] if one["path"]}
    prepared = str(phantom_dir / "tem_virus/phantom_14class/1.0.0")
    assert paths == {"tem_virus/phantom_14class": prepared}
    assert (found["records"], found["weights"]) == (None, None)


def test_a_config_is_found_in_its_own_version(tmp_path):
    """Those with sessions have another than the rest of the data set."""
    for name in builders.names():
        folder = builders.named(name, tmp_path).data_path
        folder.mkdir(parents=True)
        (folder / "dataset_info.json").touch()
    report = doctor.examine(tmp_path, tmp_path)
    assert [one.name for one in report.configs if not one.path] == []
    assert {one.version for one in report.configs} >= {"1.0.0", "1.1.0"}


def test_in_a_clone_it_counts_records_and_weights(tmp_path):
    records, run = tmp_path / "leaderboard/records/a", tmp_path / "runs/a/plain_cnn-s0"
    records.mkdir(parents=True)
    run.mkdir(parents=True)
    for file in (
        records / "b.json", records / "c.json", records / "d.failed.json", run / "best-3.npz",
        run / "last.npz",
    ):  # fmt: skip
        file.touch()
    report = doctor.examine(tmp_path / "data", tmp_path)
    assert (report.records, report.weights) == (2, 1)
    assert "records of runs          2\n" in doctor.as_text(report)
    assert doctor.TRAIN not in doctor.as_text(report)
    (run / "best-3.npz").rename(tmp_path / "runs" / "best-1.npz")
    quick = tmp_path / "runs/quick/plain_cnn-scratch-quick-s0"
    quick.mkdir(parents=True)
    (tmp_path / "runs" / "best-1.npz").rename(quick / "best-1.npz")  # it has learned nothing
    assert doctor.TRAIN in doctor.as_text(doctor.examine(tmp_path / "data", tmp_path))
    (records / "b.onnx").touch()
    report = doctor.examine(tmp_path / "data", tmp_path)
    assert report.networks == 1
    assert doctor.TRAIN not in doctor.as_text(report)


def test_what_is_missing_is_named_with_its_remedy(tmp_path, monkeypatch):
    real = doctor.importlib.util.find_spec
    gone = {"tensorflow", "array_record"}
    monkeypatch.setattr(
        doctor.importlib.util, "find_spec", lambda name: None if name in gone else real(name)
    )
    text = doctor.as_text(doctor.examine(tmp_path, tmp_path))
    assert '  tfds.load: pip install -e ".[tensorflow]" in a clone of the repository' in text
    assert '  tfds.data_source: pip install -e ".[notebook]" in a clone of the repository' in text
    assert "python -m benchmark.run:" not in text  # it runs on JAX


def test_a_missing_package_of_an_extra_is_noticed():
    """Each that is installed for a command is among what the command needs."""
    modules = {"opencv-python-headless": "cv2"}
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = dict(setup["options.extras_require"])
    for extra, command in (("predict", "predict"), ("app", "app"), ("audit", "audit")):
        needed = {name for group in doctor.NEEDS[f"tem-virus {command}"][0] for name in group}
        packages = re.findall(r"^ *([\w-]+)>=", extras[extra], re.MULTILINE)
        assert {modules.get(name, name) for name in packages} == needed


def test_a_data_dir_that_cannot_be_used_is_broken(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main(["doctor", "--data-dir", str(tmp_path / "file" / "data")]) == 1
    out = capsys.readouterr().out
    assert f"{tmp_path}/file/data: cannot be used; expected a folder" in out
    assert "the data set can be used" not in out


def test_it_imports_nothing_heavy(fresh, tmp_path):
    code = (
        "import sys; from tem_virus_dataset.__main__ import main; main(['doctor']);"
        "sys.exit(str({'tensorflow', 'keras', 'jax'} & set(sys.modules)))"
    )
    _, error = fresh(code).communicate(timeout=100)
    assert error.strip() == "set()"
