"""Options of the run command: what they mean, and how wrong ones are refused."""

import subprocess
import sys
from pathlib import Path

import pytest
from project_paths import ROOT

from benchmark import run
from benchmark.classification import recipes
from benchmark.errors import BenchmarkError
from benchmark.machine import environment
from benchmark.runs import options, plans


@pytest.mark.parametrize(
    ("arguments", "message", "status"),
    [
        (["--models", "resnet"], "'resnet': unknown, did you mean 'resnet50'?; expected one of", 2),
        (["--models", "a|b"], "model 'a|b': unknown; expected one of ", 2),
        (
            ["--all", "--data", "tem_virus/miror_11class"],
            "unknown, did you mean 'tem_virus/mirror_11class'?; expected one of tem_virus/",
            2,
        ),
        (["--all", "--data", "fantom"], "tem_virus/fantom: unknown, did you mean 'tem_", 2),
        (["--all", "--data", "gone.npz"], "gone.npz: no such file", 1),
        (["--all", "--set", "epochs=many"], "--set epochs=many: expected a whole number.", 2),
        (["--all", "--set", "epochs=1.5"], "--set epochs=1.5: expected a whole number.", 2),
        (["--all", "--set", "EPOCHS=9"], "no setting 'EPOCHS', did you mean 'epochs'?", 2),
        (["--all", "--set", "epochs", "=", "9"], "expected SETTING=VALUE", 2),
        (["--all", "--set", "learning_rate=0,1"], "a decimal comma; expected a number. Write 0", 2),
        (["--all", "--set", "cosine=1"], "--set cosine=1: expected true or false.", 2),
        (["--all", "--set", "epoch=9"], "no setting 'epoch', did you mean 'epochs'?", 2),
        (["--all", "--weights", "mobilenet_v2=gone.h5"], "no file 'gone.h5'", 2),
        (["--models", "custom", "--start", "transfer"], "Leave out --start and --weights", 2),
        (["--all", "--set", "optimizer=lion"], "optimizer=lion: expected adam, adamw or sgd", 2),
        (["--all", "--set", "weight_decay=0.1"], "weight_decay=0.1: expected 0 with adam", 2),
        (["--all", "--set", "warmup_epochs=2"], "warmup_epochs=2: expected 0 unless cosine", 2),
        (["--all", "--set", "tta=9"], "tta=9: expected 1 or 8", 2),
        (["--all", "--set", "epochs=0"], "epochs=0: expected 1 or more", 2),
        (["--all", "--set", "image_size=100"], "image_size=100: expected a power of 2", 2),
        (["--all", "--set", f"learning_rate=0.{'0' * 150}1"], "expected at most 150", 1),
        (["--all", "--quick", "--recipe", "brief"], "--quick: found --recipe", 2),
        (["--all", "--set", "learning_rate=inf"], "learning_rate=inf: expected a finite numbe", 2),
        (["--all", "--set", "weight_decay=-1"], "weight_decay=-1.0: expected 0 or more", 2),
        (["--all", "--set", "epochs=3", "epochs=4"], "epochs is set twice", 2),
        (["--table2", "--data", "tem_virus/mirror_11class"], "--table2: found --data", 2),
        (["--models", "custom", "--weights", f"vgg16={__file__}"], "no run starts from them", 2),
        (
            ["--models", "plain_cnn", "--set", "global_pooling=true"],
            "plain_cnn has no ImageNet backbone, and nothing would change; expected densenet201,",
            2,
        ),
        (
            ["--models", "vgg16", "--start", "scratch", "--set", "freeze_batch_norm=true"],
            "found vgg16 from scratch, which has no pretrained statistics to keep",
            2,
        ),
        (
            ["--models", "plain_cnn", "--set", "ema=0.9", "patience=3"],
            "--set patience=3: found ema=0.9 beside it; expected no patience",
            2,
        ),
        (["--models", "custom", "--set", "image_size=32"], "small for custom; expected 64 or m", 2),
        (
            ["--models", "yolov5n", "--set", "global_pooling=true"],
            "global_pooling=True: expected none for a detector",
            2,
        ),
        (
            ["--models", "yolov5n", "--set", "mosaic=0", "close_mosaic=0.5"],
            "close_mosaic=0.5: found mosaic=0 beside it, where it changes nothing",
            2,
        ),
        (
            ["--models", "yolov5n", "--set", "ignore_from=0.9"],
            "ignore_from=0.9: found ignore_confidence=0 beside it",
            2,
        ),
        (["--models", "custom", "--json"], "--json: found no --list beside it", 2),
        (["--list", "--set", "epochs=3"], "--list: found --set, --records, --runs beside", 2),
        (
            ["--all", "--nm-per-pixel", "2", "--data", "folder:mine?nm_per_pixel=1"],
            "--nm-per-pixel 2: found --data folder:",
            2,
        ),
        (["--models", "custom", "--devices", "3"], "--devices 3: the batch of custom is 32; e", 2),
    ],
)
def test_wrong_arguments_are_refused_in_one_line(
    arguments: list[str],
    message: str,
    status: int,
    capsys: pytest.CaptureFixture,
    tmp_path: Path,
) -> None:
    store = ["--records", str(tmp_path / "records"), "--runs", str(tmp_path / "runs")]
    assert run.main([*arguments, *store]) == status
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
    assert ("See python -m benchmark.run --help." in error) == (status == 2)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "one of the arguments --all --models --table2 --list is required"),
        (["--all", "--recipe", "pape"], "unknown 'pape', did you mean 'paper'?"),
        (["--all", "--seed", "1", "--sets", "epochs=3"], "did you mean '--set'?"),
        (["--all", "--jobs", "0"], "0: expected a whole number, 1 or more"),
        (["--all", "--jobs", "x"], "x: expected a whole number, 1 or more"),
        (["--all", "--seeds", "-1"], "-1: expected a whole number from 0 to 4294967295"),
        (["--all", "--seeds", "4294967296"], "6: expected a whole number from 0 to 4294967295"),
        (["--all", "--time-limit", "soon"], "soon: expected minutes, more than 0"),
        (["--all", "--runs", __file__], "is a file; expected a folder"),
    ],
)
def test_mistyped_options_are_usage_errors(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture
) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_help_is_grouped_and_has_examples(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(["--help"])
    out = capsys.readouterr().out
    assert ended.value.code == 0
    assert out.count("\n  python -m benchmark.run --") == 4
    titles = ["what to run:", "data:", "training:", "where and how long:"]
    assert sorted(titles, key=out.index) == titles


def test_the_home_is_expanded_in_every_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    data = ["folder:~/mine", "~/mine.npz", "mirror_11class", "tem_exosome/cbia"]
    paths = ["--data-dir", "~/d", "--records", "~/records", "--runs", "~/runs"]
    args = options.parser(None).parse_args(["--all", "--data", *data, *paths])
    assert args.data == [
        f"folder:{tmp_path}/mine",
        f"{tmp_path}/mine.npz",
        "tem_virus/mirror_11class",
        "tem_exosome/cbia",
    ]
    assert [args.data_dir, args.records, args.runs] == [
        tmp_path / name for name in ("d", "records", "runs")
    ]
    (tmp_path / "vgg.h5").write_bytes(b"weights")
    choice = plans.Choice([0], initialization="transfer", weights=["vgg16=~/vgg.h5"])
    (plan,) = plans.of_models(["tem_virus/mirror_11class"], ["vgg16"], choice)
    assert plan.weights == str(tmp_path / "vgg.h5")


def test_a_config_is_named_with_or_without_its_data_set() -> None:
    prefixed, bare = (
        [plan.data for plan in run._plans(options.parser(None).parse_args(arguments))]
        for arguments in (
            ["--models", "custom", "--data", "tem_virus/mirror_11class"],
            ["--models", "custom", "--data", "mirror_11class"],
        )
    )
    assert prefixed == bare == ["tem_virus/mirror_11class"]


def test_a_run_asked_for_twice_is_planned_once() -> None:
    twice = plans.Choice([0, 0, 1])
    assert [plan.seed for plan in plans.of_models(["tem_virus/x"], ["custom"], twice)] == [0, 1]


@pytest.mark.parametrize("command", ["run", "export", "ground_truth"])
def test_a_command_starts_without_keras_and_tensorflow(command: str) -> None:
    """Asked for its options it also knows the recipes of both tasks."""
    code = (
        f"import sys, benchmark.{command}, benchmark.runs.options as options\n"
        "options.parser(None)\n"
        "heavy = {'keras', 'tensorflow', 'tem_virus_dataset.networks.nms'}\n"
        "sys.exit(str(heavy & set(sys.modules) or ''))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.stderr.strip() in ("", "set()"), done.stderr


def test_a_recipe_names_what_was_changed() -> None:
    label, found = recipes.recipe("paper", "transfer", ["epochs=3", "cosine=true"])
    assert label == "paper+cosine=true+epochs=3"
    assert (found.epochs, found.cosine, found.learning_rate) == (3, True, 1e-5)
    with pytest.raises(BenchmarkError, match="recipe 'quick' from transfer: unknown"):
        recipes.recipe("quick", "transfer")


@pytest.mark.parametrize(
    ("arguments", "cores", "runs", "at_once"),
    [
        (["--all", "--quick"], 16, 14, 2),
        (["--all", "--quick"], 1, 14, 1),
        (["--models", "custom", "--quick"], 16, 1, 1),  # its steps are shown
        (["--all", "--quick", "--jobs", "1"], 16, 14, 1),
        (["--all", "--jobs", "4"], 16, 14, 4),
        (["--all"], 16, 14, 1),
    ],
)
def test_only_quick_runs_go_on_at_once_unasked(
    arguments: list[str], cores: int, runs: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run.environment, "cores", lambda: cores)
    assert run._at_once(options.parser(None).parse_args(arguments), runs) == at_once


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        ("JAX", "no backend that networks run on here; expected one that is, tensorflow or jax."),
        ("torch", "not installed; expected one that is, tensorflow or jax"),
    ],
)
def test_a_backend_that_is_not_there_is_one_line(
    backend: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    find = environment.importlib.util.find_spec
    monkeypatch.setenv("KERAS_BACKEND", backend)
    monkeypatch.setattr(
        environment.importlib.util,
        "find_spec",
        lambda name: None if name == "torch" else find(name),
    )
    assert run.main(["--models", "plain_cnn", "--quick"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: KERAS_BACKEND={backend}: ")
    assert said in line
