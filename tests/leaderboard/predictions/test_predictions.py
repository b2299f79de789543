import gzip

import numpy as np
import pytest

from leaderboard.files.names import BadNameError, check_name, check_recipe
from leaderboard.predictions import classification as predictions
from leaderboard.predictions.classification import Predictions, read, write
from leaderboard.predictions.text import FIRST, PredictionsError, split_of

IDS = ("test/Ebola/1_1", "test/Nipah virus/1_1", "test/Orf/2_1")
CLASSES = ("Ebola", "Nipah virus", "Orf")
GOOD = """id,Ebola,Nipah virus,Orf
test/Ebola/1_1,0.8,0.1,0.1
test/Nipah virus/1_1,0.2,0.5,0.3
test/Orf/2_1,0,0,1
"""


def example(n=50, seed=0):
    values = np.random.default_rng(seed).dirichlet(np.ones(3), size=n)
    return Predictions(tuple(f"test/Orf/{index}_1" for index in range(n)), CLASSES, values)


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_written_predictions_are_read_back(tmp_path, name):
    one = example()
    write(tmp_path / "deep" / name, one)
    found = read(tmp_path / "deep" / name, one.ids, CLASSES)
    assert found.dtype == np.float64
    assert (found == np.round(one.probabilities, 6)).all()
    assert [path.name for path in (tmp_path / "deep").iterdir()] == [name]  # no temporary file


def test_only_the_name_ending_in_gz_is_packed(tmp_path):
    write(tmp_path / "a.csv", example())
    write(tmp_path / "a.csv.gz", example())
    assert (
        gzip.decompress((tmp_path / "a.csv.gz").read_bytes()) == (tmp_path / "a.csv").read_bytes()
    )


def test_equal_predictions_give_equal_bytes(tmp_path, monkeypatch):
    write(tmp_path / "a.csv.gz", example())
    monkeypatch.setattr("time.time", lambda: 1e9)
    write(tmp_path / "b.csv.gz", example())
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()


