"""Errors of many files that say the same: one line that counts them, and no file is lost."""

from tem_virus_dataset.files import alike


def test_few_errors_and_different_ones_stand_one_by_one() -> None:
    messages = ["a.tif: damaged", "b.tif: damaged", "c.tif: no pixel size", "d.tif: damaged"]
    assert sorted(alike.grouped(messages)) == sorted(messages)
    assert list(alike.grouped(["no file"])) == ["no file"]


def test_many_errors_that_say_the_same_are_one_line() -> None:
    messages = [f"{number}.tif: no pixel size. Give --nm-per-pixel." for number in range(40)]
    (line, other) = alike.grouped([*messages, "z.tif: damaged"])
    assert line.startswith("0.tif: no pixel size. Give --nm-per-pixel. The same of 39 more files")
    assert line.endswith("1.tif, 2.tif, 3.tif, ...")
    assert other == "z.tif: damaged"


def test_four_names_are_all_there() -> None:
    (line,) = alike.grouped(f"{name}: damaged" for name in "abcd")
    assert line == "a: damaged. The same of 3 more files: b, c, d"
