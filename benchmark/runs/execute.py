"""One run from its job to its record: train, score validation and test once, write everything."""

import hashlib
from pathlib import Path
from typing import Any, NoReturn

import keras
import numpy as np

from benchmark import tasks
from benchmark.errors import BenchmarkError
from benchmark.machine import devices
from benchmark.models import registry
from benchmark.network_files import keep
from benchmark.runs import record as run_record
from benchmark.runs.job import Job
from benchmark.training.compiling import computing_in
from leaderboard.results import store as records


def run(job: Job) -> Path:
    """Train, score validation and test once, write predictions, network and then the record."""
    network, origin = start(job)
    task = tasks.of_model(job.model)
    data_dir = Path(job.data_dir) if job.data_dir else None
    data, note = task.training_data(task.load(job.data, data_dir), job.recipe, job.seed, data_dir)
    scored = task.run(network, data, job.recipe, job.seed, job.folder, origin)
    weights = Path(job.weights) if job.weights else None
    compared = task.compared(weights, data, job.recipe, scored)
    notes = " ".join(filter(None, (note, compared)))
    record = run_record.finished(job, data.content_hash, scored, notes)
    for split, predictions in scored.predictions.items():
        file = records.predictions_path(Path(job.records), record, split)
        file.parent.mkdir(parents=True, exist_ok=True)
        task.write_predictions(file, data, split, predictions)
    record = keep.kept(record, scored.network, data, Path(job.records))
    return records.write(Path(job.records), record)


def start(job: Job) -> tuple[Any, dict[str, Any]]:
    """Seed everything random, and build the network of a job.

    Returns:
      The `keras.Model`, and its origin: a hash of its code, and its weights, as JSON has them.

    Raises:
      BenchmarkError: the network cannot be trained for its task.
    """
    devices.use(job.devices)
    task, model = tasks.of_model(job.model), registry.model(job.model)
    weights = Path(job.weights) if job.weights else None
    is_kept = task.is_kept_network(weights)
    initialization = registry.SCRATCH if is_kept else job.initialization
    from_scratch = None if initialization == registry.SCRATCH else _from_scratch(job)
    network = _built(job, initialization, None if is_kept else weights)
    if from_scratch and _digest(network) == from_scratch:
        _refuse_begun(job)
    task.check_network(job.model, network, len(job.classes))
    if weights and is_kept:
        task.continue_from(network, weights, job.model, job.classes, job.recipe)
    return network, {"code": model.code(), "weights": job.origin()}


def _built(job: Job, initialization: str, weights: Path | None = None) -> keras.Model:
    """Return a job's network, whose first values are those of its seed and its initialization."""
    keras.utils.set_random_seed(job.seed)
    options = registry.Options(
        initialization,
        weights,
        job.recipe.freeze_batch_norm,
        job.recipe.global_pooling,
        job.recipe.contrast_sigma,
    )
    shape = tasks.of_model(job.model).input_shape(job.recipe)
    with computing_in(job.recipe.precision):
        return registry.model(job.model).build(shape, len(job.classes), options)


def _from_scratch(job: Job) -> str | None:
    """Return the digest of a job's network before any weights are loaded.

    None where the model cannot be built without weights: then it does not leave them aside.
    """
    try:
        return _digest(_built(job, registry.SCRATCH))
    except Exception:  # of the model's function, which anybody may have written
        return None


def _digest(network: keras.Model) -> str:
    """Return the sha256 of all values, also of layers that are not trained."""
    digest = hashlib.sha256()
    for variable in network.variables:
        digest.update(np.asarray(variable).tobytes())
    return digest.hexdigest()


def _refuse_begun(job: Job) -> NoReturn:
    """Refuse a network that did not begin from the weights that its record would name.

    It is the model's function that loads them. With one that leaves `options` aside the training
    would be from scratch, and would be listed as one that is not.

    Raises:
      BenchmarkError: always.
    """
    remedy = (
        "Load options.weights in the model's function"
        if job.weights
        else f"Let the model's function heed options.initialization {registry.TRANSFER!r}"
    )
    weights = job.weights or f"of {registry.model(job.model).pretraining}"
    raise BenchmarkError(
        f"{job.model}: begins with the same values with and without the weights {weights}; "
        f"expected a network that begins from them. {remedy}, or train with --start scratch."
    )
