"""Rows of the tables: published ones, columns, means over seeds, ranks."""

import pytest
from markdown_table import cells_of, columns_of, models_of
from published_facts import TABLE_2
from sample_records import FINISHED, SUBMITTED, change, scored

from leaderboard.ranking import published
from leaderboard.ranking.grouping import rows_of
from leaderboard.render import HERE, table_text
from leaderboard.results.record import RecordError


def test_the_published_rows_are_those_of_table_2():
    configs = {"representative": "patches_14class", "worst_case": "patches_14class_worst_case"}
    expected = [(f"tem_virus/{configs[split]}", *row) for split, *row in TABLE_2]
    found = [
        (
            row.data,
            row.model,
            row.initialization,
            row.parameters,
            *(v.mean for v in row.test.values()),
        )
        for row in published.read("classification")
        if row.source.endswith("Table 2")
    ]
    assert sorted(found) == sorted(expected)
    assert len(found) == 15


def test_every_published_row_names_its_source():
    rows = published.read("classification")
    assert len(rows) == 19
    assert all(row.source and row.provenance == "published" for row in rows)


def test_a_broken_published_line_is_named(tmp_path):
    lines = published.FILES["classification"].read_text().splitlines()
    path = tmp_path / "published.csv"
    path.write_text("\n".join([*lines[:3], lines[3].replace("0.811", "high")]))
    with pytest.raises(RecordError, match=r"published\.csv: line 4: .*high"):
        published.read("classification", path)


def test_a_row_shows_the_columns_that_matter():
    text = table_text(rows_of([FINISHED]))
    (cells,) = cells_of(text)
    assert dict(zip(columns_of(text), cells, strict=True)) == {
        "model": "custom (scratch)",
        "macro F1 [95 %]": "0.750 [0.700, 0.800]",
        "accuracy": "0.900",
        "input": "128 px, 2 nm",
        "provenance, seeds": "reproduced, not rescored, one seed (0)",
    }


def epochs(*cpu_seconds):
    one = {"loss": 1.0, "validation_f1": 0.5, "images": 56_672}
    return [{**one, "cpu_seconds": s} if s else one for s in cpu_seconds]


@pytest.mark.parametrize(
    "histories, cell",
    [
        ((epochs(900, 1260), epochs(900, 1260)), "113 k, 0.6"),
        ((epochs(900, 1260), epochs(40_000, 40_000)), "113 k, 11"),  # the mean of the seeds
        ((epochs(None, 1260),), "113 k, \u2013"),  # of one epoch it is not known
        ((epochs(*[None] * 24),), "1.36 M, \u2013"),
        (([{"loss": 1.0, "cpu_seconds": 36.0}],), "\u2013, 0.01"),
    ],
)
def test_a_row_states_what_a_training_was_shown_and_took(histories, cell):
    rows = rows_of(
        [
            change(
                seed=seed,
                history=list(h),
                epochs=len(h),
                best_epoch=1,
                recipe_settings={"image_size": 128},
            )
            for seed, h in enumerate(histories)
        ]
    )
    text = table_text(rows)
    assert cells_of(text)[0][columns_of(text).index("patches, CPU h")] == cell


def test_the_pixel_size_of_ones_own_patches_is_not_known():
    text = table_text(rows_of([change(data="folder/mine")]))
    assert cells_of(text)[0][columns_of(text).index("input")] == "128 px"


@pytest.mark.parametrize("page", ["README.md", "phantoms.md"])
def test_the_tables_of_the_pages_have_eight_columns_at_most(page):
    parts = (HERE / page).read_text("utf-8").split("<!-- table:")[1:]
    tables = [part.partition("<!-- end -->")[0] for part in parts]
    counts = {t.partition(" -->")[0]: len(columns_of(t)) for t in tables if "\n|" in t}
    assert counts and max(counts.values()) <= 8, counts


def test_a_recipe_is_named_where_two_rows_would_look_alike():
    rows = rows_of([FINISHED, change(recipe="paper"), change(model="other")])
    names = sorted(cells[0] for cells in cells_of(table_text(rows)))
    assert names == [
        "custom, paper (scratch)", "custom, small (scratch)", "other (scratch)",
    ]  # fmt: skip


def test_seeds_are_averaged_with_the_sample_deviation():
    rows = rows_of([scored(0.8, seed=1), scored(0.7, seed=0, device="GPU"), scored(0.9, seed=10)])
    (cells,) = cells_of(table_text(rows))
    assert cells[-1] == "reproduced, not rescored, seeds 0, 1, 10"
    assert cells[1] == "0.800 ± 0.100"
    assert cells[2] == "0.900 ± 0.000"
    assert rows[0].device == "CPU, GPU"


@pytest.mark.parametrize(
    "fields",
    [
        {"model": "other"},
        {"initialization": "transfer"},
        {"recipe": "paper"},
        {**SUBMITTED, "submission": "mine"},
        {"data_version": "2.0.0"},
        {"content_hash": "f" * 64},
    ],
)
def test_only_seeds_are_averaged(fields):
    assert len(rows_of([FINISHED, change(seed=1, **fields)])) == 2


def test_rows_are_ranked_by_macro_f1_and_ties_by_name():
    records = [scored(f1, model=name) for name, f1 in {"c": 0.5, "b": 0.7, "a": 0.5}.items()]
    for some in (records, records[::-1]):
        assert models_of(table_text(rows_of(some))) == ["b", "a", "c"]
