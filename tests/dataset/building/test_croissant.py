import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import small_archive
from PIL import Image

import tem_virus_dataset
from tem_virus_dataset import facts
from tem_virus_dataset.sources import published_patches, raw

FILE = Path(tem_virus_dataset.__file__).parent / "tem_virus" / "croissant.json"
UNKNOWN = {"sha256", "md5", "contentSize", "contentUrl", "datePublished", "dateModified"}


@pytest.fixture(scope="module")
def description():
    return json.loads(FILE.read_text())


@pytest.fixture(scope="module")
def beside_the_archive(tmp_path_factory):
    """The description where it belongs: in the folder that holds the unpacked archive."""
    mlcroissant = pytest.importorskip("mlcroissant", reason="needs mlcroissant, tifffile")
    pytest.importorskip("tifffile", reason="mlcroissant reads TIFF with it")
    folder = tmp_path_factory.mktemp("croissant")
    small_archive.write(folder)  # a link to the other one would not be followed
    shutil.copy(FILE, folder)
    return mlcroissant.Dataset(jsonld=folder / FILE.name)


def rows(description, record_set):
    found = next(r for r in description["recordSet"] if r["@id"] == record_set)
    return [{k.split("/")[1]: v for k, v in row.items()} for row in found["data"]]


def keys(node):
    if isinstance(node, dict):
        return node.keys() | {key for value in node.values() for key in keys(value)}
    return {key for value in node for key in keys(value)} if isinstance(node, list) else set()


def records(dataset, record_set):
    for record in dataset.records(record_set):
        yield {
            key.split("/")[1]: value.decode() if isinstance(value, bytes) else value
            for key, value in record.items()
        }


def test_enumerations_are_the_facts(description):
    assert [row["name"] for row in rows(description, "splits")] == list(facts.SPLITS)
    assert rows(description, "classes") == [
        {"name": name, "label": label, "diameter_nm": facts.DIAMETER_NM[name]}
        for label, name in enumerate(facts.CLASSES_14)
    ]
    viruses = {row["name"]: row["diameter_nm"] for row in rows(description, "viruses")}
    assert viruses == facts.DIAMETER_NM


def test_file_sets_are_the_folders_that_the_builder_reads(description):
    patches, micrographs = (found["includes"] for found in description["distribution"])
    classes = [row["name"] for row in rows(description, "viruses")]
    for found, folder, names in (
        (patches, published_patches.PATCHES, facts.CLASSES_14),
        (micrographs, raw.RAW, classes),
    ):
        wanted = [f"{facts.ARCHIVE}/{folder}/{s}/{name}" for s in facts.SPLITS for name in names]
        assert [pattern.rpartition("/")[0] for pattern in found] == wanted


def test_counts_and_sources_are_the_facts(description):
    totals = {s: sum(row[s] for row in facts.PATCHES_14CLASS.values()) for s in facts.SPLITS}
    patches = next(r for r in description["recordSet"] if r["@id"] == "patches")
    for total in totals.values():
        assert f"{total} for" in patches["description"]
    assert description["url"] == facts.HOMEPAGE
    assert description["citeAs"] == FILE.with_name("CITATIONS.bib").read_text().strip()


def test_nothing_unknown_is_stated(description):
    stated = {key: value for key, value in description.items() if key != "@context"}
    assert not keys(stated) & UNKNOWN
    assert description["license"]["url"] == facts.HOMEPAGE


def test_mlcroissant_misses_nothing_but_the_date(beside_the_archive):
    issues = beside_the_archive.metadata.ctx.issues
    assert not issues.errors
    assert len(issues.warnings) == 1
    assert "datePublished" in next(iter(issues.warnings))


def test_mlcroissant_finds_every_patch_and_nothing_else(beside_the_archive):
    found = {}
    for record in records(beside_the_archive, "patches"):
        found[f"{record['split']}/{record['class']}/{record['name']}"] = record["path"]
    assert found.keys() == small_archive.PATCHES.keys()
    folder = beside_the_archive.metadata.ctx.folder
    for patch, path in found.items():
        with Image.open(folder / path) as image:
            np.testing.assert_array_equal(np.asarray(image), small_archive.pixels(patch))


def test_mlcroissant_finds_the_micrographs(beside_the_archive):
    found = [
        (r["split"], r["class"], r["stem"]) for r in records(beside_the_archive, "micrographs")
    ]
    wanted = [(*key, stem) for key, stems in small_archive.MICROGRAPHS.items() for stem in stems]
    assert sorted(found) == sorted(wanted)
