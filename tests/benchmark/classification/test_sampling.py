import numpy as np

from benchmark.training import sampling

LABELS = np.repeat([0, 1, 2], [5, 40, 16])


def test_every_class_gives_as_many_patches() -> None:
    shown = sampling.epoch(LABELS, seed=0, number=0, samples_per_class=16)
    assert np.bincount(LABELS[shown.index]).tolist() == [16, 16, 16]


def test_the_paper_takes_736_of_a_class() -> None:
    shown = sampling.epoch(LABELS, seed=0, number=0)
    assert np.bincount(LABELS[shown.index]).tolist() == [736, 736, 736]


def test_small_classes_are_shown_evenly_and_large_ones_never_twice() -> None:
    times = np.bincount(
        sampling.epoch(LABELS, 0, 0, samples_per_class=16).index, minlength=len(LABELS)
    )
    assert set(times[LABELS == 0]) == {3, 4}
    assert set(times[LABELS == 1]) == {0, 1}
    assert set(times[LABELS == 2]) == {1}


def test_an_epoch_is_a_pure_function_of_seed_and_number() -> None:
    first, again = (sampling.epoch(LABELS, 3, 7, samples_per_class=16) for _ in range(2))
    np.testing.assert_array_equal(first.index, again.index)
    np.testing.assert_array_equal(first.transform, again.transform)
    for seed, number in ((4, 7), (3, 8)):
        other = sampling.epoch(LABELS, seed, number, samples_per_class=16)
        assert (other.index != first.index).any()
        assert (other.transform != first.transform).any()


def test_all_eight_transforms_are_drawn_about_equally() -> None:
    counts = np.bincount(sampling.epoch(LABELS, 0, 0).transform, minlength=8)
    assert len(counts) == 8
    assert counts.min() > 0.8 * counts.mean()


def test_a_large_class_is_reduced_anew_each_epoch() -> None:
    seen = [set(sampling.epoch(LABELS, 0, n, samples_per_class=8).index) for n in range(30)]
    assert set.union(*seen) == set(range(len(LABELS)))
