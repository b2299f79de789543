"""One round from its job to its features: train, then pass all of its patches through once."""

import dataclasses
from pathlib import Path

import numpy as np

from benchmark.classification import read, train
from benchmark.machine import cpu_time
from benchmark.models import checkpoint
from benchmark.novelty import features, rounds
from benchmark.novelty.round_job import RoundJob
from benchmark.runs import execute
from benchmark.training.compiling import compute_in_float32


def run(job: RoundJob) -> Path:
    """Train, write the features of train, known and left-out patches, and return their path."""
    with cpu_time.noted(job.folder):
        network, origin = execute.start(job)
        data = read.load(job.data, Path(job.data_dir) if job.data_dir else None)
        parts = rounds.parts(data, job.round)
        # Neither the kept epoch nor when to stop is chosen by the patches that judge the score.
        recipe = dataclasses.replace(job.recipe, patience=job.recipe.epochs)
        trained = train.train(network, parts.data, recipe, job.seed, job.folder, origin)
        if not recipe.ema:
            last = checkpoint.arrays(job.folder / checkpoint.LAST)
            for variable, value in zip(trained.network.variables, last, strict=False):
                variable.assign(value)
        compute_in_float32(trained.network)
        found = {
            name: features.of_keras(trained.network, patches, recipe.image_size)
            for name, patches in (
                ("train", parts.data.splits["train"]),
                ("known", parts.data.splits["validation"]),
                ("left_out", parts.left_out),
                ("test", parts.test),
            )
        }
        kernel, bias = (np.asarray(w) for w in trained.network.layers[-1].get_weights())
        features.write(job.record, features.Round(job.classes, kernel, bias, **found))
    for weights in job.folder.glob("*.npz"):  # they are of no further use; the features stay
        if weights != job.record:
            weights.unlink()
    return job.record
