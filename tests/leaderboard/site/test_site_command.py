"""The command that writes the site: the same bytes everywhere, and each refusal."""

import gzip
from pathlib import Path

import pytest
import small_site
from project_paths import ROOT
from small_site import PHANTOM, build

from leaderboard.files import writable
from leaderboard.site import __main__ as site_command


def test_without_tensorflow_another_process_writes_the_same_bytes(tmp_path: Path, fresh) -> None:
    small_site.add(tmp_path / "records", PHANTOM, "of_phantoms", 0, 0.3)
    for name in ("phantoms.html", "rows/tem_virus/gone/index.html"):  # of a site of older form
        (tmp_path / "one" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "one" / name).write_text("old")
    assert build(tmp_path, tmp_path / "one") == 0
    code = (
        "import sys\n"
        "for name in ('tensorflow', 'keras', 'tensorflow_datasets', 'tem_virus_dataset', "
        "'benchmark', 'jax'): sys.modules[name] = None\n"
        "from leaderboard.site.__main__ import main\n"
        "raise SystemExit(main(sys.argv[1:]))"
    )
    run = fresh(code, "--out", tmp_path / "two", "--records", tmp_path / "records")
    _, error = run.communicate()
    assert run.returncode == 0, error
    names = {path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*")}
    assert names == {path.relative_to(tmp_path / "two") for path in (tmp_path / "two").rglob("*")}
    for name in names:
        one, two = tmp_path / "one" / name, tmp_path / "two" / name
        assert one.is_dir() or one.read_bytes() == two.read_bytes(), name


def _broken_record(folder: Path) -> Path:
    file = next((folder / "records").rglob("*.json"))
    file.write_text("{")
    return file


def _other_scores(folder: Path) -> Path:
    file = next((folder / "records").rglob("*.test.csv.gz"))
    lines = gzip.decompress(file.read_bytes()).decode().splitlines()
    ids = [line.partition(",")[0] for line in lines[1:]]
    turned = [line.partition(",")[2] for line in lines[:0:-1]]
    swapped = [",".join(pair) for pair in zip(ids, turned, strict=True)]
    file.write_bytes(gzip.compress("\n".join([lines[0], *swapped]).encode()))
    return file


def _no_predictions(folder: Path) -> Path:
    file = next((folder / "records").rglob("*.test.csv.gz"))
    file.unlink()
    return file


def _no_card(folder: Path) -> Path:
    file = folder / "submissions" / small_site.SUBMISSION / "card.toml"
    small_site.add(
        folder / "records", PHANTOM, "m", 0, 0.3, provenance="submitted",
        submission=small_site.SUBMISSION, content_hash="",
    )  # fmt: skip
    return file


@pytest.mark.parametrize("spoil", [_broken_record, _other_scores, _no_predictions, _no_card])
def test_what_cannot_be_used_is_named_and_the_site_stays(
    spoil, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    small_site.add(tmp_path / "records", PHANTOM, "of_phantoms", 0, 0.3)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").write_text("old")
    file = spoil(tmp_path)
    assert build(tmp_path, tmp_path / "out") == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert str(file) in error
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["index.html"]
    assert (tmp_path / "out" / "index.html").read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} <= {"out", "records", "submissions"}


def test_a_mistyped_option_is_a_usage_error(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as ended:
        site_command.main(["--out", "site", "--recods", "records"])
    assert ended.value.code == 2
    assert "did you mean '--records'?" in capsys.readouterr().err


def test_a_home_in_a_path_is_expanded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert site_command.main(["--out", "~/site", "--records", "~/none"]) == 1
    assert f"{tmp_path / 'none'}: no such folder" in capsys.readouterr().err


def test_a_folder_with_other_files_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("years of work")
    assert build(tmp_path, tmp_path / "out") == 1
    assert "thesis.tex" in capsys.readouterr().err
    assert (tmp_path / "out" / "thesis.tex").read_text() == "years of work"
    assert (
        site_command.main(["--out", str(tmp_path / "new"), "--records", str(tmp_path / "x")]) == 1
    )
    assert f"{tmp_path / 'x'}: no such folder" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_package_that_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(site_command, "NEEDED", ("numpy", "not_there"))
    assert build(tmp_path, tmp_path / "out") == 1
    assert "not_there is not installed" in capsys.readouterr().err
    assert '".[leaderboard]"' in Path(site_command.__file__).read_text("utf-8")
    extras = (ROOT / "setup.cfg").read_text("utf-8")
    assert "\nleaderboard =\n" in extras


def test_a_folder_that_cannot_be_made_is_named_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, _: bytes) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(writable, "write_bytes", refuse)
    arguments = ["--out", str(tmp_path / "site"), "--records", str(tmp_path), "--no-cache"]
    assert site_command.main(arguments) == 1
    assert f"{tmp_path / 'site'}: cannot be written to" in capsys.readouterr().err
