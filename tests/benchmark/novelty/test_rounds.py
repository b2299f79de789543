"""Rounds on the small config: what they leave out, their features, and the choice from them."""

import dataclasses
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
import running
import small_folds

from benchmark.errors import BenchmarkError
from benchmark.novelty import __main__ as command
from benchmark.novelty import choice, execute, features, round_job, rounds
from benchmark.novelty.rounds import Round
from benchmark.runs import execute as run_execute

FAST = ("--model", "tiny_classifier", "--recipe", "quick", "--set", "image_size=32", "epochs=1",
        "samples_per_class=4", "batch_size=4")  # fmt: skip


@pytest.fixture(autouse=True)
def tiny_models() -> Iterator[None]:
    with running.tiny_models():
        yield


def test_every_class_is_left_out_once_and_never_trained_on() -> None:
    data = small_folds.data()
    seen = []
    for one in rounds.all_rounds(data.classes, ("classes",)):
        parts = rounds.parts(data, one)
        left_out = rounds.left_out_classes(data.classes, one)
        seen += left_out
        names = {str(name).split("/")[1] for name in parts.left_out.ids}
        assert names == set(left_out)
        assert all(str(name).startswith("validation/") for name in parts.left_out.ids)
        assert parts.data.classes == tuple(c for c in data.classes if c not in left_out)
        for patches in parts.data.splits.values():
            own = [parts.data.classes[label] for label in patches.labels]
            assert own == [str(name).split("/")[1] for name in patches.ids]
        assert set(parts.data.splits) == {"train", "validation"}
    assert sorted(seen) == sorted(data.classes)
    every = rounds.all_rounds(data.classes, rounds.KINDS)
    assert len({rounds.parts(data, one).data.content_hash for one in every}) == 9


def test_a_single_class_is_left_out_of_train_and_validation_not_of_test() -> None:
    data = small_folds.data()
    single = rounds.all_rounds(data.classes, ("single",))
    assert [rounds.left_out_classes(data.classes, one) for one in single] == [
        ("Adenovirus",), ("Ebola",), ("Orf",)
    ]  # fmt: skip
    parts = rounds.parts(data, single[1])
    assert parts.data.classes == ("Adenovirus", "Orf")
    assert {str(name).split("/")[1] for name in parts.left_out.ids} == {"Ebola"}
    assert parts.test is data.splits["test"]


def test_sessions_that_are_left_out_are_in_neither_train_nor_validation() -> None:
    data = small_folds.data()
    for number in range(2):
        parts = rounds.parts(data, Round("sessions", number))
        stems = [
            {str(m).partition("/")[2] for m in patches.micrographs}
            for patches in (*parts.data.splits.values(), parts.left_out)
        ]
        assert not stems[2] & (stems[0] | stems[1])
        assert parts.data.classes == data.classes
        assert len(parts.left_out) + sum(map(len, parts.data.splits.values())) == 36


def arguments(folder: Path, name: str, *more: object) -> list[str]:
    words = [name, *FAST, "--kinds", "classes", "--data", folder / "small.npz"]
    return [str(word) for word in (*words, "--runs", folder / "runs", *more)]


@pytest.fixture
def jobs(tmp_path: Path) -> list:
    small_folds.write(tmp_path / "small.npz")
    args = command.options.parser("").parse_args(arguments(tmp_path, "run"))
    found, _, _ = command._jobs(args)
    for job in found:
        job.folder.mkdir(parents=True)
    return found


def test_a_round_leaves_features_and_a_choice_follows(jobs, tmp_path: Path, capsys) -> None:
    assert command.main(arguments(tmp_path, "choose", "--log", tmp_path / "log")) == 1
    assert "expected the features of classes-0" in capsys.readouterr().err
    for job in jobs:
        execute.run(job)
        assert [file.name for file in job.folder.glob("*.npz")] == [job.record.name]
    result = features.read(jobs[0].record)
    assert result.classes == ("Ebola", "Orf")
    assert [getattr(result, part).values.shape[:2] for part in features.PARTS] == [
        (8, 16), (8, 8), (8, 4)
    ]  # fmt: skip
    assert result.test is not None
    assert result.test.ids.tolist() == small_folds.data().splits["test"].ids.tolist()
    logits = result.known.values[0] @ result.kernel + result.bias
    assert logits.shape == (8, 2)
    assert np.isfinite(logits).all()
    assert command.main(arguments(tmp_path, "choose", "--log", tmp_path / "log")) == 0
    chosen = choice.read(tmp_path / "log")
    assert chosen.left_out == {
        "classes-0": ["Adenovirus"], "classes-1": ["Ebola"], "classes-2": ["Orf"]
    }  # fmt: skip
    assert chosen.score == choice.best_score(chosen.auroc)
    assert chosen.rule.startswith("The score: the highest AUROC")
    assert chosen.sessions == {}
    assert chosen.initialization == "scratch"
    capsys.readouterr()
    assert command.main(arguments(tmp_path, "run")) == 0  # nothing is trained again
    assert "3 rounds, 3 of them finished before" in capsys.readouterr().out


def test_damaged_features_and_wrong_models_are_one_clear_line(jobs, tmp_path, capsys) -> None:
    jobs[0].record.write_bytes(b"damaged")
    with pytest.raises(BenchmarkError, match="Delete it: the round then trains again"):
        features.read(jobs[0].record)
    words = arguments(tmp_path, "run")
    words[words.index("tiny_classifier")] = "yolov5n"
    assert command.main(words) in (1, 2)
    assert "expected a classifier" in capsys.readouterr().err


