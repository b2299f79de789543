"""Each comparison of `benchmark.speed`, at sizes that say nothing about speed."""

import re

import pytest
import small_data
from small_data import write

from benchmark.models import registry
from benchmark.speed import interleaved_timing
from benchmark.speed.__main__ import main
from benchmark.speed.interleaved_timing import Way

TINY = ("--repeats", "2", "--batch", "4", "--seconds", "0.01")
SMALL = (*TINY, "--side", "32")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write(tmp_path_factory.mktemp("data") / "small.npz"))


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of a model that is compiled in a moment, registered for one test."""
    monkeypatch.setattr(registry, "_MODELS", registry.models())
    from tiny_model import tiny

    registry.register("tiny")(tiny)
    return "tiny"


def rows(text: str) -> dict[str, list[str]]:
    """The cells of a table's rows, by the first one."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("---"):
            break
    cells = (re.split(r"\s{2,}", line) for line in lines if re.search(r"\S\s{2,}\S", line))
    return {name: values for name, *values in cells}


def check(found: dict[str, list[str]], ours: str, others: set[str]) -> None:
    """Every competitor has a rate, and a ratio between its quartiles."""
    assert found.keys() == {ours, *others}
    assert {float(value) for value in re.findall(r"[\d.]+", " ".join(found[ours][1:]))} == {1}
    for images, ratio, quartiles in found.values():
        lower, upper = map(float, quartiles.split(" - "))
        assert float(images.replace(",", "")) > 0
        assert 0 < lower <= float(ratio) <= upper < float("inf")


def test_ways_are_measured_in_turn_and_the_first_round_is_thrown_away() -> None:
    order: list[str] = []
    numbers = iter([100, 1, 7, 8, 2, 2])

    def rate(name: str) -> float:
        order.append(name)
        return next(numbers)

    ways = [Way("a", lambda: rate("a")), Way("b", lambda: rate("b"))]
    assert interleaved_timing.measure(ways, 2, "") == {"a": [7, 2], "b": [8, 2]}
    assert order == list("ababab")
    assert interleaved_timing.ratios([7, 2, 9], [7, 1, 3]) == (2, 1.5, 2.5)


def test_feed_meets_every_common_way(phantom_dir, capsys) -> None:
    data = ("--data", "tem_virus/phantom_14class", "--data-dir", str(phantom_dir))
    assert main(["feed", *data, *TINY, "--images", "8"]) == 0
    common = {
        "Python loop: PIL, rot90, flip",
        "image_dataset_from_directory",
        "tf.data from TFRecord",
    }
    check(rows(capsys.readouterr().out), "ours: resident, in the jitted step", common)


def test_feed_says_what_a_file_leaves_out(file, capsys) -> None:
    assert main(["feed", "--data", file, *TINY, "--images", "8"]) == 0
    assert "TFRecord left out: it needs a prepared config" in capsys.readouterr().out


def test_step_meets_the_batch_that_never_changes(file, tiny, capsys) -> None:
    assert main(["step", "--data", file, *SMALL, "--model", tiny]) == 0
    printed = capsys.readouterr().out
    check(rows(printed), "ours", {"one resident batch, again and again", "ours, with mixup"})
    assert re.search(r"ours: -?\d+\.\d %; ours, with mixup: -?\d+\.\d %", printed)


def test_defaults_meet_our_step(file, tiny, capsys) -> None:
    assert main(["defaults", "--data", file, *SMALL, "--model", tiny]) == 0
    defaults = {"Keras's defaults, float images from NumPy", "the same, jit_compile=True"}
    check(rows(capsys.readouterr().out), "ours", defaults)


def test_models_have_a_share_of_the_peak(file, capsys) -> None:
    assert main(["models", "--data", file, *SMALL, "--models", "plain_cnn"]) == 0
    printed = capsys.readouterr().out
    gigaflop, images, speed, share = rows(printed)["plain_cnn"]
    assert gigaflop == "0.04"
    assert float(speed) == pytest.approx(3 * 0.0411 * float(images), rel=0.02)
    assert re.fullmatch(r"\d+\.\d% \(\d+\.\d% - \d+\.\d%\)", share)
    assert "Peak, by matrix products in the same run: float32" in printed


def test_what_is_wrong_is_said(file, capsys, tmp_path) -> None:
    assert main(["step", "--data", file, "--model", "resnet"]) == 1
    assert "error: model 'resnet': unknown; expected" in capsys.readouterr().err
    assert main(["step", "--data", file, "--side", "100"]) == 1
    assert "error: recipe: image_size=100: expected a power of 2" in capsys.readouterr().err
    assert main(["feed", "--data", str(tmp_path / "no.npz")]) == 1
    assert "no.npz: cannot be read" in capsys.readouterr().err


def test_what_a_step_times_is_a_training(monkeypatch) -> None:
    """The loss falls, on the data's own labels."""
    from benchmark.speed import fit_speed, step_speed
    from benchmark.training import recipe as recipes

    recipe = recipes.recipe(
        "paper", "scratch", ["batch_size=8", "image_size=32", "learning_rate=0.003"]
    )[1]
    data = small_data.small_data()
    network = step_speed._network(data, registry.model("plain_cnn"), recipe)
    losses: list[float] = []
    monkeypatch.setattr(
        fit_speed._Clock, "on_train_end", lambda clock, logs: losses.append(logs["loss"])
    )
    rate = fit_speed.with_feed(network, data, recipe)
    assert all(rate(12) > 0 for _ in range(3))
    assert losses[-1] < losses[0]
