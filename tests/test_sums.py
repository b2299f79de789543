import shutil
import subprocess

import pytest

from tem_virus_dataset import DatasetError, atomic, mirror, sums, tree

A, B, C = (sums.of(letter) for letter in (b"a", b"bb", b"ccc"))

HEX = A.sha256


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tem_virus" / "mendeley.sha256"


def test_what_is_written_is_read(path):
    written = {"images/Rift Valley_1 (2).jpg": A, "b#c": B, "µ  x": C}
    sums.write(path, written)
    assert sums.read(path) == written
    assert path.read_text("utf-8").startswith(
        f"# 2 bytes\n{B.sha256}  b#c\n# 1 bytes\n{A.sha256}  images/Rift Valley"
    )
    assert list(path.parent.iterdir()) == [path]


def test_no_manifest_holds_no_sums(path):
    assert sums.read(path) == {}


def test_sha256sum_checks_it(tmp_path, path):
    if not shutil.which("sha256sum"):
        pytest.skip("needs sha256sum")
    (tmp_path / "a b.txt").write_bytes(b"a")
    sums.write(path, {"a b.txt": A})
    subprocess.run(["sha256sum", "--strict", "--check", path], cwd=tmp_path, check=True)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))  # as a Windows editor saves it
    assert sums.read(path) == {"a b.txt": A}


@pytest.mark.parametrize(
    "line",
    [HEX, f"{HEX} a", f"{HEX[:-1]}  a", f"{HEX}  ", f"{HEX.upper()}  a", f"a  {HEX}", "<html>"],
)
def test_a_damaged_line_is_named(path, line):
    path.parent.mkdir()
    path.write_text(f"# 2 bytes\n{B.sha256}  b\n# 1 bytes\n{line}\n")
    with pytest.raises(DatasetError) as caught:
        sums.read(path)
    assert f"{path}, line 4: {line!r:.100}: not `<sha256>  <name>` below" in str(caught.value)
    assert "Restore the file" in str(caught.value)


def test_two_sums_of_one_file(path):
    path.parent.mkdir()
    one, other = (f"# {k.size} bytes\n{k.sha256}  a\n" for k in (A, B))
    path.write_text(one + one + other)
    with pytest.raises(DatasetError, match=r"line 6: .* another entry of the same file above"):
        sums.read(path)


def test_a_line_without_its_size(path):
    path.parent.mkdir()
    path.write_text(f"# 1 bytes\n{HEX}  a\n{HEX}  b\n")
    with pytest.raises(DatasetError, match=r"line 3: .*: not `<sha256>  <name>` below `# <size>"):
        sums.read(path)


@pytest.mark.parametrize("name", ["a\nb", "a\rb", "", " "])
def test_a_name_that_no_line_can_hold(path, name):
    sums.write(path, {"before": A})
    with pytest.raises(DatasetError, match="makes no line of a manifest"):
        sums.write(path, {name: A})
    assert sums.read(path) == {"before": A}


def test_a_write_that_fails_changes_nothing(path, monkeypatch):
    sums.write(path, {"a": A})

    def full(_):
        raise OSError("disk full")

    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        sums.write(path, {"b": B})
    assert sums.read(path) == {"a": A}
    assert list(path.parent.iterdir()) == [path]


def test_recording_adds_and_never_changes(path):
    sums.record(path, {"a": A})
    sums.record(path, {"a": A, "b": B})
    assert sums.read(path) == {"a": A, "b": B}
    with pytest.raises(DatasetError) as caught:
        sums.record(path, {"b": C, "c": C})
    assert f"b: {C}; expected {B}, as recorded in {path}. Put the" in str(caught.value)
    assert sums.read(path) == {"a": A, "b": B}


def test_recording_nothing_new_does_not_write(path):
    sums.record(path, {"a": A})
    before = path.stat()
    sums.record(path, {"a": A})
    after = path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_recording_into_a_damaged_manifest_leaves_it(path):
    path.parent.mkdir()
    path.write_text("damaged")
    with pytest.raises(DatasetError, match="line 1: 'damaged'"):
        sums.record(path, {"a": A})
    assert path.read_text() == "damaged"


MANY = """
import sys
from pathlib import Path
from tem_virus_dataset import sums
for number in range(20):
    name = f"{sys.argv[2]}/{number}"
    sums.record(Path(sys.argv[1]), {name: sums.of(name.encode())})
"""


def test_processes_that_record_at_once_lose_nothing(path, fresh):
    processes = [fresh(MANY, path, letter) for letter in "abc"]
    for process in processes:
        _, errors = process.communicate()
        assert process.returncode == 0, errors
    names = {f"{letter}/{number}" for letter in "abc" for number in range(20)}
    assert sums.read(path) == {name: sums.of(name.encode()) for name in names}


def test_another_process_holds_the_record(path, monkeypatch):
    monkeypatch.setattr(sums, "WAIT", 0.1)
    path.parent.mkdir()
    with (
        sums.filelock.FileLock(path.with_name(f".{path.name}.lock")),
        pytest.raises(DatasetError, match=r"another process has held .* Wait until it has ended"),
    ):
        sums.record(path, {"a": A})


def test_the_manifest_of_the_mirror_comes_with_the_package():
    known = sums.shipped("mirror")
    counts = {
        (part, split): sum(name.startswith(f"{part}/{folder}/") for name in known)
        for part in ("images", "labels")
        for split, folder in mirror.FOLDERS.items()
    }
    assert list(counts.values()) == [418, 141, 142] * 2
    assert len(known) == 1402


def test_the_manifest_is_that_of_the_real_mirror(shared_data):
    known = sums.shipped("mirror")
    real = tree.find([shared_data / "mirror_11class"], "images/train")
    for name in sorted(known)[::20]:  # all of them are read when the config is built
        assert sums.of(real.file(name).read()) == known[name]
    assert known.keys() == {name for name in real.files if name.startswith(("images/", "labels/"))}
