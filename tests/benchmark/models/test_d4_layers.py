"""The small network's answer does not change when the picture is turned or mirrored."""

import keras
import numpy as np
from reference import answers_to_views, view

from benchmark.models import registry
from benchmark.models.flops import flops
from benchmark.models.layers.d4 import TurningConv2D, turned
from benchmark.models.registry import Options
from benchmark.training.sampling import VIEWS


def test_no_view_changes_the_answer(like_trained: keras.Model) -> None:
    answers = answers_to_views(like_trained)
    assert np.ptp(answers[0], axis=0).max() > 0.01, "it answers the same to every picture"
    for answer in answers[1:]:
        np.testing.assert_allclose(answer, answers[0], atol=1e-5)


def test_features_turn_with_the_picture_and_swap_places() -> None:
    pictures = np.random.default_rng(2).normal(size=(1, 16, 16, 1)).astype(np.float32)
    first, second = TurningConv2D(2, side=6, strides=2), TurningConv2D(3)

    def features(picture: np.ndarray) -> np.ndarray:
        found = np.asarray(second(first(picture[None])))[0]
        return found.reshape(8, 8, VIEWS, 3).transpose(2, 0, 1, 3)

    before = features(pictures[0])
    for number in range(VIEWS):
        after = features(view(pictures[0], number))
        moved = [view(one, number) for one in before]
        for one in after:
            assert min(np.abs(one - other).max() for other in moved) < 1e-5
        if number:
            assert np.abs(after - before).max() > 0.1


def test_a_kernel_of_a_picture_is_shown_in_the_views_of_a_patch() -> None:
    kernel = np.arange(9, dtype=np.float32).reshape(3, 3, 1, 1, 1, 1, 1)
    for number in range(VIEWS):
        shown = np.asarray(turned(kernel, number))[:, :, 0, 0, 0, 0]
        np.testing.assert_array_equal(shown, view(kernel[:, :, 0, 0, 0, 0], number))


def test_it_is_small() -> None:
    network = registry.model("d4_cnn").build((256, 256, 1), 14, Options())
    assert network.count_params() <= 3_000_000
    assert flops(network) <= 1_500_000_000