def test_what_cannot_be_opened_is_named(tmp_path):
    for path, said in ((tmp_path / "none.csv", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(PredictionsError, match=rf"{said}.*Check the path"):
            read(path, IDS, CLASSES)


def test_rows_and_columns_may_stand_in_any_order(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "\ufeffid,Orf,Ebola,Nipah virus\r\n\r\ntest/Orf/2_1,1,0,0\r\n"
        "test/Nipah virus/1_1,0.3,0.2,0.5\r\ntest/Ebola/1_1,0.1,8e-1,0.1\r\n",
        encoding="utf-8",
        newline="",
    )
    expected = [[0.8, 0.1, 0.1], [0.2, 0.5, 0.3], [0, 0, 1]]
    assert read(path, IDS, CLASSES).tolist() == expected
    assert read(path, IDS[::-1], CLASSES).tolist() == expected[::-1]


def test_a_zero_may_have_a_minus_sign(tmp_path):
    """In six digits -1e-17 is -0.000000."""
    path = tmp_path / "a.csv"
    for zero in ("-0.000000", "-0", "-0.", "-0.0e+00"):
        path.write_text(GOOD.replace("0,0,1", f"{zero},0,1"))
        found = read(path, IDS, CLASSES)
        assert found[2].tolist() == [0, 0, 1]
        assert not np.signbit(found).any()


def test_a_line_of_blanks_is_blank(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(GOOD + "   \n")
    assert read(path, IDS, CLASSES).shape == (3, 3)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_split_of_a_large_file_is_known_whatever_its_line_ends(tmp_path, end):
    path = tmp_path / "a.csv"
    lines = ["id,Orf", *(f"validation/Orf/{'ä' * 40}{index},1" for index in range(20_000))]
    path.write_bytes(end.join(lines).encode())
    assert path.stat().st_size > FIRST
    assert split_of(path) == "validation"


ROW = "test/Ebola/1_1,0.8,0.1,0.1"


@pytest.mark.parametrize(
    "old, new, said",
    [
        (GOOD, "", "The file is empty: write it again"),
        (ROW + "\n", "", r"1 of 3 ids are missing, the first is 'test/Ebola/1_1'"),
        (ROW, ROW + "\n" + ROW, r"line 3: id 'test/Ebola/1_1' is there twice.* Remove"),
        ("test/Ebola/1_1", "train/Ebola/1_1", r"line 2: unknown id 'train/Ebola/1_1'"),
        ("test/Ebola/1_1", "x" * 10_000, r"line 2: unknown id 'x{50}.*cut"),
        ("id,", "name,", "line 1: the first column is 'name'"),
        ("id,", " , \n id,", "Expected the header id,.* The line is blank: take it away"),
        (",Orf\n", "\n", "missing: 'Orf'"),
        (",Orf\n", ",Orf,Dengue\n", "unknown: 'Dengue'"),
        (",Orf\n", ",Ebola\n", "missing: 'Orf'; double: 'Ebola'"),
        ("0.8,0.1,0.1", "0.8,0.1", "line 2: found 3 columns, expected 4"),
        ("0.8,0.1,0.1", "0.8,0.1,0.1,0", "line 2: found 5 columns, expected 4"),
        ("0.8,0.1,0.1", "nan,0.1,0.1", "line 2: found 'nan', expected a probability"),
        ("0.8,0.1,0.1", "inf,0.1,0.1", "line 2: found 'inf'"),
        ("0.8,0.1,0.1", "1.1,-0.1,0", "line 2: found '-0.1'"),
        ("0.8,0.1,0.1", "high,0.1,0.1", "line 2: found 'high'"),
        ("0.8,0.1,0.1", ",0.1,0.1", "line 2: found ''"),
        (
            "0.8,0.1,0.1",
            "0.8,0.1,0.102",
            r"line 2: the row sums to 1.002, expected 1, less than 0.001 away",
        ),
        ("0,0,1", "1,0,2", "line 4: the row sums to 3"),
        (ROW, '"' + ROW, "no CSV"),
    ],
)
def test_a_faulty_file_is_refused(tmp_path, old, new, said):
    assert old in GOOD
    path = tmp_path / "faulty.csv"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(PredictionsError, match=said) as caught:
        read(path, IDS, CLASSES)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 1000


def test_sums_within_the_tolerance_are_accepted(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(GOOD.replace("0.8,0.1,0.1", "0.8,0.1,0.1009"))
    assert read(path, IDS, CLASSES)[0, 2] == 0.1009


@pytest.mark.parametrize(
    "data, said",
    [
        (GOOD.encode("utf-16"), "is UTF-16 text; expected a CSV file"),
        (b"\x80\x04\x95pickle", "is a pickle, and no pickle is ever opened"),
        (GOOD.replace("Ebola", "Eb\0la").encode(), "unknown: 'Eb.x00la'|no CSV"),
        (gzip.compress(GOOD.encode(), mtime=0)[:-20], "cannot be read"),
        (b"\x1f\x8b" + b"nonsense" * 9, "cannot be read"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, data, said):
    path = tmp_path / "damaged.csv.gz"
    path.write_bytes(data)
    with pytest.raises(PredictionsError, match=said):
        read(path, IDS, CLASSES)


def test_a_missing_file_or_a_folder_is_refused(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(PredictionsError, match="cannot be read"):
            read(path, IDS, CLASSES)


def test_a_bomb_is_refused(tmp_path):
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(bytes(predictions.LIMIT + 1), compresslevel=1))
    assert path.stat().st_size < 2**20
    with pytest.raises(PredictionsError, match="more than 64 MiB"):
        read(path, IDS, CLASSES)


@pytest.mark.parametrize(
    "ids, values, said",
    [
        (IDS, np.ones((2, 3)) / 3, r"shape \(2, 3\), expected \(3, 3\)"),
        (IDS, np.full((3, 3), np.nan), "found 'nan'"),
        (IDS, np.ones((3, 3)), "sums to 3"),
        (("a", "b", "a"), np.eye(3), "one twice"),
    ],
)
def test_what_could_not_be_read_is_not_written(tmp_path, ids, values, said):
    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(PredictionsError, match=said):
        write(path, Predictions(ids, CLASSES, values))
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("old")

    def full(_):
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="disk full"):
        write(path, example())
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "name", ["", "a|b", "a/b", "a\\b", "a\n", "..", "a..b", ".a", "-a", "a b", "é", "x" * 65]
)
def test_a_bad_name_is_refused(name):
    with pytest.raises(BadNameError, match=r"model: found .*Rename the model"):
        check_name(name, "model")


def test_a_very_long_name_gives_a_short_message():
    with pytest.raises(BadNameError) as caught:
        check_name("x" * 10_000, "model")
    assert len(str(caught.value)) < 300


def test_good_names_pass():
    assert check_name("EfficientNetV2-S_1.0", "model") == "EfficientNetV2-S_1.0"
    assert check_recipe("small+epochs=14,lr+=1e-3") == "small+epochs=14,lr+=1e-3"
    with pytest.raises(BadNameError):
        check_name("small+epochs=14", "model")
    for bad in ("a|b", "a/b", "+a", "a,\n", "x" * 151):
        with pytest.raises(BadNameError, match="recipe"):
            check_recipe(bad)
