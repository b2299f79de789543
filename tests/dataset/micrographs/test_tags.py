import pytest

from tem_virus_dataset import DatasetError
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.micrographs import tags

PLAIN = (
    "Heigt;1032\nWidth;1376\nGridposX;-120,5\nXscale;0.7232\nYscale;0.7232\nAccVoltage;80000\n"
    "Date;2010-06-10 12:00:00\nMagnification;73000\nPhotographer;-\n"
)


def read(text, encoding="utf-8"):
    return tags.nm_per_pixel(Blob(text.encode(encoding), "a/tags/s.tif_tags.csv"))


@pytest.mark.parametrize(
    "text, size",
    [
        (PLAIN, 0.7232),
        (PLAIN.replace("0.7232", "0,7232"), 0.7232),
        (PLAIN.replace("\n", "\r\n"), 0.7232),
        (f"\ufeff{PLAIN}", 0.7232),
        (f"\ufeff{PLAIN[PLAIN.index('Xscale') :]}", 0.7232),  # the mark before Xscale itself
        ("\n".join(reversed(PLAIN.splitlines())), 0.7232),
        (f"\n\n{PLAIN}\n \n\n", 0.7232),
        (PLAIN.replace(";", " ; ").replace("scale", "SCALE"), 0.7232),
        ("Xscale;1\nYscale;1,0", 1.0),
        ("Xscale;1.0501\nYscale;1.0504\n", 1.0501),  # differ by rounding only
        ("Photographer;a;b;c\nno separator\nXscale;0.26\nYscale;0.26\n", 0.26),
    ],
)
def test_the_pixel_size_is_read(text, size):
    assert read(text) == size


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_with_its_mark(encoding):
    mark = "" if encoding == "utf-16" else "\ufeff"
    assert read(mark + PLAIN, encoding) == 0.7232


@pytest.mark.parametrize("line", ['"{}";"0,26"', "{};0.26;", "{} ;0.26 ;;", '{};"0.26"'])
def test_quotes_and_a_separator_at_the_end(line):
    assert read("\n".join(line.format(name) for name in ("Xscale", "Yscale"))) == 0.26


def test_a_name_in_latin_letters_is_no_matter():
    assert read(f"{PLAIN}Photographer;M\xfcller\n", "latin-1") == 0.7232


@pytest.mark.parametrize(
    "x, y, found, expected",
    [
        (None, "1.05", "Xscale is missing", "a line `Xscale;<nm per pixel>`"),
        ("1.05", None, "Yscale is missing", "a line `Yscale;<nm per pixel>`"),
        ("0", "0", "Xscale is 0", "0.05 to 10 nm per pixel"),
        ("1.05", "-1.05", "Yscale is -1.05", "0.05 to 10 nm per pixel"),
        ("nan", "nan", "Xscale is nan", "0.05 to 10 nm per pixel"),
        ("inf", "inf", "Xscale is inf", "0.05 to 10 nm per pixel"),
        ("1.05E-009", "1.05E-009", "Xscale is 1.05e-09", "0.05 to 10 nm per pixel"),  # metres
        ("", "1.05", "Xscale is ''", "a number, in nm per pixel"),
        ("1.05", "fine", "Yscale is 'fine'", "a number, in nm per pixel"),
        ("1,000.5", "1", "Xscale is '1,000.5'", "a number, in nm per pixel"),
        ("1.05", "1.06", "Xscale is 1.05 and Yscale 1.06", "square pixels"),
    ],
)
def test_a_fault_names_the_file_and_what_to_do(x, y, found, expected):
    fields = {"Width": "1376", "Xscale": x, "Yscale": y}
    with pytest.raises(DatasetError) as caught:
        read("".join(f"{name};{value}\n" for name, value in fields.items() if value is not None))
    message = str(caught.value)
    assert message.startswith(f"a/tags/s.tif_tags.csv: {found}; expected {expected}")
    assert "Put the published file in its place" in message


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00\x01", b"\x89PNG\r\n"])
def test_a_file_that_is_no_tags_file(data):
    with pytest.raises(DatasetError, match=r"^t\.csv: Xscale is missing"):
        tags.nm_per_pixel(Blob(data, "t.csv"))
