"""Pages of tables: what stands in which, and what the command checks."""

import dataclasses
import subprocess
import sys

import pytest
from markdown_table import models_of
from project_paths import ROOT
from sample_records import FAILED, FINISHED, change, scored

from leaderboard.render import HERE, RenderError, main, render, summary
from leaderboard.results.store import read_all, write
from leaderboard.tables.tables import FRONT_ROWS, escaped

PHANTOM = change(data="tem_virus/phantom_5class", model="toy")


def test_the_committed_tables_are_up_to_date():
    """A pull request with a submission does not render them: its row appears after the merge."""
    if any(record.submission for record in read_all(HERE / "records")):
        assert main(["--check", "records"]) == 0
        return
    assert render(HERE / "records", HERE, check=True, front=ROOT / "README.md") == []


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
    folders[1].mkdir()
    page = folders[1] / "README.md"
    page.write_text("<!-- table:tem_virus/mirror_11class -->\n<!-- end -->\n")
    text = render(*folders)[0].read_text()
    assert "Eleven classes, NOT comparable with the 14-class tables" in text
    assert "22 classes, NOT comparable" in text


def test_published_rows_stand_beside_ours(folders):
    write(folders[0], change(data="tem_virus/patches_14class_worst_case"))
    text = render(*folders)[0].read_text()
    names = models_of(text)
    assert {"custom", "Custom", "DenseNet201", "VGG16"} <= set(names)
    assert "Sikder2024" not in text


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
    write(folders[0], change(source="A|B | x | y | <!-- end --> ?"))
    text = render(*folders)[0].read_text()
    assert "A\\|B \\| x \\| y \\| &lt;!-- end --&gt; ?" in text
    assert text.count("<!-- end -->") == 1
    assert render(*folders) == []
    assert escaped("R & D &amp;") == "R & D &amp;amp;"


def test_prose_around_the_markers_stays(folders):
    folders[1].mkdir()
    page = folders[1] / "README.md"
    prose = f"# Mine\n\nWrite `<!-- table:x/y -->` there.\n\n{START}\n"
    page.write_text(prose + "old\n<!-- end -->\nbelow\x0c it")
    write(folders[0], FINISHED)
    assert render(*folders) == [page]
    text = page.read_text()
    assert text.startswith(prose) and text.endswith("\n<!-- end -->\nbelow\x0c it")
    assert "| custom" in text and "old" not in text
    write(folders[0], change(data="tem_virus/patches_22class"))
    render(*folders)
    assert page.read_text().startswith(text)
    assert "\n## tem_virus/patches_22class\n\n<!-- table:" in page.read_text()


def test_a_table_without_runs_says_so(folders):
    folders[1].mkdir()
    page = folders[1] / "README.md"
    page.write_text("<!-- table:tem_virus/recropped_14class -->\n<!-- end -->\n")
    render(*folders)
    assert "No runs yet." in page.read_text()


START, END = "<!-- table:tem_virus/recropped_14class -->", "<!-- end -->"


@pytest.mark.parametrize(
    "lines, said",
    [
        ([START, "prose"], "the last line"),
        ([START, "prose", START.replace("mirror", "other"), END], "line 3"),
        (["prose", END], "line 2"),
        ([START, END, START, END], "line 3: second table"),
        (
            [START.replace("recropped_14class", "phantom_14class"), END],
            "expected it in phantoms.md",
        ),
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
    lines = summary(folders[0], "recropped_14class").splitlines()
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
    assert summary(folders[0], "recropped_14class").split()[:3] == [
        "model",
        "initialization",
        "recipe",
    ]


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
    assert "rounded weights" not in text, "notes are on the page that it names"
    assert f"[leaderboard]({out.name}/README.md)" in text
    assert text.endswith("After.\n")
    assert render(store, out, check=True, front=front) == []


def test_the_front_page_has_the_best_rows_and_counts_the_others(folders):
    store, out = folders
    for number in range(FRONT_ROWS + 2):
        write(store, change(model=f"model_{number}"))
    front = out.parent / "README.md"
    front.write_text(f"<!-- table:{FINISHED.data} -->\n<!-- end -->\n")
    render(store, out, front=front)
    shown = models_of(front.read_text())
    assert shown == models_of((out / "README.md").read_text())[:FRONT_ROWS]
    assert f"The first {FRONT_ROWS} of {FRONT_ROWS + 2} rows." in front.read_text()


def test_a_front_page_without_markers_is_left_alone(folders):
    store, out = folders
    write(store, FINISHED)
    front = out.parent / "README.md"
    front.write_text("# Mine\n")
    render(store, out, front=front)
    assert front.read_text() == "# Mine\n"
