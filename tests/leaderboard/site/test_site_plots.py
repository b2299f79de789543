"""Plots of the site: labels, points and scores lie where they must."""

import dataclasses
import itertools
import re

import pytest
from sample_records import change
from small_site import OFFICIAL, row

from leaderboard.ranking.rows import Value
from leaderboard.site.boards import cost_plot
from leaderboard.site.boards.leaderboards import board
from leaderboard.site.drawings import curves, line_plot, score_axis


def test_labels_stand_beside_their_points_and_never_touch() -> None:
    many = [
        row(0.9 + place / 1e4, model=f"m{place}", parameters=10**7 + place * 10**5)
        for place in range(40)
    ]
    few = [row(f1, model=f"name{f1}", parameters=10**n) for n, f1 in enumerate((0.1, 1, 0.9, 0.5))]
    for made in (many, few):
        (plot,) = cost_plot.plots(board(OFFICIAL, [], made, {}))
        assert len(plot.points) == len(made)
        boxes = []
        for point in plot.points:
            assert 0 <= point.x <= 100 and 0 <= point.y <= plot.height
            if not point.shown:
                continue
            assert abs(point.label_y - point.y) <= cost_plot.LINE
            wide = cost_plot.LETTER * len(point.shown)
            middle = point.x * cost_plot.NARROWEST / 100
            left = middle + 10 if point.anchor == "start" else middle - 10 - wide
            assert left >= 0 and left + wide <= cost_plot.NARROWEST
            boxes.append((left, point.label_y - 9, left + wide, point.label_y + 9))
        assert boxes
        for a, b in itertools.combinations(boxes, 2):
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert [p.y for p in plot.points] == sorted(p.y for p in plot.points)
    assert all(point.shown for point in plot.points)  # of few rows all have their labels
    same = [
        row(0.9, recipe="a"),
        row(0.8, recipe="b"),
        row(0.7, recipe="b", initialization="x"),
        few[0],
    ]
    names = cost_plot.labels(same)
    assert len(set(names)) == 4
    assert names[-1] == "name0.1"


def test_a_row_names_its_recipe_where_others_differ_in_it_whatever_their_seeds() -> None:
    rows = [row(0.9, recipe="long", seeds="5 seeds"), row(0.8, recipe="short", seeds="one seed")]
    rows.append(row(0.7, model="other", recipe="long"))
    found = board(OFFICIAL, [], rows, {})
    under = [line.under for group in found.groups for line in group.lines]
    assert under == ["scratch, long, 5 seeds", "scratch, short, one seed", "scratch"]


def test_a_plot_needs_four_points_and_leaves_out_what_is_not_known() -> None:
    three = [row(0.9), row(0.8), row(0.85)]
    assert cost_plot.plots(board(OFFICIAL, [], three, {})) == []
    three.append(row(0.7, parameters=None))
    assert cost_plot.plots(board(OFFICIAL, [], three, {})) == []
    (plot,) = cost_plot.plots(board(OFFICIAL, [], [*three, row(0.6)], {}))
    assert (len(plot.points), plot.missing) == (4, 1)
    assert cost_plot.plots(board(OFFICIAL, [], [], {})) == []
    many = [row(0.5 + n / 1000, model=f"m{n}", parameters=10**6 + n) for n in range(70)]
    (plot,) = cost_plot.plots(board(OFFICIAL, [], many, {}))
    assert (len(plot.points), plot.left_out, plot.missing) == (cost_plot.MOST, 10, 0)
    assert plot.points[0].label == "m69"


def test_a_line_stays_within_its_field_and_is_thinned() -> None:
    points = [(number / 1000, 5.0 if number == 3 else 0.5) for number in range(1001)]
    series = [line_plot.Series("loss", "s0", points, dots=[(1.0, 0.5)])]
    plot = line_plot.line_plot("loss", "Loss.", ("epoch", "loss"), series, (0, 1), (0, 1))
    numbers = [float(n) for n in re.findall(r"[ML]\S+ (\S+?)(?=L|$)", plot.lines[0].path)]
    assert len(numbers) <= line_plot.MOST_POINTS
    assert min(numbers) >= line_plot.TOP and max(numbers) <= plot.height - line_plot.BOTTOM
    assert plot.lines[0].dots == [(345.0, 98.0)]
    assert plot.legend == [("s0", "loss")]
    assert line_plot.ticks(3, 3) == [(3, "3")]


def test_curves_of_all_seeds_are_one_figure() -> None:
    history = [{"loss": 2.0 / n, "validation_loss": 1.0, "validation_f1": 0.5} for n in (1, 2, 3)]
    records = [
        change(seed=seed, history=history, epochs=len(history), best_epoch=2) for seed in (0, 1, 4)
    ]
    loss, score = curves.training(records, "macro F1")
    assert [label for _, label in loss.legend] == ["seed 0", "seed 1", "seed 4"]
    assert len(loss.lines) == 6 and len(score.lines) == 3
    assert all(line.dots for line in score.lines)
    assert curves.training([change(history=None)], "macro F1") == []
    hostile = [{"loss": float("inf"), "validation_f1": "x"}] * 2
    assert curves.training([dataclasses.replace(records[0], history=[])], "F1") == []
    assert curves._values(type("R", (), {"history": hostile}), "loss") == []


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
