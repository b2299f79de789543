"""What the window shows of a prediction is what its files hold."""

import dataclasses
from pathlib import Path

import numpy as np
from measured_particles import result

from tem_virus_dataset.app import results
from tem_virus_dataset.predict.writers import tables


def test_counts_and_medians_are_those_of_the_summary(tmp_path: Path) -> None:
    """Also where a diameter in the table of particles is rounded to a half."""
    one = result()
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "classes.txt").write_text("".join(f"{name}\n" for name in one.names))
    (tmp_path / "micrographs.csv").write_text("file\na.tif\n")
    for width in np.arange(40, 44, 0.05).round(2).tolist():
        wide = [dataclasses.replace(particle, width=width) for particle in one.particles]
        changed = dataclasses.replace(one, particles=tuple(wide), nm_per_pixel=0.337)
        (tmp_path / "particles.csv").write_text(tables.particles_table(changed))
        shown = results.by_class(tmp_path, results.counts(tmp_path))
        assert [list(line) for line in shown] == [
            line.split() for line in tables.counts_lines([changed])[1:]
        ]
