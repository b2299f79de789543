"""The trainings of a learning curve done one by one, and their rows in its log."""

import contextlib
import dataclasses
import sys
from collections.abc import Iterator, Sequence

import tqdm

from benchmark.detection.data import Scenes
from benchmark.learning_curve import log
from benchmark.learning_curve.log import Row
from benchmark.models import checkpoint
from benchmark.runs import processes, run_result
from benchmark.runs.job import Job
from benchmark.runs.run_result import Ended
from leaderboard.results import store as records
from tem_virus_dataset.files import progress


@dataclasses.dataclass(frozen=True)
class Draw:
    """Some micrographs of a class, and what is trained on them.

    Attributes:
      number: of the draw; data: of `subsets.drawn`; jobs: of `curve_jobs.of_draw`.
    """

    number: int
    data: Scenes
    jobs: Sequence[Job]

    def rows(self) -> list[Row]:
        """Return the rows of the trainings that are finished."""
        scenes = self.data.splits["train"]
        names = [scene.id.rpartition("/")[2] for scene in scenes]
        boxes = sum(len(scene.boxes) for scene in scenes)
        return [
            log.of_record(records.read(job.record), self.data.classes[0], self.number, boxes, names)
            for job in self.jobs
            if job.record.exists()
        ]


def done(jobs: Sequence[Job], minutes: float, at_once: int) -> Iterator[Ended]:
    """Do the unfinished jobs, and yield how each ends; a failure stops none of the others.

    Args:
      minutes: that one may take; at_once: number of trainings at the same time.

    Raises:
      BenchmarkError: a record of this name is of other settings.
    """
    waiting = [job for job in jobs if not run_result.is_finished(job)]
    engine = processes.results(waiting, _print, minutes, at_once, quiet=at_once > 1)
    bar = progress.bar(total=len(waiting), unit="training")
    with bar, contextlib.closing(engine) as ends:
        for ended in ends:
            bar.update()
            problem = ended.failed or ended.busy
            _print(f"{ended.job.config}, {ended.job.name}: {problem or 'finished'}")
            if not problem:
                (ended.job.folder / checkpoint.LAST).unlink(missing_ok=True)
            yield ended


def _print(text: str) -> None:
    """Print a line above the progress bar, where there is one."""
    tqdm.tqdm.write(text, file=sys.stderr)
