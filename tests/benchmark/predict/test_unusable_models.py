"""Records that no network can be loaded for: what is missing, and how to get it."""

import dataclasses
import hashlib
from pathlib import Path

import pytest
from sample_records import SUBMITTED
from small_run import record_file

from benchmark.errors import BenchmarkError
from benchmark.models import checkpoint
from benchmark.predict import models
from leaderboard.results import store as records
from leaderboard.results.store import RecordError
from tem_virus_dataset.predict import models as released


def test_records_that_cannot_be_used(small: Path, tmp_path: Path) -> None:
    file = record_file(small)
    with pytest.raises(BenchmarkError, match=r"no weights; expected .*best-2\.npz\. No network"):
        models.load(file, tmp_path)
    (tmp_path / "damaged.json").write_text("{")
    with pytest.raises(RecordError, match="cannot be read"):
        models.load(tmp_path / "damaged.json", small / "runs")
    record = records.read(file)
    for changes, said in (
        ({"model": "gone"}, "model 'gone': unknown"),
        ({"model": "d4_cnn"}, "expected the checkpoint of this model"),
        ({"recipe_settings": {"image_size": 7}}, "the settings of this run are not known here"),
        ({"status": "failed", "error": "it broke"}, "this run failed; expected a finished one"),
    ):
        other = dataclasses.replace(record, **changes)
        made = records.write(tmp_path / str(len(said)), other)
        target = checkpoint.best(tmp_path / "runs" / other.config / other.run, 2)
        target.parent.mkdir(parents=True, exist_ok=True)
        source = checkpoint.best(small / "runs" / record.config / record.run, 2)
        target.write_bytes(source.read_bytes())
        with pytest.raises(BenchmarkError, match=said):
            models.load(made, tmp_path / "runs")


@pytest.mark.parametrize("name", ["yolov5n", "yolov5n-scratch-brief+epochs=4-s0", "yolov5m.json"])
def test_a_name_that_is_no_file_is_answered_with_the_known_records(name: str, tmp_path) -> None:
    with pytest.raises(BenchmarkError) as caught:
        models.load(Path(name), tmp_path)
    first, *known = str(caught.value).splitlines()
    detector = "mirror_11class_boxes/yolov5n-scratch-brief+epochs=40-s0.json"
    assert first.startswith(f"{name}: no such file, did you mean ")
    assert f"{detector}?; expected the record of a finished run" in first
    assert any(line.endswith(detector) for line in known)
    assert not any("-quick-" in line for line in known)


def test_a_record_without_weights_is_answered_with_the_command_that_trains_them(tmp_path) -> None:
    from benchmark.runs import options

    file = models.RECORDS / "mirror_11class_boxes" / "yolov5n-scratch-brief+epochs=40-s1.json"
    with pytest.raises(
        BenchmarkError,
        match=r"No network is kept beside the record: it was trained .* Train it \(about \d+ min",
    ) as caught:
        models.load(file, tmp_path)
    command = models.train_command(records.read(file))
    assert command in str(caught.value)
    args = options.parser(None).parse_args(command.split()[3:])
    assert (args.models, args.data) == (["yolov5n"], ["tem_virus/mirror_11class_boxes"])
    assert (args.recipe, args.set, args.seeds) == ("brief", ["epochs=40"], [1])
    assert args.records.resolve() != models.RECORDS  # there the run is finished: nothing to train
    new = args.records / file.relative_to(models.RECORDS)
    assert f"Then use --model {new}." in str(caught.value)


def test_the_command_names_the_weights_that_a_training_began_from(tmp_path: Path) -> None:
    file = models.RECORDS / "mirror_11class_boxes" / "yolov5n-scratch-brief+epochs=40-s1.json"
    record = records.read(file)
    known = released.find("virus-detector")
    digest = hashlib.sha256(known.read_bytes()).hexdigest()
    begun = dataclasses.replace(record, weights={"file": known.name, "sha256": digest})
    assert "--weights virus-detector" in models.train_command(begun)
    other = dataclasses.replace(record, weights={"file": "best-3.npz", "sha256": "ab" * 32})
    assert "--weights yolov5n=FOLDER/best-3.npz" in models.train_command(other)
    with pytest.raises(BenchmarkError, match=r"FOLDER is that of best-3\.npz \(sha256 abab"):
        models.load(records.write(tmp_path, other), tmp_path / "runs")


def test_a_record_of_ones_own_without_weights_must_go_before_it_is_trained_again(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "ROOT", tmp_path.resolve())
    file = records.write(tmp_path / models.OWN_RECORDS, records.read(record_file(small)))
    with pytest.raises(BenchmarkError, match=r"Delete this record, and train it .*benchmark\.run"):
        models.load(file, tmp_path / "runs")


def test_a_submission_has_no_weights_here(small: Path, tmp_path: Path) -> None:
    record = records.read(record_file(small))
    unknown = {**SUBMITTED, "history": None}
    other = dataclasses.replace(record, submission="theirs", source="them", **unknown)
    with pytest.raises(BenchmarkError, match="was not trained here"):
        models.load(records.write(tmp_path, other), small / "runs")
