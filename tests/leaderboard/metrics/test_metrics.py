import numpy as np
import pytest
from published_facts import CONFUSIONS, published_scores
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from leaderboard.metrics.classification import Scores, confusion, scores, scores_of_confusion
from leaderboard.metrics.intervals import of_predictions
from leaderboard.tasks import CLASSIFICATION, TASKS

SCORES = TASKS[CLASSIFICATION].scores


def labels_of(matrix):
    """Return labels and predictions that have this confusion matrix."""
    true, guess = np.indices(matrix.shape)
    return np.repeat(true.ravel(), matrix.ravel()), np.repeat(guess.ravel(), matrix.ravel())


@pytest.mark.parametrize("name", CONFUSIONS)
def test_figures_3_and_4_of_the_paper_give_its_table_2(name):
    matrix, expected = CONFUSIONS[name], published_scores(name)
    assert matrix.sum() == 1900
    found = scores(*labels_of(matrix), classes=14)
    assert tuple(round(getattr(found, score), 3) for score in SCORES) == expected
    assert (confusion(*labels_of(matrix), classes=14) == matrix).all()


def test_scores_by_hand():
    found = scores([0, 0, 0, 1], [0, 0, 1, 1], classes=2)
    assert found == Scores(0.75, pytest.approx(0.75), pytest.approx(5 / 6), pytest.approx(11 / 15))


def test_an_absent_class_counts_as_zero_and_does_not_warn(recwarn):
    found = scores([0, 0, 1, 1], [0, 0, 1, 1], classes=3)
    assert found == Scores(1.0, *[pytest.approx(2 / 3)] * 3)
    assert not recwarn.list


def test_confusion_has_true_classes_in_rows():
    assert confusion([0, 0, 2], [1, 1, 0], classes=3).tolist() == [[0, 2, 0], [0, 0, 0], [1, 0, 0]]


def test_scores_of_confusion_equal_scikit_learn_for_many_matrices():
    rng = np.random.default_rng(3)
    matrices = rng.integers(0, 4, size=(2, 10, 5, 5)) * rng.integers(0, 2, size=(2, 10, 5, 1))
    matrices[..., 0, 0] += 1  # never empty
    found = scores_of_confusion(matrices)
    for index in np.ndindex(2, 10):
        true, guess = labels_of(matrices[index])
        macro = precision_recall_fscore_support(
            true, guess, labels=range(5), average="macro", zero_division=0
        )
        expected = dict(zip(SCORES, (accuracy_score(true, guess), *macro[:3]), strict=True))
        assert {name: found[name][index] for name in SCORES} == pytest.approx(expected)
    assert {name: array.shape for name, array in found.items()} == dict.fromkeys(SCORES, (2, 10))


def test_the_names_of_the_scores_are_the_fields_of_scores():
    assert tuple(Scores.__dataclass_fields__) == SCORES


@pytest.mark.parametrize(
    "labels, predicted, said",
    [
        ([], [], "n > 0"),
        ([0, 1], [0], "2 labels and 1 predictions"),
        ([0, 2], [0, 1], "labels: found classes 0 to 2, expected 0 to 1"),
        ([0, 1], [-1, 1], "predicted: found classes -1 to 1"),
        ([0, 1], [[0.2, 0.8], [0.5, 0.5]], "not probabilities"),
    ],
)
def test_wrong_labels_are_refused(labels, predicted, said):
    for function in (scores, confusion):
        with pytest.raises(ValueError, match=said):
            function(labels, predicted, 2)


def example(micrographs=30, patches=8, classes=3, seed=0):
    """Micrographs that are wholly right or wholly wrong."""
    rng = np.random.default_rng(seed)
    label = np.arange(micrographs) % classes
    guess = np.where(rng.random(micrographs) < 0.7, label, (label + 1) % classes)
    names = [f"m{index}" for index in range(micrographs)]
    return np.repeat(label, patches), np.repeat(guess, patches), np.repeat(names, patches).tolist()


def test_interval_encloses_the_score_and_repeats():
    labels, predicted, micrographs = example()
    found = of_predictions(labels, predicted, micrographs, 3)
    point = scores(labels, predicted, 3)
    for name in SCORES:
        low, high = found[name]
        assert 0 <= low < getattr(point, name) < high <= 1
    assert found == of_predictions(labels, predicted, micrographs, 3)


def test_interval_is_over_micrographs_not_patches():
    labels, predicted, micrographs = example()
    low, high = of_predictions(labels, predicted, micrographs, 3)["accuracy"]
    each = [f"{index}" for index in range(len(labels))]
    low_each, high_each = of_predictions(labels, predicted, each, 3)["accuracy"]
    assert high - low > 2 * (high_each - low_each)  # sqrt(8) = 2.8 in the limit
    # Ten micrographs a class, p right: the unbiased standard error, times 2.1 to either side.
    p = np.bincount(labels[labels == predicted], minlength=3) / 80
    assert high - low == pytest.approx(2 * 2.1 * np.sqrt((p * (1 - p)).sum() / 9) / 3, rel=0.15)


def test_without_errors_the_interval_is_that_of_no_error_in_so_many_micrographs():
    labels, micrographs = [0] * 28 + [1] * 2, [f"m{index}" for index in range(30)]
    low, high = of_predictions(labels, labels, micrographs, 2)["f1"]
    assert low**30 == pytest.approx(0.025)
    assert high == 1


def test_interval_does_not_depend_on_the_order_of_the_examples():
    labels, predicted, micrographs = example()
    order = np.random.default_rng(1).permutation(len(labels))
    mixed = of_predictions(labels[order], predicted[order], [micrographs[i] for i in order], 3)
    assert mixed == of_predictions(labels, predicted, micrographs, 3)


def test_interval_needs_one_micrograph_per_label():
    with pytest.raises(ValueError, match="1 micrographs for 2 labels"):
        of_predictions([0, 1], [0, 1], ["a"], 2)
