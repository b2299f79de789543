import dataclasses
import subprocess
import sys
import threading

import pytest
from filelock import FileLock
from markdown_table import cells_of, columns_of, models_of
from project_paths import ROOT
from published_facts import TABLE_2
from sample_records import FAILED, FINISHED, change

from leaderboard.files.atomic import write_bytes
from leaderboard.files.locking import LockedError, lock_path
from leaderboard.ranking import published
from leaderboard.ranking.grouping import rows_of
from leaderboard.render import HERE, RenderError, main, render, summary, table_text
from leaderboard.results.record import RecordError
from leaderboard.results.store import write
from leaderboard.tables.tables import escaped

PHANTOM = change(data="tem_virus/phantom_14class", model="toy")


@pytest.fixture
def folders(tmp_path):
    return tmp_path / "records", tmp_path / "out"


def scored(f1, **fields):
    return change(test={**FINISHED.test, "f1": f1}, **fields)


def test_the_committed_tables_are_up_to_date():
    assert render(HERE / "records", HERE, check=True, front=ROOT / "README.md") == []


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
        "provenance, seeds": "reproduced, one seed (0)",
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
    rows = rows_of([change(seed=seed, history=list(h)) for seed, h in enumerate(histories)])
    text = table_text(rows)
    assert cells_of(text)[0][columns_of(text).index("patches, CPU h")] == cell


def test_the_pixel_size_of_ones_own_patches_is_not_known():
    text = table_text(rows_of([change(data="folder/mine")]))
    assert cells_of(text)[0][columns_of(text).index("input")] == "128 px"


@pytest.mark.parametrize("page", ["README.md", "phantoms.md"])
def test_the_tables_of_the_pages_have_eight_columns_at_most(page):
    parts = (HERE / page).read_text("utf-8").split("<!-- table:")[1:]
    tables = [part.partition("<!-- end -->")[0] for part in parts]
    counts = {table.partition(" -->")[0]: len(columns_of(table)) for table in tables}
    assert counts and max(counts.values()) <= 8, counts


def test_a_recipe_is_named_where_two_rows_would_look_alike():
    rows = rows_of([FINISHED, change(recipe="paper"), change(model="other")])
    names = sorted(cells[0] for cells in cells_of(table_text(rows)))
    assert names == [
        "custom, paper (scratch)", "custom, small+epochs=14 (scratch)", "other (scratch)",
    ]  # fmt: skip


def test_seeds_are_averaged_with_the_sample_deviation():
    rows = rows_of([scored(0.8, seed=1), scored(0.7, seed=0, device="GPU"), scored(0.9, seed=10)])
    (cells,) = cells_of(table_text(rows))
    assert cells[-1] == "reproduced, seeds 0, 1, 10"
    assert cells[1] == "0.800 ± 0.100"
    assert cells[2] == "0.900 ± 0.000"
    assert rows[0].device == "CPU, GPU"


