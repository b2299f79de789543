"""Further micrographs for a corrected folder: what is there keeps its split and its corrections."""

import shutil
from pathlib import Path

import pytest
from test_corrections import predicted

from tem_virus_dataset.__main__ import main
from tem_virus_dataset.annotations import yolo
from tem_virus_dataset.corrections import adding, untouched
from tem_virus_dataset.corrections import folder as laid_out
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import atomic

SPLITS = ("train", "validation", "test")
Boxes = dict[str, list[tuple[int, float, float]]]
FIRST: Boxes = {f"{name}.tif": [(0, 40, 40), (1, 90, 60)] for name in "abcd"}
LATER: Boxes = {  # of both classes, in turn one and two boxes
    f"{name}.tif": [(1 - number % 2, 40, 40), (1, 90, 60)][: 1 + number % 3 % 2]
    for number, name in enumerate("efghijk")
}


def split_of(folder: Path) -> dict[str, str]:
    return {one.path.name: one.split for one in yolo.read(folder).pictures}


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four micrographs, of which one has a corrected box and a new class."""
    folder = tmp_path / "corrected"
    assert main(["correct", str(predicted(tmp_path / "first", FIRST)), str(folder)]) == 0
    split = split_of(folder)["a.png"]
    (folder / "labels" / split / "a.txt").write_text("2 0.5 0.5 0.25 0.25\n")
    for one in SPLITS:
        with (folder / "labels" / one / "classes.txt").open("a") as file:
            file.write("mine\n")
    with (folder / "data.yaml").open("a") as file:
        file.write('  2: "mine"\n')
    return folder


def both(tmp_path: Path) -> Path:
    """The prediction of the first micrographs and of later ones."""
    return predicted(tmp_path / "second", FIRST | LATER)


def test_what_was_corrected_stays_and_what_is_new_is_dealt_beside_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, splits = contents(folder), split_of(folder)
    predictions = both(tmp_path)
    assert main(["correct", str(predictions), str(folder), "--add"]) == 0
    said = capsys.readouterr().out
    assert "4 of 11 micrographs were there; added: micrographs: 7 (5 train, 1 validation" in said
    after, now = contents(folder), split_of(folder)
    assert splits.items() <= now.items()
    assert sorted(now) == [f"{name}.png" for name in "abcdefghijk"]
    assert [list(now.values()).count(split) for split in SPLITS] == [7, 2, 2]
    for name, data in before.items():
        if name.startswith(("images/", "labels/")):
            assert after[name] == data
        else:
            assert after[name].startswith(data) or name == untouched.FILE
    pictures = {one.path.name: one for one in yolo.read(folder).pictures}
    assert pictures["a.png"].classes == ("mine",)
    assert pictures["e.png"].classes == ("ring",)
    assert len(after["pixel_sizes.csv"].splitlines()) == 12
    assert "10 of 11 label files are as they were predicted" in untouched.notice(folder)
    assert main(["correct", str(predictions), str(folder), "--add"]) == 0
    assert "11 of 11 micrographs were there; nothing was added" in capsys.readouterr().out
    assert contents(folder) == after


def test_a_removed_micrograph_does_not_come_back(folder: Path, tmp_path: Path) -> None:
    split = split_of(folder)["b.png"]
    for file in (f"images/{split}/b.png", f"labels/{split}/b.txt"):
        (folder / file).unlink()
    text = (folder / f"{split}.txt").read_text().replace(f"images/{split}/b.png\n", "")
    (folder / f"{split}.txt").write_text(text)
    assert main(["correct", str(both(tmp_path)), str(folder), "--add"]) == 0
    assert "b.png" not in split_of(folder)


@pytest.mark.parametrize("writes", range(1, 24, 3))
def test_interrupted_anywhere_the_same_command_completes_it(
    writes: int, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    predictions, whole = both(tmp_path), tmp_path / "whole"
    shutil.copytree(folder, whole)
    adding.add(predictions, whole)
    left = iter(range(writes))
    real = atomic.write_bytes

    def write(file: Path, data: bytes) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        real(file, data)

    with monkeypatch.context() as context:
        context.setattr(atomic, "write_bytes", write)
        try:
            adding.add(predictions, folder)
        except KeyboardInterrupt:
            adding.yolo.read(folder)  # it can still be trained on
    monkeypatch.undo()
    adding.add(predictions, folder)
    assert contents(folder) == contents(whole)


def test_classes_that_the_folder_lacks_come_last(folder: Path, tmp_path: Path) -> None:
    predictions = both(tmp_path)
    (predictions / "labels" / "classes.txt").write_text("disc\nspike\n")
    assert main(["correct", str(predictions), str(folder), "--add"]) == 0
    found = yolo.read(folder)
    assert found.classes == ("disc", "ring", "mine", "spike")
    pictures = {one.path.name: one for one in found.pictures}
    assert pictures["e.png"].classes == ("spike",)


def changed(predictions: Path, folder: Path, name: str) -> None:
    """Let something be as a user may have left it."""
    if name == "foreign":
        (folder / untouched.FILE).unlink()
    elif name == "table":
        (folder / untouched.FILE).write_text("label,hash\na,b\n")
    elif name == "header":
        text = (folder / "pixel_sizes.csv").read_text()
        (folder / "pixel_sizes.csv").write_text(text.replace(",", ";"))
    elif name == "coding":
        (folder / "train.txt").write_bytes(b"images/train/\xe4.png\n")
    elif name == "yaml":
        (predictions / "labels" / "classes.txt").write_text("disc\nspike\n")
        with (folder / "data.yaml").open("a") as file:
            file.write("# mine\n")
    else:
        image = next(folder.glob("images/*/b.png"))
        for other in ("e.png", "e.tif.png"):
            shutil.copy(image, image.with_name(other))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("foreign", "has no predicted.csv; expected a folder that tem-virus correct made"),
        ("table", "expected the columns file,sha256,micrograph_sha256"),
        ("header", "begins with 'file;nm_per_pixel'; expected file,nm_per_pixel"),
        ("coding", "train.txt: "),
        ("yaml", 'lacks the predicted class "spike"'),
        ("name", "there already, of another image than e.tif"),
    ],
)
def test_what_cannot_be_added_to_is_refused_before_anything_is_written(
    name: str, message: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    predictions = both(tmp_path)
    changed(predictions, folder, name)
    before = contents(folder)
    assert main(["correct", str(predictions), str(folder), "--add"]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert contents(folder) == before


def test_without_add_the_folder_is_refused_and_the_way_is_named(
    folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match="or give --add"):
        laid_out.write(both(tmp_path), folder)
