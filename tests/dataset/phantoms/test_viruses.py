import numpy as np
import pytest

from tem_virus_dataset import facts
from tem_virus_dataset.micrographs.patch import cut
from tem_virus_dataset.phantoms import virus_exposure, viruses

NUMBERS = (0, 3)


@pytest.fixture(scope="module")
def made():
    return {name: [viruses.micrograph(name, n) for n in NUMBERS] for name in facts.CLASSES_14}


def test_the_jobs_are_those_micrographs_in_order(made):
    jobs = viruses.jobs(None)
    assert len(jobs) == 10 * len(facts.CLASSES_14)
    first = jobs[0]
    assert (first.class_name, first.stem) == ("Adenovirus", "phantom_00")
    patches = list(first.items())
    micrograph = made["Adenovirus"][0]
    assert len(patches) == first.count == len(micrograph.centres)
    for patch, centre in zip(patches, micrograph.centres, strict=True):
        np.testing.assert_array_equal(patch.image, cut(micrograph.image, *centre))


@pytest.mark.parametrize("name", ["Ebola", "Nipah virus"])
def test_same_seed_same_picture_other_seed_another(made, name):
    again, other = viruses.micrograph(name, 0, seed=0), viruses.micrograph(name, 0, seed=1)
    np.testing.assert_array_equal(again.image, made[name][0].image)
    assert (again.image != other.image).mean() > 0.9
    assert (again.split, again.stem, len(again.centres)) == (
        (other.split, other.stem, len(other.centres))
    )


@pytest.mark.parametrize("name", facts.CLASSES_14)
def test_picture_and_centres(made, name):
    for number, micrograph in zip(NUMBERS, made[name], strict=True):
        image = micrograph.image
        assert (image.dtype, image.shape) == (np.uint16, (viruses.SIZE, viruses.SIZE))
        assert image.flags.c_contiguous
        assert 500 < image.mean() < 2500
        assert ((image == 0) | (image == virus_exposure.FULL_SCALE)).mean() < 0.001
        design = viruses.design(name)[number]
        assert (micrograph.stem, micrograph.split, len(micrograph.centres)) == design
        assert len(set(micrograph.centres)) == len(micrograph.centres)
        assert all(0 <= c < viruses.SIZE for point in micrograph.centres for c in point)


@pytest.mark.parametrize("name", facts.CLASSES_14)
def test_particle_is_brighter_than_its_halo(made, name):
    y, x = np.mgrid[-128:128, -128:128]
    distance = np.hypot(x, y) / (facts.DIAMETER_NM[name] / 2)
    if name == "Cowpox":  # its short side, 0.78 of the long one, ends at 105 nm
        particle, halo = distance < 0.6, (distance > 1.1) & (distance < 1.3)
    else:
        particle, halo = distance < 0.6, (distance > 1.25) & (distance < 1.7)
    patches = [cut(m.image, *centre).astype(float) for m in made[name] for centre in m.centres]
    assert np.mean([p[particle].mean() - p[halo].mean() for p in patches]) > 0
    assert np.mean([p[particle].mean() > p[halo].mean() for p in patches]) > 0.7


def test_every_class_in_every_split_and_counts_by_design():
    counts = viruses.expected_counts()
    assert tuple(counts) == facts.CLASSES_14
    for name, row in counts.items():
        assert tuple(row) == facts.SPLITS
        assert min(row.values()) > 0
        assert sum(row.values()) == sum(count for _, _, count in viruses.design(name))
        dealt = [split for _, split, _ in viruses.design(name)]
        assert [dealt.count(split) for split in facts.SPLITS] == [6, 2, 2]
    assert [sum(row[s] for row in counts.values()) for s in facts.SPLITS] == [292, 112, 84]
