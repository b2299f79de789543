"""`benchmark.speed build`, on an archive of phantoms."""

import re

from benchmark.speed.__main__ import main


def test_building_is_compared_with_the_floor(archive, capsys):
    assert main(["build", "--manual-dir", str(archive), "--limit", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "One micrograph after the other, one thread:"
    rows = {line.split()[0]: line.split() for line in lines[3:]}
    assert rows.keys() == {"published", "RAW"}
    for source, row in rows.items():
        _, micrographs, patches, _, floor, ours, common = row
        assert (micrographs, patches, floor) == ("14", "14", "1.00")
        assert re.fullmatch(r"\d+\.\d\d", ours)
        assert (common == "-") is (source == "published")


def test_without_an_archive_the_error_names_what_to_download(tmp_path, capsys):
    assert main(["build", "--manual-dir", str(tmp_path)]) == 1
    assert f"error: {tmp_path}: found no zip, and no folder" in capsys.readouterr().err