def test_another_recipe_never_continues_a_round(jobs, tmp_path: Path) -> None:
    words = [w.replace("epochs=1", "epochs=2") for w in arguments(tmp_path, "run")]
    others, _, _ = command._jobs(command.options.parser("").parse_args(words))
    assert jobs[0].folder != others[0].folder
    assert json.loads(json.dumps(others[0].identity)) != jobs[0].identity


def test_rounds_of_several_seeds_differ_in_nothing_else(tmp_path: Path, capsys) -> None:
    small_folds.write(tmp_path / "small.npz")
    words = arguments(tmp_path, "run", "--seeds", 0, 2, 2)
    found, _, _ = command._jobs(command.options.parser("").parse_args(words))
    folders = [f"s{seed}-classes-{number}" for seed in (0, 2) for number in range(3)]
    assert [job.folder.name for job in found] == folders
    assert len({job.folder.parent for job in found}) == 1
    alone, _, _ = command._jobs(command.options.parser("").parse_args(arguments(tmp_path, "run")))
    assert alone == found[:3]
    with pytest.raises(SystemExit):  # a choice is of one
        command.main(arguments(tmp_path, "choose", "--seed", 0, 2))
    assert "unknown argument 2" in capsys.readouterr().err


def test_a_round_starts_from_pretrained_weights_and_from_no_others(jobs, tmp_path: Path) -> None:
    source = keras.applications.MobileNetV2(
        include_top=False, weights=None, input_shape=(32, 32, 3)
    )
    file = tmp_path / "backbone.weights.h5"
    source.save_weights(file)
    words = arguments(tmp_path, "run", "--weights", file)
    words = [{"tiny_classifier": "mobilenet_v2", "quick": "brief"}.get(w, w) for w in words]
    parser = command.options.parser("")
    found, _, _ = command._jobs(parser.parse_args(words))
    scratch, _, _ = command._jobs(parser.parse_args(words[:-2]))
    assert {(job.initialization, job.weights) for job in found} == {("transfer", str(file))}
    assert {(job.initialization, job.weights) for job in scratch} == {("scratch", None)}
    network, origin = run_execute.start(found[0])
    assert origin["weights"]["file"] == file.name
    own = {variable.path: np.array(variable) for variable in network.weights}
    for variable in source.weights:
        np.testing.assert_array_equal(own[variable.path], np.array(variable))
    source.get_layer("Conv1").kernel.assign_add(np.ones(source.get_layer("Conv1").kernel.shape))
    source.save_weights(file)
    others, _, _ = command._jobs(parser.parse_args(words))
    assert len({job.folder.parent for job in (found[0], scratch[0], others[0])}) == 3
    with pytest.raises(BenchmarkError, match=r"no file .*nowhere\.h5"):
        command._jobs(parser.parse_args([*words[:-1], "nowhere.h5"]))


def test_a_round_is_that_of_the_first_version_that_finished_it(jobs) -> None:
    present = jobs[0].identity
    job = dataclasses.replace(jobs[0], identity="never")
    jobs[0].record.parent.mkdir(parents=True, exist_ok=True)
    jobs[0].record.touch()
    assert round_job.finished_version(job, []) is job
    assert round_job.finished_version(job, ["nowhere", present]) == jobs[0]
    assert round_job.finished_version(job, ["nowhere", "elsewhere"]).identity == "nowhere"


@pytest.mark.parametrize("other", [{"label": "brief"}, {"initialization": "transfer"}])
def test_a_round_of_another_training_is_refused_under_its_version(jobs, other) -> None:
    jobs[0].record.parent.mkdir(parents=True, exist_ok=True)
    jobs[0].write(jobs[0].folder / "job.json")
    asked = dataclasses.replace(jobs[0], identity="never", **other)
    (value,) = other.values()
    message = f"a round of {re.escape(jobs[0].label)} [(]scratch[)]; expected .*{value}"
    with pytest.raises(BenchmarkError, match=message):
        round_job.finished_version(asked, [jobs[0].identity])


@pytest.mark.parametrize("text", ["{", "[]", '{"label": "quick"}', "\x00"])
def test_a_damaged_job_of_a_round_is_one_clear_line(jobs, text: str) -> None:
    (jobs[0].folder / "job.json").write_text(text)
    with pytest.raises(BenchmarkError, match=r"job\.json: cannot be read .*expected the job of a"):
        round_job.finished_version(jobs[0], [jobs[0].identity])


def test_the_options_of_rounds_are_typed_again_as_they_were(tmp_path: Path) -> None:
    parser = command.options.parser("")
    given = ["--model", "plain_cnn", "--set", "epochs=1", "tta=1", "--recipe", "brief", "--seeds",
             "3", "4", "--runs", str(tmp_path / "my runs")]  # fmt: skip
    for words in (given, given[:2], [*given, "--weights", "a b.h5", "--data-dir", str(tmp_path)]):
        args = parser.parse_args(["run", *words])
        typed = command.options.typed(args)
        assert vars(parser.parse_args(["run", *shlex.split(typed)])) == vars(args)
    assert command.options.typed(parser.parse_args(["run", *given[:2]])) == "--model plain_cnn"