@pytest.mark.parametrize(
    "fields",
    [
        {"model": "other"},
        {"initialization": "transfer"},
        {"recipe": "paper"},
        {"provenance": "submitted", "submission": "mine"},
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


def test_real_and_generated_data_never_meet(folders):
    for record in (FINISHED, PHANTOM):
        write(folders[0], record)
    real, phantoms = render(*folders)
    assert (real.name, phantoms.name) == ("README.md", "phantoms.md")
    assert "custom" in real.read_text() and "toy" not in real.read_text()
    assert "toy" in phantoms.read_text() and "custom" not in phantoms.read_text()
    assert "nothing about viruses" in phantoms.read_text()
    assert sorted(path.name for path in folders[1].iterdir()) == ["README.md", "phantoms.md"]


def test_phantoms_alone_make_no_page_of_real_data(folders):
    write(folders[0], PHANTOM)
    assert [path.name for path in render(*folders)] == ["phantoms.md"]
    assert not (folders[1] / "README.md").exists()


def test_nothing_is_made_of_nothing(folders):
    assert render(*folders) == []
    assert not folders[1].exists()


def test_eleven_classes_are_marked_where_they_are_printed(folders):
    write(folders[0], FINISHED)
    write(folders[0], change(data="tem_virus/patches_22class"))
    text = render(*folders)[0].read_text()
    eleven = text[text.index("table:tem_virus/mirror_11class") : text.index("| custom")]
    assert "Eleven classes, NOT comparable with the 14-class tables" in eleven
    assert "22 classes, NOT comparable" in text


def test_published_rows_stand_beside_ours(folders):
    write(folders[0], change(data="tem_virus/patches_14class"))
    text = render(*folders)[0].read_text()
    names = models_of(text)
    assert {"custom", "Custom", "DenseNet201", "Sikder2024"} <= set(names)
    assert "worst" not in text


def test_a_failed_run_is_one_line_below_its_table(folders):
    write(folders[0], FINISHED)
    error = "\nOOM: 3 GB | <!-- end -->\n  at line 3"
    write(folders[0], dataclasses.replace(FAILED, seed=7, error=error))
    text = render(*folders)[0].read_text()
    line = "* Failed: custom-scratch-small+epochs=14-s7: OOM: 3 GB \\| &lt;!-- end --&gt;\n"
    assert text.index("| custom") < text.index(line)
    assert "at line 3" not in text
    assert render(*folders) == []


def test_runs_on_different_data_are_pointed_out(folders):
    write(folders[0], FINISHED)
    write(folders[0], change(seed=1))
    assert "different data" not in render(*folders)[0].read_text()
    write(folders[0], change(seed=2, content_hash="f" * 64))
    assert (
        "different data:** 0.9.0 with hash 01234567, 0.9.0 with" in render(*folders)[0].read_text()
    )


def test_cells_cannot_break_the_table(folders):
    write(folders[0], change(source="A|B\n| x | y |\n<!-- end --> \ud800\u202e"))
    text = render(*folders)[0].read_text()
    assert "A\\|B \\| x \\| y \\| &lt;!-- end --&gt; ?" in text
    assert text.count("<!-- end -->") == 1
    assert render(*folders) == []
    assert escaped("R & D &amp;") == "R & D &amp;amp;"


def test_prose_around_the_markers_stays(folders):
    folders[1].mkdir()
    page = folders[1] / "README.md"
    prose = (
        "# Mine\n\nWrite `<!-- table:x/y -->` there.\n\n<!-- table:tem_virus/mirror_11class -->\n"
    )
    page.write_text(prose + "old\n<!-- end -->\nbelow\x0c it")
    write(folders[0], FINISHED)
    assert render(*folders) == [page]
    text = page.read_text()
    assert text.startswith(prose) and text.endswith("\n<!-- end -->\nbelow\x0c it")
    assert "| custom" in text and "old" not in text
    write(folders[0], change(data="tem_virus/recropped_14class"))
    render(*folders)
    assert page.read_text().startswith(text)
    assert "\n## tem_virus/recropped_14class\n\n<!-- table:" in page.read_text()


def test_a_table_without_runs_says_so(folders):
    folders[1].mkdir()
    page = folders[1] / "README.md"
    page.write_text("<!-- table:tem_virus/mirror_11class -->\n<!-- end -->\n")
    render(*folders)
    assert "No runs yet." in page.read_text()


START, END = "<!-- table:tem_virus/mirror_11class -->", "<!-- end -->"


@pytest.mark.parametrize(
    "lines, said",
    [
        ([START, "prose"], "the last line"),
        ([START, "prose", START.replace("mirror", "other"), END], "line 3"),
        (["prose", END], "line 2"),
        ([START, END, START, END], "line 3: second table"),
        ([START.replace("mirror_11class", "phantom_14class"), END], "expected it in phantoms.md"),
        (["\udcff"], "not UTF-8"),
    ],
)
def test_broken_markers_are_refused_and_nothing_is_lost(folders, lines, said):
    folders[1].mkdir()
    page = folders[1] / "README.md"
    page.write_text("\n".join(lines), errors="surrogateescape")
    before = page.read_bytes()
    with pytest.raises(RenderError, match=said) as caught:
        render(*folders)
    assert str(page) in str(caught.value)
    assert page.read_bytes() == before


def test_rendering_twice_changes_nothing(folders):
    for record in (FINISHED, PHANTOM, change(seed=1), FAILED):
        write(folders[0], record)
    pages = render(*folders)
    before = {page: page.read_bytes() for page in pages}
    assert render(*folders) == []
    assert {page: page.read_bytes() for page in pages} == before


def run_main(folders, *more):
    return main(["--records", str(folders[0]), "--out", str(folders[1]), *more])


def test_the_command_checks_and_writes(folders, capsys):
    write(folders[0], FINISHED)
    page = folders[1] / "README.md"
    assert run_main(folders, "--check") == 1
    assert f"{page}: stale; run python -m leaderboard.render" in capsys.readouterr().err
    assert not page.exists()
    assert run_main(folders) == 0
    assert run_main(folders, "--check") == 0
    page.write_text(page.read_text().replace("0.750", "0.999"))
    before = page.read_bytes()
    assert run_main(folders, "--check") == 1
    assert page.read_bytes() == before


def test_the_command_names_a_broken_record(folders, capsys):
    path = write(folders[0], FINISHED)
    path.write_text("{")
    assert run_main(folders) == 1
    assert str(path) in capsys.readouterr().err
    assert not folders[1].exists()


def test_the_summary_is_for_one_config(folders):
    write(folders[0], scored(0.9, model="best"))
    write(folders[0], FINISHED)
    write(folders[0], PHANTOM)
    lines = summary(folders[0], "mirror_11class").splitlines()
    assert lines[0].split() == [
        *(
            "model",
            "initialization",
            "accuracy",
            "precision",
            "recall",
            "f1",
            "parameters",
            "seconds",
        )
    ]
    assert lines[2].split() == ["best", "scratch", "0.900", "0.800", "0.700", "0.900", "10", "125"]
    assert [line.split()[0] for line in lines[2:]] == ["best", "custom"]
    write(folders[0], change(recipe="paper"))
    assert summary(folders[0], "mirror_11class").split()[:3] == [
        "model",
        "initialization",
        "recipe",
    ]


RENDERER = """
import sys
from pathlib import Path
from leaderboard.results.store import read, write
from leaderboard.render import render
import dataclasses
root, out, first = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
record = read(root / "mirror_11class" / "custom-scratch-small+epochs=14-s0.json")
for seed in range(first, first + 8):
    write(root, dataclasses.replace(record, model=f"m{seed}"))
    render(root, out)
"""


def test_two_processes_rendering_at_once_lose_nothing(folders):
    write(folders[0], FINISHED)
    both = [
        subprocess.Popen([sys.executable, "-c", RENDERER, *folders, first], cwd=ROOT)
        for first in ("0", "8")
    ]
    assert [process.wait(60) for process in both] == [0, 0]
    assert render(*folders, check=True) == []
    names = models_of((folders[1] / "README.md").read_text())
    assert sorted(names) == sorted(["custom", *(f"m{seed}" for seed in range(16))])
    assert [path.name for path in folders[1].iterdir()] == ["README.md"]


def test_a_slow_render_does_not_undo_a_later_one(folders, monkeypatch):
    """Another one starts, with a newer record, after the slow one has read the records."""
    write(folders[0], FINISHED)

    def other():
        write(folders[0], change(model="newer"))
        render(*folders)

    thread = threading.Thread(target=other)

    def slow_write(path, data):
        monkeypatch.undo()  # the other one writes as always
        thread.start()
        thread.join(0.5)
        write_bytes(path, data)

    monkeypatch.setattr("leaderboard.render.write_bytes", slow_write)
    render(*folders)
    thread.join(30)
    assert "newer" in (folders[1] / "README.md").read_text()


def test_waiting_for_another_process_ends_with_a_message(folders, monkeypatch):
    folders[1].mkdir()
    monkeypatch.setattr("leaderboard.files.locking.PATIENCE", 0.05)
    messages = []

    def other():
        with pytest.raises(LockedError, match="another process has been writing") as caught:
            render(*folders)
        messages.append(str(caught.value))

    with FileLock(lock_path(folders[1])):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(30)
    assert str(folders[1]) in messages[0]


def test_the_leaderboard_imports_nothing_heavy_and_nothing_above_it():
    code = (
        "import sys, leaderboard.render, leaderboard.metrics.intervals\n"
        "import leaderboard.predictions.classification\n"
        "print(sorted({'tensorflow', 'keras', 'benchmark'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


def test_a_note_of_a_run_stands_below_its_table_once_for_all_seeds(folders):
    store, out = folders
    for seed in (0, 1):
        write(store, change(seed=seed, notes="weights rounded to 8 bits | see card"))
    render(store, out)
    text = (out / "README.md").read_text()
    assert text.count("weights rounded to 8 bits \\| see card") == 1
    assert text.index("weights rounded") > text.index("| model")


def test_the_front_page_gets_the_tables_it_has_markers_for(folders):
    store, out = folders
    write(store, change(notes="rounded weights"))
    front = out.parent / "README.md"
    front.write_text(f"# Front\n\n<!-- table:{FINISHED.data} -->\n<!-- end -->\n\nAfter.\n")
    assert front not in render(store, out)
    assert front in render(store, out, front=front)
    text = front.read_text()
    assert models_of(text)[0] == FINISHED.model
    assert text.startswith("# Front\n")
    assert "* custom, scratch, small+epochs=14: rounded weights" in text
    assert text.endswith("After.\n")
    assert render(store, out, check=True, front=front) == []


def test_a_front_page_without_markers_is_left_alone(folders):
    store, out = folders
    write(store, FINISHED)
    front = out.parent / "README.md"
    front.write_text("# Mine\n")
    render(store, out, front=front)
    assert front.read_text() == "# Mine\n"
