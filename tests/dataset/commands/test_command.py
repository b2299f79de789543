import hashlib
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import small_archive
from project_paths import ROOT

import tem_virus_dataset
from benchmark.data import address
from tem_virus_dataset import Builder, DatasetError, builders, facts
from tem_virus_dataset.__main__ import main, parser
from tem_virus_dataset.building import content_hash
from tem_virus_dataset.commands import actions

PACKAGES = ("tem_virus_dataset", "leaderboard")
ROWS = facts.counts({"A": (1, 0, 2), "B": (0, 3, 0)})
FOUND = {("train", "A"): 1, ("test", "A"): 2, ("validation", "B"): 3}


def version(name):
    """The version that a builder of the config has."""
    config = builders.config(name)
    return config.version or "1.0.0"


def test_info_lists_every_config(phantom_dir, capsys):
    assert main(["info", "--data-dir", str(phantom_dir)]) == 0
    blocks = capsys.readouterr().out.strip().split("\n\n")
    assert [block.split(":")[0] for block in blocks] == [
        f"{'' if '/' in name else 'tem_virus/'}{name}/{version(name)}" for name in builders.names()
    ]
    totals = (
        "5740 2249 1900 9889",
        "6135 2410 2057 10602",
        "? ? ? 9889",
        "5671 1119 3099 9889",
        "5663 2243 1900 9806",
        "10304 2249 1900 14453",
        "5740 2249 1900 9889",
        "745 248 252 1245",
        "3075 1071 984 5130",
        "3004 638 1488 5130",
        "3010 1067 984 5061",
        "418 141 142 701",
        "368 119 214 701",
        "292 112 84 488",
        "43 14 15 72",
        "24 8 8 40",
        "240 40 25 305",
        "600 60 25 685",
    )
    for block, total in zip(blocks, totals, strict=True):
        prepared = "phantom_14class" in block
        assert ("not prepared" in block) is not prepared
        assert (str(phantom_dir / "tem_virus/phantom_14class/1.0.0") in block) is prepared
        header = next(line for line in block.splitlines() if line.startswith(" " * 14))
        assert header.split() == [*facts.SPLITS, "total"]
        assert block.splitlines()[-1].split() == ["total", *total.split()]
        rows = "dataset_02|cloudy|single" if "exosome" in block else "Rift Valley"
        assert re.search(rf"^({rows})( +[\d?]+){{4}}$", block, re.MULTILINE)


def test_prepare_tells_where_the_data_are(phantom_dir, capsys):
    assert main(["prepare", "phantom_14class", "--data-dir", str(phantom_dir)]) == 0
    folder = phantom_dir / "tem_virus/phantom_14class/1.0.0"
    assert f"tem_virus/phantom_14class/1.0.0 is in {folder}\n" in capsys.readouterr().out


