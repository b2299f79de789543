"""The shipped tables of boxes, and how they are made."""

import dataclasses
from pathlib import Path

import made_boxes
import numpy as np
import pytest

from benchmark.detection import ground_truth
from benchmark.detection import read as reading
from benchmark.detection.data import Scene, Scenes
from benchmark.ground_truth import main
from leaderboard.ground_truth import classification as patch_truth
from leaderboard.ground_truth import detection as box_truth
from leaderboard.ground_truth.table_files import SPLITS, GroundTruthError
from tem_virus_dataset import facts
from tem_virus_dataset.sources import mirror
from tem_virus_dataset.tem_virus import session_counts

MIRROR = "tem_virus/mirror_11class_boxes"


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize(
    "data, expected",
    [
        ("mirror_11class", mirror.EXPECTED),
        ("mirror_11class_sessions", session_counts.MIRROR_11CLASS),
    ],
)
def test_the_shipped_table_counts_what_the_patches_count(
    split: str, data: str, expected: facts.Counts
) -> None:
    table = box_truth.read(f"tem_virus/{data}_boxes", split)
    assert table.classes == tuple(expected)
    counts = np.bincount(table.labels, minlength=len(table.classes))
    assert counts.tolist() == [row[split] for row in expected.values()]
    patches = patch_truth.read(f"tem_virus/{data}", split)
    assert table.ids.tolist() == sorted(set(patches.micrographs.tolist()))
    named = [table.ids[n].split("/")[1] for n in table.micrographs]
    assert named == [table.classes[label] for label in table.labels]
    assert (table.strata[table.micrographs] == table.labels).all()
    assert (table.nm_per_pixel == 1).all()
    corners = table.boxes[:, :2] + table.boxes[:, 2:] / 2
    assert (corners <= table.sizes[table.micrographs] + 0.01).all()
    assert (table.boxes[:, :2] - table.boxes[:, 2:] / 2 >= -0.01).all()
    assert not set(box_truth.known()) & set(patch_truth.known())


def test_the_boxes_of_round_particles_have_the_size_of_their_class() -> None:
    """Where the image's border does not cut them off; see the card of the data."""
    table = box_truth.read("mirror_11class_boxes", "test")
    sides = {"Adenovirus": 80, "Norovirus": 30, "Rotavirus": 80, "CCHF": 150}
    for name, side in sides.items():
        boxes = table.boxes[table.labels == table.classes.index(name), 2:]
        assert np.median(boxes, axis=0) == pytest.approx([side, side], abs=0.02)
        assert boxes.max() <= side + 0.01


def scenes() -> Scenes:
    """Three micrographs a split, one without a particle and one of unknown scale."""
    rng = np.random.default_rng(0)

    def scene(split: str, number: int, count: int) -> Scene:
        boxes = rng.uniform(5, 90, (count, 4)).astype(np.float32)
        labels = rng.integers(0, 2, count) if number else np.arange(count) % 2
        scale = None if number == 1 else 1.234
        image = np.zeros((100, 120), np.uint8)
        return Scene(f"{split}/field/{number}", image, boxes, labels, scale)

    parts = {
        split: [scene(split, number, count) for number, count in enumerate((4, 0, 2))]
        for split in ("train", *SPLITS)
    }
    return Scenes("tem_exosome/made", "1.2.0", ("debris", "vesicle"), "0" * 64, parts)


def test_a_table_of_scenes_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    made = ground_truth.tables(scenes())
    file = box_truth.write(tmp_path, made)
    assert file == tmp_path / "tem_exosome" / "made-1.2.0.csv"
    assert box_truth.is_table(file)
    for table in made:
        again = box_truth.read("tem_exosome/made", table.split, file)
        for field in dataclasses.fields(table):
            one, other = getattr(table, field.name), getattr(again, field.name)
            if isinstance(one, np.ndarray):
                np.testing.assert_array_equal(one, other)
            else:
                assert one == other
    assert made[0].ids.tolist() == [f"validation/field/{n}" for n in range(3)]
    assert made[0].sizes.tolist() == [[120, 100]] * 3
    assert np.isnan(made[0].nm_per_pixel).tolist() == [False, True, False]
    assert made[0].strata.tolist()[1] == -1


def test_the_command_makes_a_table_of_boxes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = dataclasses.replace(scenes(), config=MIRROR)
    asked = []

    def load(*given: object) -> Scenes:
        asked.append(given)
        return made

    monkeypatch.setattr(reading, "load", load)
    assert main([MIRROR, str(tmp_path), "--data-dir", "prepared"]) == 0
    assert asked == [(MIRROR, Path("prepared"))]
    file = tmp_path / "tem_virus" / "mirror_11class_boxes-1.2.0.csv"
    assert capsys.readouterr().out == f"wrote {file}\n"
    assert box_truth.read(MIRROR, "test", file).classes == ("debris", "vesicle")
    made = dataclasses.replace(made, classes=(*made.classes, "nothing"))
    assert main([MIRROR, str(tmp_path)]) == 1
    assert "no box of nothing" in capsys.readouterr().err


def test_a_class_without_a_box_cannot_be_written(tmp_path: Path) -> None:
    table = made_boxes.table([(0, 0, 10, 10, 5, 5)])
    with pytest.raises(GroundTruthError, match="no box of ring in validation and test"):
        box_truth.write(tmp_path, [table])


HEADER = ",".join(box_truth.COLUMNS)
ROW = "test/a/b,100,100,1,a,5,5,2,2"


@pytest.mark.parametrize(
    "name, text, said",
    [
        ("made-1.0.0.csv", "", "cannot be read"),
        ("made-1.0.0.csv", "id,label\n", "found the columns"),
        ("made-1.0.0.csv", f"{HEADER}\n{ROW},1\ntest/a/b,1", "cannot be read"),
        ("made-1.0.0.csv", f"{HEADER}\n{ROW.replace('2,2', '0,2')}\n", "a box without size"),
        ("made-1.0.0.csv", f"{HEADER}\n{ROW.replace('5,5', 'nan,5')}\n", "cannot be read"),
        ("made-1.0.0.csv", f"{HEADER}\n{ROW.replace('100', 'x')}\n", "cannot be read"),
        ("made-1.0.0.csv", f"{HEADER}\n{ROW.replace('test', 'train')}\n", "no test micrograph"),
        ("other-1.0.0.csv", "", r"says other, expected made-<version>\.csv"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(GroundTruthError, match=said):
        box_truth.read("tem_virus/made", "test", tmp_path / name)


def test_unknown_data_and_splits_are_refused(tmp_path: Path) -> None:
    with pytest.raises(GroundTruthError, match=f"expected one of .*{MIRROR}"):
        box_truth.read("tem_virus/unknown", "test")
    with pytest.raises(GroundTruthError, match="expected validation or test"):
        box_truth.read(MIRROR, "train")
    assert not box_truth.is_table(tmp_path / "none")
    assert not box_truth.is_table(patch_truth.known()["tem_virus/mirror_11class", "1.0.0"])
