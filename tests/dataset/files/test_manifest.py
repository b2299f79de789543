import shutil
import subprocess

import pytest

from tem_virus_dataset import DatasetError
from tem_virus_dataset.files import atomic, manifest, tree
from tem_virus_dataset.sources import mirror

A, B, C = (manifest.checksum_of(letter) for letter in (b"a", b"bb", b"ccc"))

HEX = A.sha256


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tem_virus" / "mendeley.sha256"


def test_what_is_written_is_read(path):
    written = {"images/Rift Valley_1 (2).jpg": A, "b#c": B, "µ  x": C}
    manifest.write(path, written)
    assert manifest.read(path) == written
    assert path.read_text("utf-8").startswith(
        f"# 2 bytes\n{B.sha256}  b#c\n# 1 bytes\n{A.sha256}  images/Rift Valley"
    )
    assert list(path.parent.iterdir()) == [path]


def test_no_manifest_holds_no_sums(path):
    assert manifest.read(path) == {}


def test_sha256sum_checks_it(tmp_path, path):
    if not shutil.which("sha256sum"):
        pytest.skip("needs sha256sum")
    (tmp_path / "a b.txt").write_bytes(b"a")
    manifest.write(path, {"a b.txt": A})
    subprocess.run(["sha256sum", "--strict", "--check", path], cwd=tmp_path, check=True)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))  # as a Windows editor saves it
    assert manifest.read(path) == {"a b.txt": A}


@pytest.mark.parametrize(
    "line",
    [HEX, f"{HEX} a", f"{HEX[:-1]}  a", f"{HEX}  ", f"{HEX.upper()}  a", f"a  {HEX}", "<html>"],
)
def test_a_damaged_line_is_named(path, line):
    path.parent.mkdir()
    path.write_text(f"# 2 bytes\n{B.sha256}  b\n# 1 bytes\n{line}\n")
    with pytest.raises(DatasetError) as caught:
        manifest.read(path)
    assert f"{path}, line 4: {line!r:.100}: not `<sha256>  <name>` below" in str(caught.value)
    assert "Restore the file" in str(caught.value)


def test_two_sums_of_one_file(path):
    path.parent.mkdir()
    one, other = (f"# {k.size} bytes\n{k.sha256}  a\n" for k in (A, B))
    path.write_text(one + one + other)
    with pytest.raises(DatasetError, match=r"line 6: .* another entry of the same file above"):
        manifest.read(path)


def test_a_line_without_its_size(path):
    path.parent.mkdir()
    path.write_text(f"# 1 bytes\n{HEX}  a\n{HEX}  b\n")
    with pytest.raises(DatasetError, match=r"line 3: .*: not `<sha256>  <name>` below `# <size>"):
        manifest.read(path)


@pytest.mark.parametrize("name", ["a\nb", "a\rb", "", " "])
def test_a_name_that_no_line_can_hold(path, name):
    manifest.write(path, {"before": A})
    with pytest.raises(DatasetError, match="is no line of a manifest"):
        manifest.write(path, {name: A})
    assert manifest.read(path) == {"before": A}


def test_a_write_that_fails_changes_nothing(path, monkeypatch):
    manifest.write(path, {"a": A})

    def full(_):
        raise OSError("disk full")

    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        manifest.write(path, {"b": B})
    assert manifest.read(path) == {"a": A}
    assert list(path.parent.iterdir()) == [path]


def test_recording_adds_and_never_changes(path):
    manifest.record(path, {"a": A})
    manifest.record(path, {"a": A, "b": B})
    assert manifest.read(path) == {"a": A, "b": B}
    with pytest.raises(DatasetError) as caught:
        manifest.record(path, {"b": C, "c": C})
    assert f"b: {C}; expected {B}, as recorded in {path}. Put the" in str(caught.value)
    assert manifest.read(path) == {"a": A, "b": B}


def test_recording_nothing_new_does_not_write(path):
    manifest.record(path, {"a": A})
    before = path.stat()
    manifest.record(path, {"a": A})
    after = path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_recording_into_a_damaged_manifest_leaves_it(path):
    path.parent.mkdir()
    path.write_text("damaged")
    with pytest.raises(DatasetError, match="line 1: 'damaged'"):
        manifest.record(path, {"a": A})
    assert path.read_text() == "damaged"


MANY = """
import sys
from pathlib import Path
from tem_virus_dataset.files import manifest as sums
for number in range(20):
    name = f"{sys.argv[2]}/{number}"
    sums.record(Path(sys.argv[1]), {name: sums.checksum_of(name.encode())})
"""


def test_processes_that_record_at_once_lose_nothing(path, fresh):
    processes = [fresh(MANY, path, letter) for letter in "abc"]
    for process in processes:
        _, errors = process.communicate()
        assert process.returncode == 0, errors
    names = {f"{letter}/{number}" for letter in "abc" for number in range(20)}
    assert manifest.read(path) == {name: manifest.checksum_of(name.encode()) for name in names}


def test_another_process_holds_the_record(path, monkeypatch):
    monkeypatch.setattr(manifest, "WAIT", 0.1)
    path.parent.mkdir()
    with (
        manifest.filelock.FileLock(path.with_name(f".{path.name}.lock")),
        pytest.raises(DatasetError, match=r"another process has held .* Wait until it has ended"),
    ):
        manifest.record(path, {"a": A})


def test_the_manifest_of_the_mirror_comes_with_the_package():
    known = manifest.shipped("mirror")
    counts = {
        (part, split): sum(name.startswith(f"{part}/{folder}/") for name in known)
        for part in ("images", "labels")
        for split, folder in mirror.FOLDERS.items()
    }
    assert list(counts.values()) == [418, 141, 142] * 2
    assert len(known) == 1402


def test_the_manifest_is_that_of_the_real_mirror(shared_data):
    known = manifest.shipped("mirror")
    real = tree.find_tree([shared_data / "mirror_11class"], "images/train")
    for name in sorted(known)[::20]:  # all of them are read when the config is built
        assert manifest.checksum_of(real.file(name).read()) == known[name]
    assert known.keys() == {name for name in real.files if name.startswith(("images/", "labels/"))}
