import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from project_paths import ROOT

ALONE = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}


def pip(*arguments: object) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    # with the repository on its path, pip takes the wheel for installed
    done = subprocess.run(command, env=ALONE, capture_output=True, text=True, check=False)
    if "No matching distribution found for" in done.stderr:
        pytest.skip("needs the package index: " + done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    source = tmp_path_factory.mktemp("source")
    for path in ROOT.iterdir():  # a copy, so that the build leaves nothing in the repository
        if path.is_file():
            shutil.copy(path, source)
    for package in ("tem_virus_dataset", "benchmark", "leaderboard", "tests"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, source / package, ignore=ignored)
    pip("wheel", "--no-deps", "--quiet", "--wheel-dir", source / "dist", source)
    (made,) = (source / "dist").iterdir()
    return made


def test_it_holds_the_data_set_alone(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    package = {name for name in names if ".dist-info/" not in name}
    folder = ROOT / "tem_virus_dataset"
    files = {path for path in folder.rglob("*") if path.is_file()}
    kept = {path.relative_to(ROOT).as_posix() for path in files if path.suffix != ".pyc"}
    assert package == kept
    assert any(name.endswith("LICENSE") for name in names)
    assert wheel.name.startswith("tem_virus-")
    assert wheel.name.endswith("-py3-none-any.whl")


def test_the_version_is_that_of_the_package(wheel):
    import tem_virus_dataset

    assert wheel.name.split("-")[1] == tem_virus_dataset.__version__


def test_it_loads_in_an_empty_environment(wheel, tmp_path):
    venv.create(tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    # with what it declares to need, no more; most of it is never imported, so not compiled
    pip("--python", python, "install", "--quiet", "--no-compile", wheel)
    code = """
import json, sys
import tem_virus_dataset, tensorflow_datasets as tfds
print(tem_virus_dataset.__file__)
builder = tfds.builder("tem_virus/phantom_14class", data_dir=sys.argv[1])
print(json.dumps(builder.info.description.split()))
print("matuszewski2021tem" in builder.info.citation)
print(sorted(builder.get_metadata().tags))
print(builder.info.features["image"].shape)
exosomes = tfds.builder("tem_exosome/phantom", data_dir=sys.argv[1])
print("gomez2019frunet" in exosomes.info.citation)
"""
    done = subprocess.run(
        [python, "-c", code, tmp_path],
        cwd=tmp_path,
        env=ALONE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    file, description, *rest = done.stdout.splitlines()
    assert Path(file).is_relative_to(tmp_path / "venv")
    assert (
        json.loads(description)
        == (ROOT / "tem_virus_dataset/tem_virus/README.md").read_text().split()
    )
    tags = sorted((ROOT / "tem_virus_dataset/tem_virus/TAGS.txt").read_text().split())
    assert rest == ["True", str(tags), "(256, 256, 1)", "True"]
