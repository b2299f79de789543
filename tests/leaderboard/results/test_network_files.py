"""The networks beside the records: what is missing, damaged or of another record is one line."""

import hashlib
import json
from pathlib import Path

import pytest
from sample_records import FAILED, FINISHED, change

from leaderboard import render
from leaderboard.results import network_file
from leaderboard.results import store as records
from leaderboard.results.record import Record, RecordError

STATED = {
    "file": f"{FINISHED.run}.onnx", "bytes": 9, "sha256": "a" * 64, "dtype": "float16",
    "score_difference": 0.0,
}  # fmt: skip


def keep(root: Path, content: bytes, **fields: object) -> Record:
    """Write a record with a network of these bytes."""
    run = change(**fields).run
    stated = {
        **STATED, "file": f"{run}.onnx", "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    record = change(network=stated, **fields)
    records.write(root, record)
    records.network_path(root, record).write_bytes(content)
    return record


def test_a_network_is_beside_its_record_and_is_read_back(tmp_path: Path) -> None:
    record = keep(tmp_path, b"a network", temperature=0.5)
    (file,) = (tmp_path / "recropped_14class").glob("*.onnx")
    assert file == records.path(tmp_path, record).with_suffix(".onnx")
    assert records.read_all(tmp_path) == [record]
    network_file.check(tmp_path, [record, change(seed=1)])


@pytest.mark.parametrize(
    "fault, said",
    [
        (lambda file: file.unlink(), r"onnx: cannot be read \(No such file.*expected the network"),
        (
            lambda file: file.write_bytes(b"a netw"),
            "onnx: found 6 bytes with sha256 .*; expected 9",
        ),
        (lambda file: file.write_bytes(b"A network"), "onnx: found 9 bytes with sha256"),
        (
            lambda file: file.write_bytes(
                file.with_name(f"{change(seed=1).run}.onnx").read_bytes()
            ),
            f"is the network of {change(seed=1).run.replace('+', '.')}; expected 9 bytes",
        ),
    ],
)
def test_a_file_that_is_not_the_records_is_refused_by_render(
    fault, said: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    root = tmp_path / "records"
    record = keep(root, b"a network")
    keep(root, b"another one", seed=1)
    fault(records.network_path(root, record))
    with pytest.raises(RecordError, match=said):
        network_file.check(root, records.read_all(root))
    assert render.main(["--check", "--records", str(root), "--out", str(tmp_path)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "python -m benchmark.export_model" in line


def test_a_record_and_its_network_may_be_renamed_together(tmp_path: Path) -> None:
    record = keep(tmp_path, b"a network", data="folder/mine")
    file = records.path(tmp_path, record).rename(tmp_path / "our model.json")
    with pytest.raises(RecordError, match=r"Copy it from where .*_model '.*our model\.json'\."):
        network_file.check_one(file, record)
    network = records.network_path(tmp_path, record).rename(tmp_path / "our model.onnx")
    assert network_file.check_one(file, record) == network
    (tmp_path / record.network["file"]).write_bytes(b"that of a later training")
    assert network_file.check_one(file, record) == network
    network.write_bytes(b"A network")
    with pytest.raises(RecordError, match=r"our model\.onnx: found 9 bytes with sha256"):
        network_file.check_one(file, record)


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"network": {**STATED, "file": "../a.onnx"}}, "network: .*of the file custom-scratch"),
        ({"network": {**STATED, "bytes": "9"}}, "network: .* expected file, bytes, sha256, dtype"),
        ({"network": {**STATED, "sha256": "a"}}, "network: "),
        ({"network": {**STATED, "dtype": "int8"}}, "network: "),
        ({"network": {"file": STATED["file"]}}, "network: "),
        ({"network": {**STATED, "score_difference": -1}}, "network: "),
        ({"network": STATED, "no_network": "too large"}, "expected none: no network of this run"),
        ({"network": STATED, "provenance": "submitted", "submission": "x"}, "expected none"),
        ({"temperature": 0.0}, "temperature: found 0.0, expected a number above 0"),
    ],
)
def test_a_wrong_statement_is_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(RecordError, match=said):
        change(**fields)


def test_a_record_from_before_networks_were_kept_is_read(tmp_path: Path) -> None:
    for record in (FINISHED, FAILED):
        file = records.write(tmp_path, record)
        fields = json.loads(file.read_text())
        for name in ("temperature", "network", "no_network"):
            del fields[name]
        file.write_text(json.dumps(fields))
        assert records.read(file) == record


def test_every_committed_record_has_its_network_or_says_why_not() -> None:
    root = render.HERE / "records"
    found = [r for r in records.read_all(root) if r.status == "finished" and not r.submission]
    assert [r.run for r in found if not (r.network or r.no_network)] == []
    network_file.check(root, found)
    stated = {records.network_path(root, r) for r in found if r.network}
    assert stated == set(root.rglob("*.onnx"))
