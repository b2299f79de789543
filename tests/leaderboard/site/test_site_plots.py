"""Plots of the site: labels, points and scores lie where they must."""

import dataclasses
import itertools

import pytest
from small_site import OFFICIAL, row

from leaderboard.ranking.rows import Value
from leaderboard.site import cost_plot, score_axis
from leaderboard.site.leaderboards import board


def test_labels_of_a_plot_never_touch_and_never_leave_it() -> None:
    many = [row(0.9 + place / 1e4, model=f"m{place}", parameters=10**7) for place in range(40)]
    few = [row(0.1, model="low"), row(1.0, model="high"), row(0.99, model="higher")]
    for made in (many, few):
        (plot,) = cost_plot.plots(board(OFFICIAL, [], made, {}))
        assert len(plot.points) == len(made)
        places = [point.label_y for point in plot.points]
        assert all(b - a >= cost_plot.LABEL - 0.2 for a, b in itertools.pairwise(places))
        assert places[0] >= cost_plot.LABEL / 2 - 0.1
        assert places[-1] <= plot.height - cost_plot.LABEL / 2 + 0.1
        assert [p.y for p in plot.points] == sorted(p.y for p in plot.points)
        assert all(0 <= point.x <= 100 and 0 <= point.y <= plot.height for point in plot.points)
    same = [
        row(0.9, recipe="a"),
        row(0.8, recipe="b"),
        row(0.7, recipe="b", initialization="x"),
        few[0],
    ]
    names = cost_plot.labels(same)
    assert len(set(names)) == 4
    assert names[-1] == "low"


def test_a_plot_leaves_out_what_is_not_known() -> None:
    assert cost_plot.plots(board(OFFICIAL, [], [row(0.9, parameters=None)], {})) == []
    pair = [row(0.9), row(0.8, parameters=None)]
    assert cost_plot.plots(board(OFFICIAL, [], pair, {})) == []  # one point shows nothing
    (plot,) = cost_plot.plots(board(OFFICIAL, [], [*pair, row(0.7)], {}))
    assert plot.missing == 1
    assert cost_plot.plots(board(OFFICIAL, [], [], {})) == []


def test_scores_are_drawn_where_they_lie_and_a_spread_is_no_interval() -> None:
    own = row(0.0)
    scores = [Value(0.93, 0.02, (0.85, 0.95)), Value(0.9, 0.06), Value(0.96)]
    axis = score_axis.axis(
        [dataclasses.replace(own, test={**own.test, "f1": one}) for one in scores]
    )
    assert (axis.low, axis.high) == (0.8, 1.0)
    found = [score_axis.drawn(one, axis) for one in scores]
    assert [one.at for one in found] == pytest.approx([65, 50, 80])
    assert (found[0].low, found[0].high, found[0].spread) == (25.0, 75.0, False)
    assert (found[1].low, found[1].high, found[1].spread) == (20.0, 80.0, True)
    assert found[2].low is None
    assert score_axis.drawn(None, axis) is None
    zero = score_axis.axis([own])
    assert zero.low < zero.high
