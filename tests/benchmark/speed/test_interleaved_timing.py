"""Every comparison of `benchmark.speed`, at sizes too small to measure speed."""

import re

import pytest
import small_data
from small_data import write
from speed_table import rows
from tiny_classifier import MODEL

from benchmark.models import registry
from benchmark.speed import interleaved_timing
from benchmark.speed.__main__ import main
from benchmark.speed.interleaved_timing import Variant

TINY = ("--repeats", "2", "--batch-size", "4", "--seconds", "0.01")
SMALL = (*TINY, "--image-size", "32")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write(tmp_path_factory.mktemp("data") / "small.npz"))


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of a model that is compiled in a moment, registered for one test."""
    monkeypatch.setitem(registry._MODELS, MODEL.name, MODEL)
    return MODEL.name


def check(found: dict[str, list[str]], ours: str, others: set[str]) -> None:
    """Every competitor has a rate, and a ratio between its quartiles."""
    assert found.keys() == {ours, *others}
    assert {float(value) for value in re.findall(r"[\d.]+", " ".join(found[ours][1:]))} == {1}
    for images, ratio, quartiles in found.values():
        lower, upper = map(float, quartiles.split(" - "))
        assert float(images.replace(",", "")) > 0
        assert 0 < lower <= float(ratio) <= upper < float("inf")


def test_variants_are_measured_in_turn_and_the_first_round_is_not_kept() -> None:
    order: list[str] = []
    numbers = iter([100, 1, 7, 8, 2, 2])

    def rate(name: str) -> float:
        order.append(name)
        return next(numbers)

    variants = [Variant("a", lambda: rate("a")), Variant("b", lambda: rate("b"))]
    assert interleaved_timing.measure(variants, 2, "") == {"a": [7, 2], "b": [8, 2]}
    assert order == list("ababab")
    assert interleaved_timing.ratios([7, 2, 9], [7, 1, 3]) == (2, 1.5, 2.5)


def test_feed_is_compared_with_every_common_pipeline(phantom_dir, capsys) -> None:
    data = ("--data", "tem_virus/phantom_14class", "--data-dir", str(phantom_dir))
    assert main(["feed", *data, *TINY, "--images", "8"]) == 0
    common = {
        "Python loop: PIL, rot90, flip",
        "image_dataset_from_directory",
        "tf.data from TFRecord",
    }
    check(rows(capsys.readouterr().out), "ours: resident, in the jitted step", common)


def test_feed_reports_what_a_file_leaves_out(file, capsys) -> None:
    assert main(["feed", "--data", file, *TINY, "--images", "8"]) == 0
    assert "TFRecord left out: it needs a prepared config" in capsys.readouterr().out


def test_step_is_compared_with_a_constant_batch(file, tiny, capsys) -> None:
    assert main(["step", "--data", file, *SMALL, "--model", tiny]) == 0
    printed = capsys.readouterr().out
    check(rows(printed), "ours", {"one constant resident batch", "ours, with mixup"})
    assert re.search(r"ours: -?\d+\.\d %; ours, with mixup: -?\d+\.\d %", printed)


def test_our_step_is_compared_with_the_defaults(file, tiny, capsys) -> None:
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


def test_errors_name_what_is_unknown(file, capsys, tmp_path) -> None:
    assert main(["step", "--data", file, "--model", "resnet"]) == 2
    assert (
        "error: model 'resnet': unknown, did you mean 'resnet50'?; expected"
        in capsys.readouterr().err
    )
    assert main(["step", "--data", file, "--image-size", "100"]) == 2
    assert "error: recipe: image_size=100: expected a power of 2" in capsys.readouterr().err
    assert main(["feed", "--data", str(tmp_path / "no.npz")]) == 1
    assert "no.npz: no such file" in capsys.readouterr().err


def test_the_timed_steps_are_a_training(monkeypatch) -> None:
    """The loss falls, on the data's own labels."""
    from benchmark.classification import recipes
    from benchmark.speed import fit_speed, step_speed

    recipe = recipes.recipe(
        "paper", "scratch", ["batch_size=8", "image_size=32", "learning_rate=0.003"]
    )[1]
    data = small_data.small_data()
    network = step_speed._network(data, MODEL, recipe)
    losses: list[float] = []
    monkeypatch.setattr(
        fit_speed._Clock, "on_train_end", lambda clock, logs: losses.append(logs["loss"])
    )
    rate = fit_speed.with_feed(network, data, recipe)
    assert all(rate(12) > 0 for _ in range(3))
    assert losses[-1] < losses[0]
