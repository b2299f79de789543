"""Which test micrographs show no field of train or validation."""

import numpy as np
import pytest

from tem_virus_dataset import DatasetError
from tem_virus_dataset.audit.clean import clean, same_field

PAIRS = ((("Orf", "a"), ("Orf", "b")), (("Orf", "c"), ("Orf", "b")), (("Orf", "x"), ("Orf", "y")))


@pytest.mark.parametrize(
    "tests, others, expected",
    [
        (["Orf/a", "Orf/z", "Orf/a"], ["train/Orf/b"], [False, True, False]),
        (["Orf/a"], ["validation/Orf/b"], [False]),
        (["Orf/a"], ["train/Orf/c"], [False]),  # by b, which is not among them
        (["Orf/a", "Orf/b"], ["train/Orf/c"], [False, False]),
        (["Orf/a", "Orf/b", "Orf/c"], ["train/Orf/x"], [True, True, True]),  # all in test
        (["Orf/x", "Orf/c"], ["train/Orf/y"], [False, True]),
        (["Ebola/a"], ["train/Ebola/b", "train/Orf/b"], [True]),  # names of another class
        (["Orf/a"], [], [True]),
        ([], ["train/Orf/a"], []),
    ],
)
def test_clean(tests, others, expected):
    found = clean([f"test/{name}" for name in tests], others, PAIRS)
    assert found.dtype == bool
    assert found.tolist() == expected


@pytest.mark.parametrize("name", ["test/Orf", "test/Orf/a/1", "test//a", ""])
@pytest.mark.parametrize("given", ["tests", "others"])
def test_what_is_no_micrograph_is_refused(name, given):
    names = {"tests": ["test/Orf/a"], "others": ["train/Orf/b"]} | {given: [name]}
    with pytest.raises(DatasetError, match=r"expected split/Class/stem"):
        clean(**names)


def test_a_micrograph_cannot_be_in_test_and_elsewhere():
    with pytest.raises(DatasetError, match=r"Orf/a: found among the test micrographs and among"):
        clean(["test/Orf/b", "test/Orf/a"], ["train/Orf/a", "train/Orf/c"])


def test_clean_takes_the_shipped_pairs():
    one, other = same_field()[0]
    tests = ["test/" + "/".join(one), "test/Orf/no such stem"]
    assert clean(tests, ["train/" + "/".join(other)]).tolist() == [False, True]


def test_names_may_be_bytes_or_tensors_as_tfds_gives_them():
    tests, others = ["test/Orf/6037", "test/Orf/1721"], ["train/Orf/6038"]
    expected = [False, True]
    assert clean(tests, others).tolist() == expected
    assert clean([t.encode() for t in tests], np.array(others, object)).tolist() == expected
    tensor = type("Tensor", (), {"numpy": lambda self: b"test/Orf/6037"})()
    assert clean([tensor], [others[0].encode()]).tolist() == [False]
