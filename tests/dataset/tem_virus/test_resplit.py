"""The configs of sessions: no session or field on both sides, counts as stated, ids unique."""

import collections
import csv
import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
import small_archive

from leaderboard.ground_truth import classification as patch_truth
from tem_virus_dataset import Builder, facts
from tem_virus_dataset.audit import clean, known_sessions
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.micrographs.job import Job
from tem_virus_dataset.micrographs.sessions import shipped, specimen
from tem_virus_dataset.sources import mirror
from tem_virus_dataset.tem_virus import resplit

MANIFEST = Path(mirror.__file__).with_name("mirror.sha256")
SPLITS = {folder: split for split, folder in mirror.FOLDERS.items()}


def job(split, class_name, stem, count=1):
    return Job(split, class_name, stem, count, (), list, list)


def mirrored(counts=None):
    """The mirror's micrographs, from the manifest; `counts` of their boxes by class and stem."""
    names = re.findall(r"images/(\w+)/([^_\n]+)_(.+)\.jpg$", MANIFEST.read_text("utf-8"), re.M)
    return [
        job(SPLITS[folder], name, stem, counts[name, stem] if counts else 1)
        for folder, name, stem in names
    ]


def published(shared_data):
    """The micrographs of the published list of patches."""
    counts = collections.Counter()
    with (shared_data / "official" / "patches_14class_manifest.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            counts[tuple(row["raw_image"].removesuffix(".tif").split("/"))] += 1
    return [job(*name, count) for name, count in counts.items()]


def sides(jobs):
    tests = [one.micrograph for one in jobs if one.split == "test"]
    return tests, [one.micrograph for one in jobs if one.split != "test"]


def counted(jobs):
    found = collections.Counter()
    for one in jobs:
        found[one.class_name, one.split] += one.count
    return {
        name: {split: found[name, split] for split in facts.SPLITS}
        for name in sorted({name for name, _ in found})
    }


def test_no_session_and_no_field_of_the_mirror_is_on_both_sides():
    jobs = resplit.by_session(mirrored())
    assert len(jobs) == 701
    tests, others = sides(jobs)
    assert not known_sessions.of_known_session(tests, others).any()
    assert clean.clean(tests, others).all()
    split_of = {(one.class_name, one.stem): one.split for one in jobs}
    for first, second in clean.same_field():
        assert split_of[first] == split_of[second]
    held = collections.defaultdict(set)
    for (name, stem), session in shipped().items():
        held[name, session].add(split_of[name, stem])
    divided = {name for (name, _), splits in held.items() if len(splits) > 1}
    assert divided == {"Orf", "Papilloma"}  # of two sessions; train and validation share one
    specimens = collections.defaultdict(set)
    for (name, stem), session in shipped().items():
        specimens[name, specimen(session)].add(split_of[name, stem])
    assert {name for (name, _), splits in specimens.items() if len(splits) > 1} == divided


@pytest.mark.parametrize("kind", ["sessions", "clean"])
def test_the_published_list_gives_the_counts_of_the_config(shared_data, kind):
    config = Builder.builder_configs[f"patches_14class_{kind}"]
    jobs = config.chosen(published(shared_data))
    assert counted(jobs) == config.expected
    tests, others = sides(jobs)
    assert known_sessions.of_known_session(tests, others).any() == (kind == "clean")
    assert clean.clean(tests, others).all()


@pytest.mark.parametrize("kind", ["sessions", "clean"])
def test_the_mirrors_labels_give_the_counts_of_the_config(shared_data, kind):
    boxes = {}
    for file in sorted((shared_data / "mirror_11class" / "labels").glob("*/*.txt")):
        class_name, _, stem = file.stem.partition("_")
        boxes[class_name, stem] = len(file.read_text().splitlines())
    config = Builder.builder_configs[f"mirror_11class_{kind}"]
    assert counted(config.chosen(mirrored(boxes))) == config.expected


def test_detectors_and_classifiers_are_tested_on_the_same_micrographs(shared_data):
    folder = shared_data / "mirror_11class"
    boxes, patches = (
        Builder.builder_configs[f"mirror_11class_{name}"] for name in ("sessions_boxes", "sessions")
    )
    whole = boxes.chosen(boxes.jobs(folder))
    assert counted(whole) == boxes.expected
    assert [one.micrograph for one in whole] == [
        one.micrograph for one in patches.chosen(patches.jobs(folder))
    ]
    assert len(list(whole[0].items())) == 1


def test_a_repeated_field_stays_in_the_last_split_that_shows_it():
    official = mirrored()
    kept = resplit.without_repeated_fields(official)
    assert [one for one in kept if one.split == "test"] == [
        one for one in official if one.split == "test"
    ]
    tests, others = sides(kept)
    assert clean.clean(tests, others).all()
    train = [one.micrograph for one in kept if one.split == "train"]
    assert clean.clean([n for n in others if n not in train], train).all()
    field_of = clean.fields(clean.same_field())
    left_out = {one.micrograph for one in official} - {one.micrograph for one in kept}
    shown = {field_of.get((one.class_name, one.stem)) for one in kept}
    assert left_out
    assert all(field_of[tuple(name.split("/")[1:])] in shown for name in left_out)


@pytest.mark.parametrize(
    "data",
    [
        f"{config}_{kind}"
        for config in ("mirror_11class", "patches_14class")
        for kind in ("sessions", "clean")
    ],
)
def test_the_shipped_tables_have_the_counts_and_no_known_field(data):
    config = Builder.builder_configs[data]
    for split in ("validation", "test"):
        table = patch_truth.read(f"tem_virus/{data}", split)
        numbers = np.bincount(table.labels, minlength=len(config.expected)).tolist()
        assert numbers == [row[split] for row in config.expected.values()]
        assert table.classes == config.classes
        assert table.clean.all()
        assert len(set(table.ids)) == len(table)


def test_sessions_that_show_one_field_are_on_one_side(monkeypatch):
    stems = ["1", "2", "101", "102", "201", "202", "301"]
    jobs = [job("train", "Orf", stem, 10) for stem in stems]
    apart = {one.stem: one.split for one in resplit.by_session(jobs)}
    assert apart["201"] != apart["301"]
    pair = (("Orf", "201"), ("Orf", "301"))
    monkeypatch.setattr(clean, "same_field", lambda: (pair,))
    joined = {one.stem: one.split for one in resplit.by_session(jobs)}
    assert joined["201"] == joined["202"] == joined["301"]


@pytest.mark.parametrize(
    "stems, said",
    [
        (["1", "2", "3"], "Orf: found 1 groups of imaging sessions"),
        (["1", "mine"], "'mine': no name from which a session follows"),
    ],
)
def test_what_cannot_be_split_by_session_is_refused(stems, said):
    with pytest.raises(DatasetError, match=said):
        resplit.by_session([job("train", "Orf", stem) for stem in stems])


def test_what_is_left_out_is_neither_missing_nor_foreign(archive, tmp_path):
    """The record of an archive names its files whichever config is built first."""
    config = dataclasses.replace(
        small_archive.CONFIG,
        name="small_without",
        expected={**small_archive.EXPECTED, "Orf": {"train": 0, "validation": 1, "test": 1}},
        resplit=lambda jobs: [one for one in jobs if one.folder != "train/Orf"],
    )
    first, then = (
        {example["id"] for example in small_archive.build(archive, tmp_path, one).examples()}
        for one in (config, small_archive.CONFIG)
    )
    assert small_archive.PATCHES.keys() - first == {"train/Orf/1_1"}
    assert then == small_archive.PATCHES.keys()
