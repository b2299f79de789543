"""One fold from its job to its result: train without it, then predict it once.

The network that predicts is that of the last epoch, or the last average of weights where the recipe
keeps one. The best epoch would be chosen on the fold that is to judge it.
"""

from pathlib import Path
from typing import Any

import numpy as np

from benchmark.classification import read, train
from benchmark.errors import BenchmarkError
from benchmark.machine import cpu_time, devices
from benchmark.models import checkpoint
from benchmark.runs import execute
from benchmark.runs.job import now
from benchmark.search import fold_data, out_of_fold
from benchmark.search.fold_job import FoldJob
from benchmark.search.out_of_fold import OutOfFold
from benchmark.search.trial import FoldRun


def run(job: FoldJob) -> Path:
    """Train on the other folds, predict the held-out one, write the result and return its path."""
    with cpu_time.noted(job.folder):
        network, origin = execute.start(job)
        data_dir = Path(job.data_dir) if job.data_dir else None
        whole = read.load(job.data, data_dir)
        part = fold_data.of_fold(whole, job.groups, job.folds, job.fold, job.assignment)
        del whole
        windows = job.recipe.filament_windows
        data, _ = read.with_filament_windows(part, windows, job.seed, data_dir)
        trained = train.train(network, data, job.recipe, job.seed, job.folder, origin)
        if not job.recipe.ema:
            _take_last_epoch(trained.network, job.folder)
        held_out = data.splits["validation"]
        predict = trained.predict_in_float32(data, job.recipe)  # as the predictions of a row
        probabilities = predict(job.recipe.tta)
        if not np.isfinite(probabilities).all():
            raise BenchmarkError(
                "the probabilities of the held-out fold are no numbers; expected a network that "
                "learns. Lower the learning rate (--set learning_rate=...)."
            )
    ended = FoldRun(
        seed=job.seed,
        fold=job.fold,
        patches_shown=int(sum(epoch["images"] for epoch in trained.history)),
        cpu_seconds=round(cpu_time.spent(job.folder), 1),
        seconds=round(sum(epoch["seconds"] for epoch in trained.history), 1),
        finished=now(),
        device=devices.described(job.recipe.precision),
    )
    stems = ["/".join(str(name).split("/")[1:]) for name in held_out.micrographs]
    fold = np.full(len(held_out), job.fold, np.int64)
    rows = OutOfFold(held_out.ids, np.array(stems), fold, out_of_fold.costs(probabilities))
    job.write_result(ended, rows)
    return job.record


def _take_last_epoch(network: Any, folder: Path) -> None:
    """Give the network the weights of the last epoch, in place of the best on the held-out fold."""
    weights = checkpoint.arrays(folder / checkpoint.LAST)
    for variable, value in zip(network.variables, weights, strict=False):
        variable.assign(value)