def test_prepare_and_verify_an_archive(archive, tmp_path, capsys, monkeypatch):
    config = Builder.builder_configs["patches_14class"]
    monkeypatch.setattr(config, "expected", small_archive.EXPECTED)
    monkeypatch.setattr(config, "megabytes", 1)
    place = ["patches_14class", "--data-dir", str(tmp_path)]
    assert main(["prepare", *place, "--manual-dir", str(archive)]) == 0
    assert main(["verify", *place]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^Adenovirus +16 +1 +1 +18$", out, re.MULTILINE)
    digests = {
        patch: content_hash.example_digest(
            facts.CLASSES_14.index(patch.split("/")[1]), small_archive.pixels(patch)
        )
        for patch in small_archive.PATCHES
    }
    assert f"\ncontent hash {content_hash.content_hash(digests)}\n" in out
    assert "\n0 of 16 test examples show a field that is in train or validation" in out
    assert "\nwhether test has imaging sessions of its own is not known: 'B1': no name" in out


def test_verify_tells_how_many_test_examples_leak(archive, tmp_path, capsys, monkeypatch):
    pair = (("Orf", "te-test"), ("Orf", "va-validation"))
    monkeypatch.setattr("tem_virus_dataset.audit.clean.same_field", lambda: (pair,))
    monkeypatch.setattr(Builder, "builder_configs", {"small": small_archive.CONFIG})
    small_archive.build(archive, tmp_path)
    actions.verify("small", tmp_path)
    assert "\n1 of 16 test examples show a field" in capsys.readouterr().out


def test_against_raw_is_for_the_published_patches(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["verify", "mirror_11class", "--against-raw", str(tmp_path)])
    assert "--against-raw is for patches_14class alone" in capsys.readouterr().err


def test_verify_counts_the_phantom(phantom_dir, capsys):
    assert main(["verify", "phantom_14class", "--data-dir", str(phantom_dir)]) == 0
    *_, total, last = capsys.readouterr().out.splitlines()
    assert total.split() == ["total", "292", "112", "84", "488"]
    assert re.fullmatch(r"content hash [0-9a-f]{64}", last)


@pytest.mark.parametrize("arguments", [[], ["prepare"], ["prepare", "no_config"], ["destroy"]])
def test_wrong_arguments_end_with_usage(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert re.search(r"^See tem-virus( prepare)? --help\.$", capsys.readouterr().err, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        (["prepare", "patchs_14class"], "did you mean 'patches_14class'?"),
        (["prepare", "tem_exosome/fantom"], "did you mean 'tem_exosome/phantom'?"),
        (["verfy", "patches_14class"], "did you mean 'verify'?"),
        (["figure", "phantom_14class", "--out", "x.png", "--sed", "1"], "did you mean '--seed'?"),
        (["audit", "mirror_11clas", "--manual-dir", "x", "--out", "y"], "'mirror_11class'?"),
    ],
)
def test_what_is_mistyped_is_suggested(arguments, suggestion, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert suggestion in capsys.readouterr().err


@pytest.mark.parametrize("command", ["", "prepare", "verify", "info", "figure", "audit", "doctor"])
def test_help_shows_examples_that_are_understood(command, capsys):
    with pytest.raises(SystemExit) as caught:
        main([*command.split(), "--help"])
    assert caught.value.code == 0
    examples = capsys.readouterr().out.split("examples:\n")[1].splitlines()
    assert examples
    for line in examples:
        program, *arguments = line.split()
        assert program == "tem-virus"
        assert parser().parse_args(arguments).command


def test_the_version_is_that_of_the_package(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"tem-virus {tem_virus_dataset.__version__}\n"


def test_a_tilde_is_the_home_in_every_path(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    for line in (
        "prepare x --data-dir ~/p --manual-dir ~/p", "verify x --data-dir ~/p --against-raw ~/p",
        "info --data-dir ~/p", "figure x --data-dir ~/p --out ~/p",
        "audit x --manual-dir ~/p --out ~/p", "doctor --data-dir ~/p",
    ):  # fmt: skip
        paths = [v for v in vars(parser().parse_args(line.split())).values() if isinstance(v, Path)]
        assert paths == [tmp_path / "p"] * line.count("~"), line


@pytest.mark.parametrize("name", ["interruption.py", "typed_number.py", "files/arguments.py"])
def test_the_leaderboard_has_the_same_command_line_helpers(name):
    """Each package is installed without the other; the two copies must not drift apart."""
    ours, theirs = ((ROOT / package / name).read_text() for package in PACKAGES)
    assert ours.replace(*(f"from {package} import" for package in PACKAGES)) == theirs


def test_every_config_may_be_named_without_its_data_set():
    for name in builders.names():
        dataset, _, short = name.rpartition("/")
        full = f"{dataset or 'tem_virus'}/{short}"
        assert builders.full_name(short) == builders.full_name(full) == name
        assert address.address(short) == address.address(full) == full
    assert builders.full_name("none") == "none"


def test_a_reader_that_has_gone_is_no_traceback(tmp_path):
    command = [sys.executable, "-m", "tem_virus_dataset", "info", "--data-dir", str(tmp_path)]
    root = Path(tem_virus_dataset.__file__).parents[1]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        run.stdout.close()
        assert run.stderr.read() == b""
    assert run.returncode == 1


@pytest.mark.parametrize("name", ["phantom_14class", "tem_virus/phantom_14class"])
def test_a_config_may_have_the_prefix_of_its_data_set(name, phantom_dir, capsys):
    assert main(["prepare", name, "--data-dir", str(phantom_dir)]) == 0
    assert "tem_virus/phantom_14class/1.0.0 is in" in capsys.readouterr().out


def test_the_module_runs_as_a_command(fresh, tmp_path):
    code = (
        "import runpy, sys; sys.argv[1:] = ['verify', 'phantom_14class', '--data-dir', sys.argv[1]]"
    )
    process = fresh(f"{code}; runpy.run_module('tem_virus_dataset', run_name='__main__')", tmp_path)
    _, err = process.communicate(timeout=100)
    assert process.returncode == 1
    assert err.strip().splitlines()[-1].startswith(f"error: {tmp_path}/tem_virus/phantom_14class")


def test_counts_that_agree_pass():
    content_hash.check_counts(FOUND, ROWS, "here")
    content_hash.check_counts({**FOUND, ("train", "B"): 0}, ROWS, "here")


@pytest.mark.parametrize(
    "change, line",
    [
        ({("train", "A"): 0}, "  train/A: found 0, expected 1"),
        ({("test", "A"): 3}, "  test/A: found 3, expected 2"),
        ({("train", "B"): 1}, "  train/B: found 1, expected 0"),
        ({("train", "C"): 4}, "  train/C: found 4, expected 0"),
    ],
)
def test_counts_that_differ_are_listed(change, line):
    with pytest.raises(DatasetError) as caught:
        content_hash.check_counts({**FOUND, **change}, ROWS, "here")
    first, *lines, _ = str(caught.value).splitlines()
    assert first.startswith("here: ")
    assert lines == [line]


def test_ids_are_counted_by_split_and_class():
    ids = ["train/A/1_1", "train/A/1_2", "test/Rift Valley/1_1"]
    assert content_hash.count(ids) == {("train", "A"): 2, ("test", "Rift Valley"): 1}


def test_the_digest_is_of_label_and_little_endian_pixels():
    image = np.array([[1, 256], [65535, 0]], np.uint16)
    expected = hashlib.sha256(b"3\n" + bytes([1, 0, 0, 1, 255, 255, 0, 0])).hexdigest()
    for same in (image, image[..., None], image.astype(">u2"), np.asfortranarray(image)):
        assert content_hash.example_digest(3, same) == expected
    assert content_hash.example_digest(4, image) != expected
    assert content_hash.example_digest(3, image.T) != expected
    eight = np.array([[1, 2]], np.uint8)
    assert content_hash.example_digest(0, eight) == content_hash.example_digest(
        0, eight.astype(np.uint16)
    )


def test_the_hash_is_independent_of_order_and_sees_every_change():
    digests = {"train/A/1_1": "aa", "train/A/1_2": "bb", "test/A/1_1": "cc"}
    expected = content_hash.content_hash(digests)
    text = b"test/A/1_1\tcc\ntrain/A/1_1\taa\ntrain/A/1_2\tbb\n"
    assert expected == hashlib.sha256(text).hexdigest()
    assert content_hash.content_hash(dict(reversed(digests.items()))) == expected
    swapped = {**digests, "train/A/1_1": "bb", "train/A/1_2": "aa"}
    fewer = {i: d for i, d in digests.items() if i != "test/A/1_1"}
    assert (
        len({expected, content_hash.content_hash(swapped), content_hash.content_hash(fewer)}) == 3
    )


def test_where_only_a_total_is_known_the_total_is_compared():
    rows = {"A": {"total": 3}, "B": {"total": 3}}
    found = {(split, name): 1 for split in facts.SPLITS for name in "AB"}
    content_hash.check_counts(found, rows, "here")
    with pytest.raises(DatasetError, match=r"\n  total/A: found 4, expected 3\n"):
        content_hash.check_counts({**found, ("validation", "A"): 2}, rows, "here")
    with pytest.raises(DatasetError, match=r"\n  test/B: found none, expected some\n"):
        content_hash.check_counts({**found, ("test", "B"): 0, ("train", "B"): 2}, rows, "here")


def test_an_estimate_is_warned_of_unless_there_is_nothing():
    other = {**FOUND, ("test", "A"): 3}
    with pytest.warns(UserWarning, match=r"here: .*estimate.*\n  test/A: found 3, expected 2$"):
        content_hash.check_counts(other, ROWS, "here", estimated=["A"])
    with pytest.raises(DatasetError, match="test/A: found 0, expected 2"):
        content_hash.check_counts({**FOUND, ("test", "A"): 0}, ROWS, "here", estimated=["A"])


def test_the_digest_sees_every_other_array():
    image, boxes = np.zeros((2, 2), np.uint8), np.array([[0.0, 1.0]], np.float32)
    digests = [
        content_hash.example_digest(0, image),
        content_hash.example_digest(0, image, boxes),
        content_hash.example_digest(0, image, boxes + 1),
        content_hash.example_digest(0, image, boxes.astype(np.float64)),
        content_hash.example_digest(0, image, boxes.T),
        content_hash.example_digest(0, image, boxes, boxes),
    ]
    assert len(set(digests)) == len(digests)
    assert content_hash.example_digest(0, image, boxes.astype(">f4")) == digests[1]
