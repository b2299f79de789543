import pytest

from tem_virus_dataset import DatasetError
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.micrographs import particles

PLAIN = """image size
1376;1032
particleposition
10;20
particleposition
100;200
110;240
particleposition
1;2
3;4
5;6
"""
POINTS = (((10, 20),), ((100, 200), (110, 240)), ((1, 2), (3, 4), (5, 6)))
SIZED = "image size\n1376;1032\n"
ONE = f"{SIZED}particleposition\n"


def parse(text):
    return particles.parse(Blob(text.encode(), "p.txt"))


def test_x_comes_first_and_the_size_is_no_particle():
    found = parse(PLAIN)
    assert (found.width, found.height) == (1376, 1032)
    assert found.points == POINTS


def test_patches_are_cut_at_every_point_but_midway_between_a_pair():
    assert parse(PLAIN).centres() == [(10, 20), (105, 220), (1, 2), (3, 4), (5, 6)]


def test_the_middle_of_a_pair_may_lie_between_pixels():
    assert parse(f"{ONE}1;2\n2;5\n").centres() == [(1.5, 3.5)]


@pytest.mark.parametrize("value", ["1.05", "0,373", "1.05;1.05", "unknown", "\n1.05"])
@pytest.mark.parametrize("line", range(len(PLAIN.splitlines()) + 1))
def test_a_pixel_size_is_skipped_wherever_it_stands(line, value):
    lines = PLAIN.splitlines()
    lines[line:line] = ["pixelsize", *value.split("\n")]
    assert parse("\n".join(lines)) == parse(PLAIN)


def test_a_pixel_size_without_a_value_takes_no_particle_along():
    assert parse(PLAIN.replace("particleposition", "pixelsize\nparticleposition")) == parse(PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        f"{PLAIN}\n\n  \n",
        PLAIN.replace("\n", "\n\n"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.rstrip(),
        f"\ufeff{PLAIN}",
        PLAIN.replace(";", " ; ").replace("\n", " \n\t"),
        PLAIN.replace("10;20", "10,0;20.0"),
        PLAIN.replace("10;20", "10;20;"),
        PLAIN.replace("image size", "ImageSize").replace("particleposition", "Particle Position"),
        "\n".join(PLAIN.splitlines()[2:]) + "\nimage size\n1376;1032\n",
    ],
)
def test_the_same_in_other_writing(text):
    assert parse(text) == parse(PLAIN)


@pytest.mark.parametrize("point", ["0;0", "1376;1032"])
def test_a_point_on_the_border_is_inside(point):
    assert len(parse(f"{ONE}{point}\n").centres()) == 1


@pytest.mark.parametrize(
    "text, found, expected",
    [
        (f"{ONE}1377;0\n", ": a point at 1377;0", "points in the image of 1376x1032 pixels"),
        (f"{ONE}0;1033\n", ": a point at 0;1033", "points in the image of 1376x1032 pixels"),
        (f"{ONE}5;5\n-1;5\n", ": a point at -1;5", "points in the image of 1376x1032 pixels"),
        (f"{ONE}1032;1376\n", ": a point at 1032;1376", "points in the image"),  # y first
        (SIZED, ": no particle", "at least one, and a point for each"),
        (f"{SIZED}5;5\n", ", line 3: '5;5'", "a line that says what follows"),
        (f"{ONE}particleposition\n5;5\n", ": a particle without a point", "at least one"),
        (f"{ONE}5;5\nparticleposition\n\n", ": a particle without a point", "at least one"),
        (f"{ONE}5;5\ngarbage\n", ", line 5: 'garbage'", "two numbers, `x;y`"),
        (f"{ONE}5;5;5\n", ", line 4: '5;5;5'", "two numbers, `x;y`"),
        (f"{ONE}5\n", ", line 4: '5'", "two numbers, `x;y`"),
        (f"{ONE}nan;5\n", ", line 4: 'nan;5'", "two numbers, `x;y`"),
        (f"garbage\n{ONE}5;5\n", ", line 1: 'garbage'", "a line that says what follows"),
        ("particleposition\n5;5\n", ": no size of the image", "`image size` and `width;height`"),
        ("image size\nparticleposition\n5;5\n", ": no size of the image", "`image size` and"),
        ("image size\nbig\n", ", line 2: 'big'", "two numbers, `x;y`"),
        ("image size\ninf;inf\nparticleposition\n5;5\n", ", line 2: 'inf;inf'", "two numbers"),
        ("image size\n1e999;9\nparticleposition\n5;5\n", ", line 2: '1e999;9'", "two numbers"),
        ("", ": no size of the image", "`image size` and `width;height`"),
        ("\x89PNG\n", ", line 1: '\\x89PNG'", "a line that says what follows"),
    ],
)
def test_a_fault_names_the_place_and_what_to_do(text, found, expected):
    with pytest.raises(DatasetError) as caught:
        parse(text)
    message = str(caught.value)
    assert message.startswith(f"p.txt{found}; expected {expected}")
    assert message.endswith("Restore the published file.")
