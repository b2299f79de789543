"""Many micrographs, one after the other: a bad one stops none of the rest."""

import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

import tqdm

from benchmark.errors import BenchmarkError
from benchmark.predict import outputs as results
from benchmark.predict import run_one
from benchmark.predict import tables as table
from benchmark.predict.engine import Engine
from benchmark.predict.inputs import Picture
from benchmark.predict.points import Point
from tem_virus_dataset.errors import DatasetError


def do(
    found: Sequence[Picture],
    places: Mapping[str, Sequence[Point]],
    engine: Engine,
    given: float | None,
    out: Path,
) -> int:
    """Write the results of all, whatever becomes of single ones; say at the end which failed.

    Args:
      places: points in the pictures, by their `file`; given: nm per pixel, from the user.

    Returns:
      0, or 1 where one failed.
    """
    failed: dict[str, str] = {}
    before = 0
    with tqdm.tqdm(found, "micrographs", unit="micrograph") as bar:
        for picture in bar:
            try:
                done, warning = run_one.predict(
                    picture, places.get(picture.file, ()), engine, given, out
                )
                before += not done
                if warning:
                    tqdm.tqdm.write(f"warning: {warning}", file=sys.stderr)
            except (BenchmarkError, DatasetError, OSError, MemoryError) as error:
                failed[picture.file] = str(error) or type(error).__name__
            except Exception as error:  # the others go on; where it happened is shown
                tqdm.tqdm.write(traceback.format_exc(), file=sys.stderr)
                failed[picture.file] = f"{picture.path}: {type(error).__name__}: {error}"
            bar.set_postfix(failed=len(failed), refresh=False)
    texts = [
        results.place(out, "particles", picture.name).read_text("utf-8")
        for picture in found
        if picture.file not in failed
    ]
    whole = table.joined(texts)
    if texts:
        results.write_changed(out / "particles.csv", whole.encode())
        names = "".join(f"{name}\n" for name in engine.classes)
        results.write_changed(out / "labels" / "classes.txt", names.encode())
        said = f", {before} of them finished before" if before else ""
        particles = whole.count("\n") - 1
        print(f"{particles} particles in {len(texts)} micrographs{said}: {out}")
    if failed:
        print(f"failed: {len(failed)} of {len(found)} micrographs", file=sys.stderr)
    for reason in failed.values():
        print(f"error: {reason}", file=sys.stderr)
    return 1 if failed else 0
