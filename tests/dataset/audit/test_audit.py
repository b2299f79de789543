import csv
import dataclasses
import functools
import io
import itertools

import numpy as np
import pytest
from PIL import Image

from tem_virus_dataset import Builder
from tem_virus_dataset.__main__ import main
from tem_virus_dataset.audit import (
    coarse_search,
    common_part,
    pair_figure,
    pairs_table,
    search,
    texture,
)
from tem_virus_dataset.audit.audited_micrograph import AuditedMicrograph, audited_micrographs
from tem_virus_dataset.audit.clean import clean, same_field
from tem_virus_dataset.audit.pair import Pair, Similarity
from tem_virus_dataset.sources import mirror

PARTICLES = ((150, 160), (330, 210), (240, 380), (430, 420))  # x, y


def grains(seed, side=760):
    """Stained support film: smooth noise of several sizes, without any particle."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((3, side, side)).astype(np.float32)
    layers = [texture.blur(n, sigma) for n, sigma in zip(noise, (3, 8, 20), strict=True)]
    return sum(layer / layer.std() for layer in layers)


def with_particles(film, centres=PARTICLES, height=12.0):
    y, x = np.mgrid[: film.shape[0], : film.shape[1]]
    for cx, cy in centres:
        inside = np.hypot(x - cx, y - cy)
        film = film + height * (inside < 40) - height * ((inside >= 40) & (inside < 52))
    return film


def photograph(film, seed, gain=12.0):
    """Another exposure: noise of its own, uneven light, another contrast."""
    rng = np.random.default_rng(seed)
    light = np.linspace(-1, 1, film.shape[1]) * rng.normal()
    exposed = 120 + gain * (film + light + 0.7 * rng.standard_normal(film.shape))
    return np.clip(np.rint(exposed), 0, 255).astype(np.uint8)


def picture(pixels, split="train", stem="a", class_name="Orf"):
    return AuditedMicrograph(split, class_name, stem, lambda: pixels)


@functools.cache
def field():
    return with_particles(grains(1))


def test_a_field_photographed_again_is_found_with_its_shift():
    first = picture(photograph(field()[40:540, 20:620], 2))
    second = picture(photograph(field()[200:700, 130:730], 3, gain=5), "test", "b")
    other = picture(photograph(with_particles(grains(9))[:500, :600], 4), "validation", "c")
    (pair,) = search.search([other, second, first])
    assert (pair.first, pair.second, pair.across) == (first, second, True)
    assert abs(pair.shift - (-110 - 160j)) < 2
    assert abs(pair.similarity.scale - 1) < 0.005
    assert abs(pair.similarity.degrees) < 0.3
    assert pair.agreeing >= 0.9 * pair.blocks >= 10
    assert pair.correlation > 0.5
    np.testing.assert_allclose(pair.box, (110, 160, 600, 500), atol=4)
    assert abs(pair.overlap - 490 * 340) < 4 * (490 + 340)


@pytest.mark.parametrize("scale", [0.95, 1.02, 1.05])
def test_another_magnification_is_found_with_its_scale(scale):
    side = round(760 * scale)
    again = np.asarray(Image.fromarray(field()).resize((side, side), Image.Resampling.BICUBIC))
    first = picture(photograph(field()[:560, :560], 2))
    second = picture(photograph(again[80:640, 60:620], 3), "test", "b")
    (pair,) = search.search([first, second])
    assert abs(pair.similarity.scale - scale) < 0.004
    x0, y0, x1, y1 = pair.box
    middle = complex(x0 + x1, y0 + y1) / 2
    assert abs(pair.shift - (middle * scale - (60 + 80j) - middle)) < 3


def test_the_same_round_particles_on_another_film_are_no_pair():
    films = grains(5)[:500, :500], grains(6)[:500, :500]
    pictures = [
        picture(photograph(with_particles(film), seed), stem=stem)
        for film, seed, stem in zip(films, (7, 8), "ab", strict=True)
    ]
    coarse = [texture.texture(p.read(), coarse_search.PIXEL, *search.COARSE_BAND) for p in pictures]
    (peak,) = coarse_search.peaks(*coarse_search.spectra(coarse), 1)
    assert (peak.dx, peak.dy) == (0, 0)
    assert peak.height > 1.5 * search.HEIGHT  # the coarse search alone takes them for a pair
    assert search.search(pictures) == []


def test_pairs_within_a_split_are_found_and_other_classes_are_not_compared():
    windows = (0, 40), (60, 0), (30, 80)
    cut = [photograph(field()[y : y + 500, x : x + 500], n) for n, (x, y) in enumerate(windows)]
    pictures = [
        picture(cut[0], "train", "B1"),
        picture(cut[1], "train", "a1"),
        picture(cut[2], "train", "a1", "Ebola"),
    ]
    (pair,) = search.search(pictures)
    assert (pair.first.stem, pair.second.stem, pair.across) == ("a1", "B1", False)


def test_pictures_too_small_to_overlap_enough_are_no_pair():
    small = photograph(field()[:60, :400], 2)
    assert search.search([picture(small), picture(small, stem="b")]) == []


def test_peaks_hold_the_shift_whatever_the_shapes():
    film = grains(3)
    for (x, y), (height, width) in itertools.product(
        ((0, 0), (160, 240), (320, 80)), ((400, 400), (320, 400), (400, 240))
    ):
        whole = texture.texture(film, coarse_search.PIXEL, *search.COARSE_BAND)
        part = whole[y // 8 : (y + height) // 8, x // 8 : (x + width) // 8]
        for one, other, sign in ((part, whole, 1), (whole, part, -1)):
            peak = coarse_search.peaks(*coarse_search.spectra([one, other]), 1)[0]
            assert (peak.dx, peak.dy) == (sign * x, sign * y)


def test_a_picture_is_brought_onto_another():
    y, x = np.mgrid[:300, :400].astype(np.float32)
    similarity = Similarity(1.03 * np.exp(0.02j), 30 - 12j)
    brought, inside = common_part.resample(x + 1000 * y, similarity, (50, 40, 90, 60), 1)
    assert brought.shape == inside.shape == (20, 40)
    point = similarity(50.5 + 7 + 1j * (40.5 + 3)) - (0.5 + 0.5j)
    assert inside.all()
    assert abs(brought[3, 7] - (point.real + 1000 * point.imag)) < 0.1
    _, outside = common_part.resample(x, Similarity(1, 0j), (390, 0, 410, 5), 1)
    assert outside.sum() == 10 * 5


@pytest.fixture
def pair():
    first = picture(photograph(field()[:400, :500], 1), "validation", "a", "Rift Valley")
    second = picture(photograph(field()[100:500, 50:350], 2), "test", "B", "Rift Valley")
    return Pair(
        Similarity(1.0125, -60 - 110j), (50, 100, 350, 400), 90000, 0.5, 8, 9, first, second
    )


def test_the_table(pair, tmp_path):
    other = picture(None, "train", "b", "Orf")
    within = Pair(Similarity(1, 3j), (0, 0, 10, 10), 100, 0.25, 7, 7, other, other)
    pairs_table.write(tmp_path / "pairs.tsv", [pair, within])
    assert [path.name for path in tmp_path.iterdir()] == ["pairs.tsv"]
    text = (tmp_path / "pairs.tsv").read_text()
    one, two = csv.DictReader(io.StringIO(text), delimiter="\t")
    assert list(one) == list(pairs_table.COLUMNS)
    assert (one["class"], one["across"], one["dx_nm"], one["dy_nm"]) == ("Orf", "no", "0", "3")
    assert two == {
        "class": "Rift Valley",
        "stem_a": "a",
        "split_a": "validation",
        "stem_b": "B",
        "split_b": "test",
        "across": "yes",
        "dx_nm": "-58",  # at the middle, (200, 250)
        "dy_nm": "-107",
        "scale": "1.012",
        "degrees": "0.00",
        "overlap_nm2": "90000",
        "correlation": "0.500",
        "blocks_agreeing": "8",
        "blocks": "9",
    }


YELLOW = (255, 220, 0)


def test_the_drawing_shows_both_and_the_common_part(pair):
    page = np.asarray(pair_figure.draw(pair)).astype(int)
    yellow = (abs(page - YELLOW).sum(axis=2) < 20).sum(axis=0)
    assert (
        yellow[: pair_figure.WIDTH].sum() > 2 * (300 + 300) * pair_figure.WIDTH / 500
    )  # the outline, 3 thick
    assert yellow[pair_figure.WIDTH :].sum() > 2 * (300 + 300) * pair_figure.WIDTH / 500


def write_mirror(folder, micrographs):
    """Write `split/Class_stem`: pixels as a mirror, with two boxes each."""
    for name, pixels in micrographs.items():
        frame = np.zeros((1000, 1000), np.uint8)
        frame[100 : 100 + pixels.shape[0], 200 : 200 + pixels.shape[1]] = pixels
        for kind, suffix in (("images", ".jpg"), ("labels", ".txt")):
            (folder / kind / name).parent.mkdir(parents=True, exist_ok=True)
            if kind == "images":
                Image.fromarray(frame).save(folder / kind / f"{name}{suffix}", quality=90)
            else:
                label = mirror.CLASSES.index(name.partition("/")[2].partition("_")[0])
                box = f"{label} 0.4 0.4 0.1 0.1\n"
                (folder / kind / f"{name}{suffix}").write_text(2 * box)


def test_the_command(tmp_path, capsys, monkeypatch):
    source = dataclasses.replace(mirror.MIRROR, shipped=False)  # these are not the published files
    monkeypatch.setattr(Builder.builder_configs["mirror_11class"], "source", source)
    write_mirror(
        tmp_path / "mirror",
        {
            "train/Orf_a": photograph(field()[:500, :500], 1),
            "test/Orf_b": photograph(field()[90:590, 110:610], 2),
            "test/Orf_c": photograph(grains(8)[:500, :500], 3),
            "valid/Ebola_a": photograph(field()[:500, :500], 4),
        },
    )
    out = tmp_path / "some" / "out"
    folders = ["--manual-dir", str(tmp_path / "mirror"), "--out", str(out)]
    assert main(["audit", "mirror_11class", *folders]) == 0
    printed = capsys.readouterr().out
    assert "1 pairs of micrographs show one field, 1 across splits\n" in printed
    assert "1 of 2 test micrographs show a field of train or validation\n" in printed
    assert "2 of 4 test examples lie in them\n" in printed
    assert sorted(path.name for path in out.iterdir()) == ["Orf__a__b.png", "pairs.tsv"]
    with (out / "pairs.tsv").open() as lines:
        (row,) = csv.DictReader(lines, delimiter="\t")
    assert (row["split_a"], row["stem_a"], row["split_b"], row["stem_b"]) == (
        ("train", "a", "test", "b")
    )
    assert abs(int(row["dx_nm"]) + 110) <= 1
    assert abs(int(row["dy_nm"]) + 90) <= 1
    assert Image.open(out / "Orf__a__b.png").width > 1000


def test_the_command_refuses_what_it_cannot_do(tmp_path, capsys):
    out = tmp_path / "out"
    folders = ["--manual-dir", str(tmp_path), "--out", str(out)]
    assert main(["audit", "mirror_11class", *folders]) == 1
    assert f"error: {tmp_path}: found no zip, and no images/train" in capsys.readouterr().err
    assert not out.exists()
    out.write_text("mine")
    with pytest.raises(SystemExit):
        main(["audit", "mirror_11class", *folders])
    assert f"{out} is a file; expected a folder. Name another." in capsys.readouterr().err
    assert out.read_text() == "mine"
    folders[-1] = str(tmp_path / "other")
    assert main(["audit", "phantom_14class", *folders]) == 1
    assert "phantom_14class: its micrographs are generated" in capsys.readouterr().err


def test_the_shipped_pairs_are_confirmed_in_the_real_mirror(shared_data):
    config = Builder.builder_configs["mirror_11class"]
    found, _ = audited_micrographs(config, shared_data / "mirror_11class")
    by_name = {(p.class_name, p.stem): p for p in found}
    assert len(by_name) == len(found) == 701
    assert len(same_field()) == 32
    for names in same_field():
        first, second = (by_name[name] for name in names)
        (pair,) = search.search([first, second])
        assert pair.agreeing >= 0.7 * pair.blocks, names
        assert pair.correlation > 0.7, names
    tests = [p.name for p in found if p.split == "test"]
    others = [p.name for p in found if p.split != "test"]
    assert (~clean(tests, others)).sum() == 10
