"""Which of a file's statements is its pixel size, and when the user's takes its place."""

import math

import pytest

from tem_virus_dataset import DatasetError
from tem_virus_dataset.formats.pictures.picture import Statement
from tem_virus_dataset.formats.pixel_size import OPTION, PixelSize, chosen, found

OF_FILE = PixelSize(0.5, "the MRC header")


def stated(x, unit="nm", y=None, source="a tag"):
    return Statement(x, x if y is None else y, unit, source)


@pytest.mark.parametrize(
    ("statement", "nm"),
    [
        (stated(0.5), 0.5),
        (stated(5.0, "Å"), 0.5),
        (stated(5e-10, "m"), 0.5),
        (stated(5e-8, "cm", source="the TIFF's resolution"), 0.5),
        (stated(0.0415), 0.0415),
        (stated(0.01), 0.01),
        (stated(100.0), 100.0),
        (stated(1.0), 1.0),
        (stated(1.0001, "Å"), 0.10001),
        (stated(0.1), 0.1),
        (stated(1e-10, "m"), 0.1),
        (stated(0.5, y=0.50001), 0.500005),
    ],
)
def test_a_size_that_a_micrograph_has(statement, nm):
    size, remarks = found([statement])
    assert size.nm == pytest.approx(nm, rel=1e-9)
    assert size.source == statement.source
    assert remarks == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (stated(1.0, "Å", source="the MRC header"), "1 Å (the MRC header)"),
        (stated(1.0000001, "Å", y=0.9999999, source="the MRC header"), "1 Å (the MRC header)"),
        (stated(1e-4, "micron", source="ImageJ's unit"), "1 Å (ImageJ's unit)"),  # of an unset MRC
        (stated(1e-8, "cm", source="the TIFF's resolution"), "1 Å (the TIFF's resolution)"),
        (stated(1 / 72, "inch", source="the TIFF's resolution"), "72 dots per inch"),
        (stated(1 / 118.11, "cm", source="the TIFF's resolution"), "118.1 dots per cm"),
        (stated(0.0), "0 nm (a tag)"),
        (stated(-0.5), "-0.5 nm"),
        (stated(math.nan), "nan nm"),
        (stated(math.inf), "inf nm"),
        (stated(0.009), "0.009 nm (a tag); expected 0.01 to 100"),
        (stated(0.12, "µm"), "120 nm"),
        (stated(0.5, "furlong"), "0.5 with the unit 'furlong'"),
        (stated(0.5, ""), "0.5 with no unit"),
        (stated(0.6, y=0.7), "0.6x0.7 nm (a tag); expected square"),
        (stated(0.5, y=200.0), "0.5x200 nm"),
    ],
)
def test_a_statement_that_is_left_out_is_named(statement, words):
    size, remarks = found([statement])
    assert size is None
    assert len(remarks) == 1
    assert words in remarks[0]


def test_the_first_size_that_is_possible_is_taken():
    statements = [stated(1.0, "Å", source="x"), stated(0.6, source="y"), stated(0.7, source="z")]
    size, remarks = found(statements)
    assert size == PixelSize(0.6, "y")
    assert len(remarks) == 2
    assert "1 Å (x)" in remarks[0]
    assert "0.6 nm (y), and 0.7 nm (z); the first is taken" in remarks[1]
    assert found([]) == (None, [])


def test_sizes_that_contradict_the_first_are_named():
    same, of_printers = stated(6.05, "Å"), stated(1 / 72, "inch", source="the TIFF's resolution")
    assert found([stated(0.6), same, of_printers, stated(0.0), stated(2, "furlong")])[1] == []
    _, remarks = found([stated(0.6), same, stated(1e-9, "m", source="the resolution")])
    assert remarks == [
        "two pixel sizes: 0.6 nm (a tag), and 1 nm (the resolution); "
        f"the first is taken without {OPTION}"
    ]


def test_sides_that_differ_by_less_than_a_percent_are_averaged():
    size, remarks = found([stated(0.500733, y=0.504433)])
    assert size.nm == pytest.approx(0.502583)
    assert "0.500733x0.504433 nm (a tag)" in remarks[0]


def test_the_size_of_the_file():
    assert chosen("a.mrc", OF_FILE, [], None) == (OF_FILE, [])
    assert chosen("a.mrc", OF_FILE, ["0 nm (x)"], None) == (OF_FILE, ["0 nm (x)"])


def test_no_size():
    with pytest.raises(
        DatasetError, match=r"a\.mrc: does not state its pixel size; .* Give --nm-per"
    ):
        chosen("a.mrc", None, [], None)
    with pytest.raises(DatasetError, match=r"a\.mrc: .*: found 1 Å \(x\); expected"):
        chosen("a.mrc", None, ["1 Å (x)"], None)


def test_the_size_of_the_user_wins():
    assert chosen("a.mrc", None, [], 0.7) == (PixelSize(0.7, OPTION), [])
    assert chosen("a.mrc", OF_FILE, [], 0.505) == (PixelSize(0.505, OPTION), [])
    own, warnings = chosen("a.mrc", OF_FILE, [], 0.7)
    assert own.nm == 0.7
    assert len(warnings) == 1
    assert "0.5 nm according to the MRC header, 0.7 nm according to --nm-per-pixel" in warnings[0]


def test_what_is_odd_about_the_file_is_a_warning_beside_the_size_of_the_user():
    _, remarks = found([stated(0.6, y=0.7)])
    own, warnings = chosen("a.tif", None, remarks, 0.65)
    assert own == PixelSize(0.65, OPTION)
    assert len(warnings) == 1
    assert "0.6x0.7 nm" in warnings[0]
    assert f"{OPTION} is taken" in warnings[0]
