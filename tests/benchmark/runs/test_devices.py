"""One model on two devices: simulated ones, on JAX, in a process of its own."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import small_data
from project_paths import PYTHONPATH, ROOT

from benchmark.classification import npz_file, recipes
from benchmark.classification.data import Data, Patches
from benchmark.classification.step_inputs import Evaluation
from benchmark.errors import BenchmarkError
from benchmark.machine import devices, environment
from leaderboard.predictions import classification as predictions
from leaderboard.results import store as records
from tem_virus_dataset.building import content_hash

# Both runs in one process: the imports take longer than they do.
TWICE = """
import dataclasses, sys
from pathlib import Path
import keras
import tiny_registry
from benchmark.machine import devices
from benchmark.runs import execute
from benchmark.runs.job import Job
tiny_registry.register()
for file in sys.argv[1:]:
    execute.run(Job.read(Path(file)))
    keras.distribution.set_distribution(None)
"""


def uneven(path: Path) -> Path:
    """The small config with an odd number of patches in the splits that are scored."""
    whole = small_data.small_data()
    splits = {
        name: Patches(*(values[: len(values) - (name != "train")] for values in vars(p).values()))
        for name, p in whole.splits.items()
    }
    digests = {
        str(name): content_hash.example_digest(int(label), image)
        for p in splits.values()
        for name, label, image in zip(p.ids, p.labels, p.images, strict=True)
    }
    hashed = content_hash.content_hash(digests)
    npz_file.write(Data(whole.config, whole.version, whole.classes, hashed, splits), path)
    return path


def test_two_devices_give_the_predictions_of_one(tmp_path: Path) -> None:
    pytest.importorskip("jax", reason="jax is not installed")
    from benchmark.runs.job import Job

    label, recipe = recipes.recipe(
        "quick", "scratch", ["image_size=32", "samples_per_class=8", "batch_size=8", "epochs=2"]
    )
    one = Job(
        data=str(uneven(tmp_path / "uneven.npz")), data_dir=None,
        dataset="tem_virus/phantom_small", version="1.0.0", classes=small_data.CLASSES,
        model="tiny_classifier", initialization="scratch", weights=None, label=label,
        recipe=recipe, seed=0, note="", records=str(tmp_path / "1"), runs=str(tmp_path / "runs1"),
    )  # fmt: skip
    two = dataclasses.replace(
        one, devices=2, records=str(tmp_path / "2"), runs=str(tmp_path / "runs2")
    )
    odd = dataclasses.replace(
        two, recipe=dataclasses.replace(recipe, samples_per_class=7, epochs=1),
        records=str(tmp_path / "3"), runs=str(tmp_path / "runs3"),
    )  # fmt: skip
    files = []
    for number, job in enumerate((one, two, odd)):
        files.append(str(tmp_path / f"{number}.json"))
        job.write(Path(files[-1]))
    done = subprocess.run(
        [sys.executable, "-c", TWICE, *files],
        cwd=ROOT,
        env={
            **os.environ,
            "KERAS_BACKEND": "jax",
            "PYTHONPATH": PYTHONPATH,
            "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = [records.read(job.record) for job in (one, two, odd)]
    assert found[1].device == f"2 x {found[0].device}"
    assert found[0].history[0]["images"] == found[1].history[0]["images"] == 24
    assert found[2].history[0]["images"] == 20  # of 21
    data = npz_file.read(Path(one.data))
    for split in ("validation", "test"):
        ids = list(data.splits[split].ids)
        assert len(ids) == 11
        single, double = (
            predictions.read(
                records.predictions_path(Path(job.records), record, split), ids, data.classes
            )
            for job, record in zip((one, two), found, strict=False)
        )
        assert abs(single - double).max() < 1e-3
        assert single.std(axis=0).max() > 1e-3  # they are not all the same anyway


@pytest.mark.parametrize(
    ("count", "batch", "devices_used", "size", "batches"),
    [(13, 8, 4, 8, 2), (13, 8, 1, 7, 2), (12, 8, 1, 6, 2), (3, 8, 1, 3, 1), (3, 8, 2, 4, 1)],
)
def test_batches_have_one_size_and_the_last_is_filled_up_for_every_device(
    count: int, batch: int, devices_used: int, size: int, batches: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(devices, "used", lambda: devices_used)
    steps = Evaluation(count, transform=5, batch=batch)
    found = [inputs for number in range(len(steps)) for inputs in steps[number]]
    assert len(found) == batches
    index = np.concatenate([inputs["index"].ravel() for inputs in found]).tolist()
    assert index == [min(n, count - 1) for n in range(size * batches)]
    assert {values.shape for inputs in found for values in inputs.values()} == {(size, 1)}
    assert {n for inputs in found for n in inputs["transform"].ravel().tolist()} == {5}


def test_a_backend_that_cannot_divide_a_batch_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    devices.check(1)
    with pytest.raises(BenchmarkError, match=r"--devices 2: the backend is tensorflow.*=jax"):
        devices.check(2)


def test_more_devices_than_there_are_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setattr(keras.distribution, "list_devices", lambda: ["gpu:0", "gpu:1"])
    with pytest.raises(BenchmarkError, match="--devices 4: found gpu:0, gpu:1; expected 4"):
        devices.use(4)
    assert devices.used() == 1


def test_runs_at_once_share_the_cores_and_the_users_own_number_wins(monkeypatch) -> None:
    monkeypatch.setattr(environment, "cores", lambda: 8)
    assert [environment.threads_of(runs) for runs in (1, 3, 20)] == [8, 2, 1]
    assert environment.threads_of(1, shared=4) == 4  # of a cluster's task
    for name in environment.pinned(1):
        monkeypatch.delenv(name, raising=False)
    assert set(environment.pinned(2).values()) == {"2"}
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    assert environment.pinned(2)["OMP_NUM_THREADS"] == "5"


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("fma avx2", "float32"),
        ("fma avx512f avx512_bf16", "bfloat16"),
        ("amx_bf16 amx_tile", "bfloat16"),
    ],
)
def test_a_cpu_decides_the_precision(monkeypatch, flags, expected) -> None:
    import keras

    monkeypatch.setattr(devices, "_cpuinfo", lambda field: flags)
    monkeypatch.setattr(devices, "on_cpu", lambda: True)
    monkeypatch.setattr(keras.backend, "backend", lambda: "tensorflow")
    assert devices.precision("auto") == expected
    assert devices.precision("float32") == "float32"
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    assert devices.precision("auto") == "float32"


@pytest.mark.parametrize(
    ("capability", "expected"), [(7.5, "float32"), (8.0, "bfloat16"), (9, "bfloat16")]
)
def test_the_compute_capability_of_a_gpu_decides_the_precision(
    monkeypatch, capability, expected
) -> None:
    monkeypatch.setattr(devices, "on_cpu", lambda: False)
    monkeypatch.setattr(devices, "_compute_capability", lambda: capability)
    assert devices.precision("auto") == expected


def test_the_device_names_the_threads_of_a_run(monkeypatch) -> None:
    monkeypatch.setattr(environment, "cores", lambda: 4)
    monkeypatch.setattr(devices, "_cpuinfo", lambda field: "Some CPU")
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "4")
    assert devices._one_device() == "Some CPU, 4 cores"
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "1")
    assert devices._one_device() == "Some CPU, 1 of 4 cores"
