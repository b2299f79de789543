import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BESIDE = {"README.md", "CITATIONS.bib", "TAGS.txt", "py.typed"}  # TFDS and mypy read these


def pip(*arguments: object) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "No matching distribution found for setuptools" in done.stderr:
        pytest.skip("needs setuptools from the package index, to build a wheel")
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
    modules = {path.name for path in (ROOT / "tem_virus_dataset").glob("*.py")}
    assert package == {f"tem_virus_dataset/{name}" for name in modules | BESIDE}
    assert any(name.endswith("LICENSE") for name in names)
    assert wheel.name.startswith("tem_virus-")
    assert wheel.name.endswith("-py3-none-any.whl")


def test_the_version_is_that_of_the_package(wheel):
    import tem_virus_dataset

    assert wheel.name.split("-")[1] == tem_virus_dataset.__version__


def test_it_works_from_another_folder(wheel, fresh, tmp_path):
    pip("install", "--no-deps", "--no-index", "--quiet", "--target", tmp_path / "site", wheel)
    code = """
import json, sys
import tem_virus_dataset, tensorflow_datasets as tfds
print(tem_virus_dataset.__file__)
builder = tfds.builder("tem_virus/phantom_14class", data_dir=sys.argv[1])
print(json.dumps(builder.info.description.split()))
print("matuszewski2021tem" in builder.info.citation)
print(sorted(builder.get_metadata().tags))
print(builder.info.features["image"].shape)
"""
    process = fresh(code, tmp_path, path=str(tmp_path / "site"))
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    file, description, *rest = out.splitlines()
    assert Path(file) == tmp_path / "site" / "tem_virus_dataset" / "__init__.py"
    assert json.loads(description) == (ROOT / "tem_virus_dataset/README.md").read_text().split()
    tags = sorted((ROOT / "tem_virus_dataset/TAGS.txt").read_text().split())
    assert rest == ["True", str(tags), "(256, 256, 1)"]
