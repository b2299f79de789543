"""Rows of this project, the baseline of textures, and what the commands refuse."""

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmark.classification.data import Patches
from benchmark.errors import BenchmarkError
from benchmark.novelty import options, plan_rounds
from benchmark.novelty.features import Features, Round
from benchmark.open_set import __main__ as command
from benchmark.open_set import commands, kept_features, pictures, row_folder, textures
from benchmark.open_set import options as command_options
from leaderboard.open_set import boards, page, predictions, rows, truth
from leaderboard.open_set.folder import Origin
from leaderboard.open_set.predictions import Predicted


def origin(board: str, method: str = "mean_nearest+mahalanobis") -> Origin:
    return Origin(board, "small", "quick", [3], method, "beforehand", "", {}, "now")


def test_a_row_is_written_whole_and_rendered(tmp_path: Path) -> None:
    facts, rng = truth.read(boards.OFFICIAL), np.random.default_rng(0)
    values = rng.dirichlet(np.ones(11), len(facts)).round(6)
    predicted = {3: {"": Predicted(values, rng.normal(size=len(facts)))}}
    folder = row_folder.write(tmp_path, origin(boards.OFFICIAL), predicted)
    assert folder.name == "small-mean_nearest_and_mahalanobis"
    assert sorted(f.name for f in folder.iterdir()) == [
        "origin.json",
        "scores.json",
        "seed3.csv.gz",
    ]
    row = rows.read(folder, boards.OFFICIAL)
    assert row.scores.mean("auroc") == pytest.approx(0.5, abs=0.06)
    text = page.section(boards.OFFICIAL, [row])
    assert "novelty: mean_nearest+mahalanobis; seed 3; chosen: beforehand" in text
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    row_folder.write(tmp_path, origin(boards.OFFICIAL), predicted)  # again: the same files
    assert files == {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_row_replaces_neither_another_recipe_nor_a_submission(tmp_path: Path) -> None:
    values = np.full((len(truth.read(boards.OFFICIAL)), 11), 1 / 11)
    noise = np.random.default_rng(1).normal(size=len(values))
    predicted = {3: {"": Predicted(values, noise)}}
    quick = origin(boards.OFFICIAL)
    long = dataclasses.replace(quick, recipe="long")
    names = ["small-mean_nearest_and_mahalanobis", "small-long-mean_nearest_and_mahalanobis"]
    for one, name in zip((quick, long) * 2, names * 2, strict=True):
        folder = row_folder.write(tmp_path, one, predicted)
        assert folder.name == name
        assert rows.read(folder, boards.OFFICIAL).about.recipe == one.recipe
    pretrained = [dataclasses.replace(one, initialization="transfer") for one in (quick, long)]
    assert row_folder.write(tmp_path, pretrained[0], predicted).name == names[0]  # not stated there
    started = "small-scratch-quick-mean_nearest_and_mahalanobis"
    for one, name in (
        (dataclasses.replace(quick, initialization="scratch"), names[1].replace("long", "quick")),
        (pretrained[1], names[1]),
        (dataclasses.replace(long, initialization="scratch"), started.replace("quick", "long")),
    ) * 2:
        assert row_folder.write(tmp_path, one, predicted).name == name
    third = dataclasses.replace(quick, recipe="third")
    taken = folder.with_name("small-third-mean_nearest_and_mahalanobis")
    taken.mkdir()
    (taken / "card.toml").write_text("a submission")
    with pytest.raises(BenchmarkError, match="holds another row; expected none, or that of small"):
        row_folder.write(tmp_path, third, predicted)
    assert (taken / "card.toml").read_text() == "a submission"


def test_a_row_is_not_replaced_by_one_of_fewer_seeds(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    seeds = {
        seed: {"": Predicted(rng.dirichlet(np.ones(11), count).round(6), rng.normal(size=count))}
        for count in (len(truth.read(boards.OFFICIAL)),)
        for seed in (3, 4)
    }
    both = dataclasses.replace(origin(boards.OFFICIAL), seeds=[3, 4])
    folder = row_folder.write(tmp_path, both, seeds)
    with pytest.raises(BenchmarkError, match="has seeds 4 besides; expected them in the new row"):
        row_folder.write(tmp_path, origin(boards.OFFICIAL), {3: seeds[3]})
    assert rows.read(folder, boards.OFFICIAL).about.seeds == [3, 4]
    assert row_folder.write(tmp_path, both, seeds) == folder


def small_patches(count: int = 12) -> Patches:
    rng = np.random.default_rng(0)
    smooth = rng.normal(size=(count, 32, 32)).repeat(8, axis=1).repeat(8, axis=2)
    images = (128 + 30 * smooth + 10 * rng.normal(size=(count, 256, 256))).clip(0, 255)
    ids = np.array([f"train/Orf/{n}" for n in range(count)])
    return Patches(images.astype(np.uint8)[..., None], np.arange(count) % 2, ids, ids)


def test_numbers_of_texture_do_not_depend_on_how_a_patch_lies() -> None:
    patches = small_patches(3)
    found = textures.numbers(patches)
    assert found.shape == (3, textures.NUMBERS)
    assert np.isfinite(found).all()
    other = Patches(np.rot90(patches.images, 1, (1, 2)), patches.labels, patches.ids, patches.ids)
    np.testing.assert_allclose(textures.numbers(other), found, atol=1e-5)
    flat = Patches(np.zeros_like(patches.images), patches.labels, patches.ids, patches.ids)
    assert np.isfinite(textures.numbers(flat)).all()


def test_a_round_of_textures_learns_nothing_of_what_it_leaves_out() -> None:
    table = truth.session_rows()
    parts = {}
    for split in ("train", "validation"):
        names = np.array(
            [f"{split}/{r['class']}/{r['stem']}" for r in table if r["split"] == split]
        )
        values = np.zeros((1, len(names), 4), np.float32)
        parts[split] = Features(values, np.zeros(len(names), np.int64), names, names)
    train, known, classes = textures.learned(parts, "Rift_Valley")
    assert "Rift Valley" not in classes
    for part in (train, known):
        names = [str(m).split("/")[1] for m in part.micrographs]
        assert [classes[label] for label in part.labels] == names
    every, _, classes = textures.learned(parts, "")
    assert (len(every.ids), len(classes)) == (418, 11)
    unseen = {(r["class"], r["stem"]) for r in table if "1" in r["unseen_in"].split()}
    for part in textures.learned(parts, "sessions-1")[:2]:
        assert not unseen & {tuple(str(m).split("/")[1:]) for m in part.micrographs}


def test_other_pictures_than_those_of_the_board_are_refused(monkeypatch, tmp_path: Path) -> None:
    few = small_patches(2)
    monkeypatch.setattr(pictures.official, "read", lambda folder, classes: few)
    monkeypatch.setattr(pictures.rings, "pictures", lambda ring: few.images[:1])
    with pytest.raises(BenchmarkError, match="other patches than those of the board"):
        pictures.read(tmp_path)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["pictures", "out.npz", "--folder", "nowhere"], "no pictures in nowhere/test; expected"),
        (["pictures", "out.csv", "--folder", "."], "out.csv: another ending; expected the name"),
        (["pictures", "..", "--folder", "."], "..: a folder; expected the name"),
        (["official", "nowhere.json", "--folder", "nowhere"], "nowhere.json"),
    ],
)
def test_commands_end_with_one_clear_line(words, message, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert command.main(words) == 1
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.fixture
def features_of(monkeypatch):
    """Features without a network: of each record its own, of all pictures of the board."""
    count = len(truth.read(boards.OFFICIAL))

    def of_network(file: Path, image_size: int, load, runs: Path) -> Round:
        rng = np.random.default_rng(int(file.stem[-1]))
        kernel = rng.normal(size=(4, 11)).astype(np.float32)
        parts = [
            Features(rng.normal(size=(2, n, 4)).astype(np.float32), np.arange(n) % 11, names, names)
            for n in (22, 22, 0, count)
            for names in (np.array([f"validation/A/{i}" for i in range(n)]),)
        ]
        return Round(boards.CLASSES, kernel, np.zeros(11, np.float32), *parts)

    monkeypatch.setattr(kept_features, "of_network", of_network)
    return of_network


def official(folder: Path, *words: object) -> list[str]:
    log = folder / "novelty"
    log.mkdir(exist_ok=True)
    given = ["official", *words, "--folder", "unused", "--methods", "max_probability"]
    return [str(word) for word in (*given, "--log", log, "--runs", folder / "runs")]


RECORDS = sorted(
    (options.ROOT / "leaderboard/records/mirror_11class").glob("contrast_cnn-*s?.json")
)


def test_an_ensemble_is_a_row_of_the_mean_probabilities(features_of, tmp_path: Path) -> None:
    assert command.main(official(tmp_path, *RECORDS[:2], "--ensemble")) == 0
    folder = tmp_path / "novelty" / boards.OFFICIAL
    names = ["contrast_cnn-ensemble_max_probability", "contrast_cnn-max_probability"]
    assert sorted(one.name for one in folder.iterdir()) == names
    read = [
        predictions.read(folder / names[1] / f"seed{n}.csv.gz", truth.read(boards.OFFICIAL))
        for n in range(2)
    ]
    joined = predictions.read(folder / names[0] / "seed0.csv.gz", truth.read(boards.OFFICIAL))
    mean = np.mean([one.probabilities for one in read], axis=0)
    np.testing.assert_allclose(joined.probabilities, mean, atol=2e-6)
    np.testing.assert_allclose(joined.novelty, 1 - mean.max(axis=1), atol=2e-6)
    row = rows.read(folder / names[0], boards.OFFICIAL)
    assert (row.about.method, row.about.chosen) == ("ensemble_max_probability", "named beforehand")
    assert row.about.notes == "mean probabilities of the networks of seeds 0, 1"
    assert len(row.about.networks) == 2


def test_a_row_of_pretrained_networks_says_so(features_of, tmp_path: Path) -> None:
    file = next(RECORDS[0].parent.glob("mobilenet_v2-transfer-*global_pooling*-s0.json"))
    assert command.main(official(tmp_path, file)) == 0
    row = rows.read(
        tmp_path / "novelty" / boards.OFFICIAL / "mobilenet_v2-max_probability", boards.OFFICIAL
    )
    assert row.about.notes == "from pretrained weights"
    assert row.about.initialization == "transfer"


def test_a_row_of_rounds_has_all_seeds_that_are_named(monkeypatch, tmp_path: Path) -> None:
    facts, rng = truth.read(boards.MIRROR, "Orf"), np.random.default_rng(0)
    log = tmp_path / "novelty"
    log.mkdir()
    words = ["mirror", "--model", "contrast_cnn", "--methods", "max_probability", "--log", log,
             "--runs", tmp_path / "runs", "--seeds", 0, 2]  # fmt: skip
    about = SimpleNamespace(dataset=boards.DATA, version="1.0.0", classes=boards.CLASSES)
    data = SimpleNamespace(content_hash="hash")
    monkeypatch.setattr(commands.read_data, "load", lambda name, folder: data)
    monkeypatch.setattr(plan_rounds.tasks, "describe", lambda name, folder: about)
    args = command_options.parser("").parse_args([str(word) for word in words])
    jobs, _ = commands._jobs(args, ("single", "sessions"))
    assert len(jobs) == 2 * (11 + 3)
    ids = facts.ids

    def features_of(file: Path) -> Round:
        classes = next(job.classes for job in jobs if job.record == file)
        none, test = (
            Features(rng.normal(size=(2, n, 4)).astype(np.float32), np.zeros(n, np.int64), i, i)
            for n, i in ((0, ids[:0]), (len(ids), ids))
        )
        kernel = rng.normal(size=(4, len(classes))).astype(np.float32)
        return Round(classes, kernel, kernel[0] * 0, none, none, none, test)

    monkeypatch.setattr(commands.features, "read", features_of)
    for job in jobs[:-1]:  # of seed 2 one control is missing: the row has none
        job.record.parent.mkdir(parents=True)
        job.record.write_text(job.name)
    assert command.main([str(word) for word in words]) == 0
    folder = log / boards.MIRROR / "contrast_cnn-max_probability"
    row = rows.read(folder, boards.MIRROR)
    assert row.about.seeds == [0, 2]
    assert len(row.about.networks) == len([*folder.glob("*.csv.gz")]) == 2 * 11
    assert "seed2.Rift_Valley" in row.about.networks
    assert not list(folder.glob("*sessions*"))


OTHERS = RECORDS[0].parents[1]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([OTHERS / "mirror_11class_boxes/yolov5n-scratch-steady-s0.json"], "run of this repository,"
         " of classification. Name another record."),
        ([OTHERS / "mirror_11class_sessions/contrast_cnn-scratch-steady-s0.json"], "was trained on "
         "tem_virus/mirror_11class_sessions; expected a run on tem_virus/mirror_11class, as all"),
        ([RECORDS[0].with_suffix(".onnx")], "Name a record: its file ends in .json."),
        ([RECORDS[0], RECORDS[0].with_name("plain_cnn-scratch-steady-s1.json")], "plain_cnn, "
         "scratch, steady; expected contrast_cnn, scratch, steady, as of the first record"),
    ],
)  # fmt: skip
def test_other_records_than_the_board_takes_are_refused(
    files, message, features_of, tmp_path, capsys
) -> None:
    assert command.main(official(tmp_path, *files)) == 1
    assert message in capsys.readouterr().err
    assert not list((tmp_path / "novelty").iterdir())


def test_one_row_is_not_of_two_initializations(features_of, tmp_path: Path, capsys) -> None:
    text = RECORDS[1].read_text("utf-8").replace('"scratch"', '"transfer"')
    other = tmp_path / RECORDS[1].name.replace("scratch", "transfer")
    other.write_text(text.replace(RECORDS[1].stem, other.stem), "utf-8")
    assert command.main(official(tmp_path, RECORDS[0], other)) == 1
    expected = "contrast_cnn, transfer, steady; expected contrast_cnn, scratch, steady"
    assert expected in capsys.readouterr().err


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ([0], "--ensemble: found 1 record; expected at least two"),
        ([0, 1, 1], "records of seeds 0, 1, 1; expected each seed once"),
    ],
)
def test_an_ensemble_is_of_several_networks(
    numbers, message, features_of, tmp_path, capsys
) -> None:
    assert command.main(official(tmp_path, *(RECORDS[n] for n in numbers), "--ensemble")) == 2
    assert message in capsys.readouterr().err
    assert not list((tmp_path / "novelty").iterdir())
