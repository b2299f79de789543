"""Files that are nearly right, or of another kind: each says what to do."""

import bz2
import gzip
import io
import lzma
import pickle
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from leaderboard.predictions import detection, hints
from leaderboard.predictions.classification import read
from leaderboard.predictions.text import PredictionsError, split_of

IDS = ["test/Orf/a_1", "test/Rift Valley/b_2"]
CLASSES = ["Orf", "Rift Valley"]
GOOD = "id,Orf,Rift Valley\ntest/Orf/a_1,0.9,0.1\ntest/Rift Valley/b_2,0.2,0.8\n"


def zipped(name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr(name, GOOD)
    return packed.getvalue()


def tar() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as file:
        file.addfile(tarfile.TarInfo("a.csv"))
    return packed.getvalue()


def npy() -> bytes:
    array = io.BytesIO()
    np.save(array, np.eye(2))
    return array.getvalue()


KINDS: dict[str, tuple[bytes, str]] = {
    "zip": (zipped("a.csv"), "a zip archive; .*Unpack"),
    "xlsx": (zipped("xl/workbook.xml"), "an Excel file; .*save the sheet as CSV"),
    "npz": (zipped("arr_0.npy"), r"NumPy arrays \(.npz\)"),
    "pt": (zipped("archive/data.pkl"), "a PyTorch file, and no such file is ever opened"),
    "parquet": (
        b"PAR1" + bytes(20),
        r"a Parquet file; .*read_parquet.*to_csv\(FILE, index=False\)",
    ),
    "feather": (b"ARROW1\0\0", "a Feather file"),
    "npy": (npy(), "a NumPy array"),
    "pickle": (pickle.dumps({"a": 1}), "a pickle, and no pickle is ever opened"),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(9), "an HDF5 file"),
    "MATLAB": (b"MATLAB 5.0 MAT-file" + b" " * 100, "writetable"),
    "bzip2": (bz2.compress(GOOD.encode()), "a bzip2 file; .*Unpack"),
    "xz": (lzma.compress(GOOD.encode()), "an xz file; .*Unpack"),
    "gzip twice": (gzip.compress(gzip.compress(GOOD.encode())), "a gzip file within a gzip"),
    "tar": (tar(), "a tar archive"),
    "UTF-16": (GOOD.encode("utf-16"), "UTF-16 text; .*Save it as UTF-8"),
    "UTF-16 unmarked": (GOOD.encode("utf-16-le"), "UTF-16 text"),
    "UTF-32": (GOOD.encode("utf-32"), "UTF-32 text"),
    "JSON": (b'  {"id": 1}', "a JSON file; .*read_json"),
    "a login page": (b"\n<!DOCTYPE html><html>", "a web page; .*login"),
    "a Git LFS pointer": (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
    "a git-annex pointer": (b"/annex/objects/SHA256E-s9--00.csv\n", "git annex get"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(9), "an old Excel file"),
    "PNG": (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    "binary": (bytes(range(4)) * 99, "a binary file"),
    "R": (gzip.compress(b"RDX3\nX\n"), "write.csv"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_another_kind_is_named(kind: str, tmp_path: Path) -> None:
    data, said = KINDS[kind]
    file = tmp_path / "seed0.test.csv"
    file.write_bytes(data)
    with pytest.raises(PredictionsError, match=said) as caught:
        read(file, IDS, CLASSES)
    assert str(caught.value).startswith(f"{file}: is ")


def lines(change: Callable[[str], str]) -> str:
    return "".join(f"{change(line)}\n" for line in GOOD.splitlines())


def rows(first: str, second: str) -> str:
    return f"id,Orf,Rift Valley\ntest/Orf/a_1,{first}\ntest/Rift Valley/b_2,{second}\n"


NEARLY: dict[str, tuple[str, str]] = {
    "pandas' index": (
        ",id,Orf,Rift Valley\n0,test/Orf/a_1,0.9,0.1\n",
        r"line 1: .*index: write frame\.to_csv\(FILE, index=False\)",
    ),
    "an unnamed column": ("Unnamed: 0,id,Orf,Rift Valley\n", "pandas' index"),
    "no header": (GOOD.partition("\n")[2], "The header is missing"),
    "id last": ("Orf,Rift Valley,id\n", "The column id comes first"),
    "ID": (GOOD.replace("id,", "ID,", 1), "'ID' is written id"),
    "sep=,": (f"sep=,\n{GOOD}", "Excel's own"),
    "commas at the ends": (lines(lambda line: f"{line},"), "ends in a comma"),
    "a comma at one end": (GOOD.replace("0.1\n", "0.1,\n"), "line 2: .*ends in a comma"),
    "underscore": (
        GOOD.replace("Rift Valley", "Rift_Valley", 1),
        "'Rift_Valley' is written 'Rift V",
    ),
    "lower case": (GOOD.replace("Orf", "orf", 1), "'orf' is written 'Orf'"),
    "blank behind": (
        GOOD.replace("Rift Valley\n", "Rift Valley \n", 1),
        "is written 'Rift Valley'",
    ),
    "backslashes": (GOOD.replace("test/Orf/a_1", r"test\Orf\a_1"), "Is 'test/Orf/a_1' meant"),
    "an ending": (GOOD.replace("a_1,", "a_1.png,"), "Is 'test/Orf/a_1' meant"),
    "bytes": (GOOD.replace("test/Orf/a_1", "b'test/Orf/a_1'"), "Is 'test/Orf/a_1' meant"),
    "upper case": (GOOD.replace("test/Orf/a_1", "TEST/ORF/A_1"), "Is 'test/Orf/a_1' meant"),
    "the stem alone": (GOOD.replace("test/Orf/a_1", "a_1"), "Is 'test/Orf/a_1' meant"),
    "a blank behind an id": (GOOD.replace("a_1,", "a_1 ,"), "Is 'test/Orf/a_1' meant"),
    "one class a row": ("id,Prediction\ntest/Orf/a_1,Orf\n", "1 for the predicted class and 0"),
    "logits": (rows("3.2,-1.5", "0.2,0.8"), "look like logits: give their softmax"),
    "logits above 0": (rows("3.2,1.5", "0.2,0.8"), "look like logits"),
    "percent": (rows("90,10", "20,80"), "percent: divide by 100"),
    "percent signs": (rows("90%,10%", "20%,80%"), "percent: divide by 100"),
    "logarithms": (rows("-0.105361,-2.302585", "-1.6,-0.2"), r"give exp\(\) of them"),
    "sigmoids": (rows("0.9,0.8", "0.2,0.8"), "sigmoids"),
    "hardly below 0": (rows("1.0000001,-0.0000001", "0.2,0.8"), "clip them at 0"),
    "NaN": (rows("nan,nan", "0.2,0.8"), "Did the network return NaN"),
    "decimal commas": (rows('"0,9","0,1"', "0.2,0.8"), "Write a decimal point"),
    "not filled in": (rows(",", ","), "The row is empty, as --init writes it"),
}


@pytest.mark.parametrize("what", NEARLY)
def test_what_is_nearly_right_says_what_is_meant(what: str, tmp_path: Path) -> None:
    text, said = NEARLY[what]
    file = tmp_path / "a.csv"
    file.write_text(text)
    with pytest.raises(PredictionsError, match=said):
        read(file, IDS, CLASSES)


BOX = ",".join(detection.HEADER)


@pytest.mark.parametrize(
    "text, said",
    [
        (f",{BOX}\n", "pandas' index"),
        (f"{BOX}\nTEST/orf/a_1.png,Orf,0.9,1,1,2,2\n", "Is 'test/Orf/a_1' meant"),
        (f"{BOX}\ntest/Orf/a_1,rift_valley,0.9,1,1,2,2\n", "Is 'Rift Valley' meant"),
        (f"{BOX}\ntest/Orf/a_1,Orf,90,1,1,2,2\n", "Is it percent"),
        (f"{BOX}\ntest/Orf/a_1,Orf,-2.5,1,1,2,2\n", "Is it a logit"),
        (f"{BOX}\ntest/Orf/a_1,Orf,0.9,1,1,2,2,\n", "ends in a comma"),
        (f"{BOX}\nvalidation/Orf/a_9,Orf,0.9,1,1,2,2\n", "It is of validation: are two files"),
        (
            "id,confidence,class,x,y,width,height\n",
            r"height\. The columns id, class, .* come first",
        ),
        (f"{BOX.replace('confidence', 'score')}\n", r"height\. Call 'score' confidence"),
        (f"{BOX},size\n", r"height\. Unknown: 'size'\. Write these columns alone"),
        (
            f"{BOX.replace('width,height', 'w,h')}\n",
            "Missing: 'width', 'height'. Unknown: 'w', 'h'",
        ),
        (
            f"{BOX.replace('x,y,width,height', 'x1,y1,x2,y2')}\n",
            r"alone\. x and y are the centre of the box",
        ),
        ("id,class\n", "Missing: 'confidence', 'x', 'y', 'width', 'height'"),
    ],
)
def test_hints_about_detections(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(text)
    with pytest.raises(PredictionsError, match=said):
        detection.read(file, IDS, CLASSES)


def test_a_name_that_may_mean_two_is_not_guessed() -> None:
    assert hints.of_name("A-1", ["a_1", "a 1"]) == ""
    assert hints.of_name("nothing like it", CLASSES) == ""


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True, dtype=logits.dtype)


def test_a_softmax_in_half_precision_is_accepted_and_one_of_bfloat16_says_what_to_do(
    tmp_path: Path,
) -> None:
    classes = [f"c{n}" for n in range(14)]
    ids = [f"test/c0/{n}" for n in range(500)]
    logits = 3 * np.random.default_rng(0).normal(size=(500, 14))
    halves = softmax(logits.astype(np.float16)).astype(np.float64)
    bits = softmax(logits.astype(np.float32)).astype(np.float32).view(np.uint32)
    rounded = ((bits + 0x8000) & 0xFFFF0000).view(np.float32)
    file = tmp_path / "a.csv"
    for values in (halves, rounded):
        body = (
            ",".join([i, *(f"{v:.6f}" for v in row)]) for i, row in zip(ids, values, strict=True)
        )
        file.write_text("\n".join([",".join(["id", *classes]), *body]))
        if values is halves:
            np.testing.assert_allclose(read(file, ids, classes), halves, atol=1e-6)
        else:
            with pytest.raises(PredictionsError, match="bfloat16, divide each row by its sum"):
                read(file, ids, classes)


@pytest.mark.parametrize("name", ["VALIDATION/Orf/a", "validation\\Orf\\a", "b'validation/Orf/a'"])
def test_a_split_is_known_by_an_id_in_another_spelling(name: str, tmp_path: Path) -> None:
    """Ids of validation were compared with those of test, and nothing was found that is meant."""
    file = tmp_path / "a.csv"
    file.write_text(f"id,Orf\n{name},1\n")
    assert split_of(file) == "validation"
