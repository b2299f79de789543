"""`tem-virus doctor`: what this machine has for the project, and what it lacks.

Heavy packages are looked up, never imported: the answer takes a second, and a broken TensorFlow
cannot keep the command from saying so.
"""

import dataclasses
import importlib.metadata
import importlib.util
import itertools
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import tensorflow_datasets as tfds

from tem_virus_dataset import __version__, builders
from tem_virus_dataset.files import address
from tem_virus_dataset.predict import models

PACKAGES = (
    "tensorflow-datasets", "numpy", "pillow", "scipy", "tensorflow", "keras", "jax",
    "array-record", "scikit-learn", "faster-coco-eval", "opencv-python-headless", "tifffile",
    "onnxruntime", "matplotlib",
)  # fmt: skip
_PREDICT = (  # of the extra `predict`
    ("onnxruntime",), ("msgspec",), ("cv2",), ("roifile",), ("tifffile",), ("imagecodecs",),
    ("mrcfile",), ("ncempy",), ("h5py",),
)  # fmt: skip
# What one wants to do, the modules it takes, and what installs them.
NEEDS: Mapping[str, tuple[tuple[tuple[str, ...], ...], str]] = {
    "tfds.load": (
        (("tensorflow",),),
        'pip install -e ".[tensorflow]" in a clone of the repository',
    ),
    "tfds.data_source": (
        (("array_record",), ("cv2",)),
        'pip install -e ".[notebook]" in a clone of the repository',
    ),
    "python -m benchmark.run": (
        (
            ("keras",),
            ("tensorflow", "jax"),
            ("sklearn",),
            ("tabulate",),
            ("cv2",),
            ("msgspec",),
            ("faster_coco_eval",),
        ),
        'pip install -e ".[benchmark]" in a clone of the repository',
    ),
    "python -m benchmark.predict": (
        (("keras",), ("tensorflow", "jax"), *_PREDICT),
        'pip install -e ".[benchmark,predict]" in a clone of the repository',
    ),
    "tem-virus predict": (
        _PREDICT,
        'pip install -e ".[predict]" in a clone of the repository',
    ),
    "tem-virus audit": (
        (("cv2",),),
        'pip install -e ".[audit]" in a clone of the repository',
    ),
    "tem-virus app": (
        (("nicegui",), *_PREDICT),
        'pip install -e ".[app]" in a clone of the repository',
    ),
    "python -m leaderboard.site": (
        (("jinja2",), ("matplotlib",), ("sklearn",), ("msgspec",), ("tabulate",)),
        'pip install -e ".[leaderboard]" in a clone of the repository',
    ),
}


TRAIN = (
    "python -m benchmark.run --models yolov5n --data mirror_11class_boxes --recipe brief "
    "--set epochs=40 --records runs/records"
)


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A config of a data set; `path` is None where it is not prepared."""

    name: str
    version: str
    path: str | None


@dataclasses.dataclass(frozen=True)
class Report:
    """What `examine` found.

    Attributes:
      versions: of Python, this package and others by name, None where one is not installed.
      cores: that this process may use; memory_gb: available, None where unknown; gpus: their names.
      data_dir: folder of the prepared data sets; free_gb: space on its disk, None where the folder
        cannot be made; configs: all of both data sets.
      records, networks, weights: of models trained in the clone that the command was started in:
        finished runs, networks beside their records, and checkpoints; None outside a clone.
      missing: what cannot be done here, and what installs what it lacks.
      broken: what keeps the data set itself from being used.
    """

    versions: dict[str, str | None]
    cores: int
    memory_gb: float | None
    gpus: tuple[str, ...]
    data_dir: str
    free_gb: float | None
    configs: tuple[Prepared, ...]
    records: int | None
    networks: int | None
    weights: int | None
    missing: dict[str, str]
    broken: tuple[str, ...]


def examine(data_dir: Path | None, clone: Path) -> Report:
    """Look at the machine.

    Args:
      data_dir: folder of the prepared data sets; None for TFDS's own.
      clone: folder that may be a clone of the repository.
    """
    named = str(data_dir or tfds.core.constants.DATA_DIR)
    folder = Path(named).expanduser().absolute()
    free, problem = _free_gb(folder)
    if address.is_address(named):  # in TFDS_DATA_DIR
        free, problem = (
            None,
            (
                f"{named}: an address; expected a folder of this machine for prepared data. Name "
                "another with --data-dir."
            ),
        )
    configs = tuple(_configs(folder))
    in_clone = (clone / "leaderboard" / "records").is_dir()
    networks = _count(clone / "leaderboard" / "records", "*.onnx") if in_clone else None
    weights = _count(clone / "runs", "best-*.npz") if in_clone else None
    missing = {wish: remedy for wish, (groups, remedy) in NEEDS.items() if not _has_all(groups)}
    if weights == networks == 0:
        missing["predicting with a model, since none is trained here"] = TRAIN
    return Report(
        versions={
            "python": platform.python_version(),
            "tem-virus": __version__,
            **{name: _version(name) for name in PACKAGES},
        },
        cores=len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1,
        memory_gb=_memory_gb(),
        gpus=_gpus(),
        data_dir=str(folder),
        free_gb=free,
        configs=configs,
        records=_count(clone / "leaderboard" / "records", "*.json") if in_clone else None,
        networks=networks,
        weights=weights,
        missing=missing,
        broken=tuple(_broken(folder, problem, configs)),
    )


def as_json(report: Report) -> str:
    """Return the report as one JSON object."""
    return json.dumps(dataclasses.asdict(report), indent=1)


def as_text(report: Report) -> str:
    """Return the report in lines for the terminal."""
    memory = "unknown" if report.memory_gb is None else f"{report.memory_gb:.1f} GB"
    free = "unknown" if report.free_gb is None else f"{report.free_gb:.0f} GB"
    lines = [
        "versions",
        *(f"  {name:24} {found or 'not installed'}" for name, found in report.versions.items()),
        "machine",
        f"  {'CPU cores':24} {report.cores}",
        f"  {'memory available':24} {memory}",
        f"  {'GPU':24} {', '.join(report.gpus) or 'none found'}",
        "data",
        f"  {'folder':24} {report.data_dir} ({free} free)",
        *(f"  {one.name:36} {one.path or 'not prepared'}" for one in report.configs),
        *_models(report),
    ]
    if report.missing:
        lines += ["not possible here"]
        lines += [f"  {wish}: {remedy}" for wish, remedy in report.missing.items()]
    if report.broken:
        lines += ["broken", *(f"  {problem}" for problem in report.broken)]
    else:
        lines += ["the data set can be used"]
    return "\n".join(lines)


def _models(report: Report) -> list[str]:
    released = ["models", f"  {'released, in the package':24} {', '.join(models.names())}"]
    if report.records is None:
        return [*released, f"  {'records of runs':24} none: started outside a clone"]
    return [
        *released,
        f"  {'records of runs':24} {report.records}",
        f"  {'networks beside them':24} {report.networks}",
        f"  {'files of weights (runs/)':24} {report.weights}",
    ]


def _configs(folder: Path) -> Iterator[Prepared]:
    for dataset, builder in builders.BUILDERS.items():
        for config, described in builder.builder_configs.items():
            version = str(described.version or builder.VERSION)
            path = folder / dataset / config / version
            there = (path / "dataset_info.json").is_file()
            yield Prepared(f"{dataset}/{config}", version, str(path) if there else None)


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _has_all(groups: Sequence[Sequence[str]]) -> bool:
    """Whether of each group one module at least is installed."""
    return all(any(importlib.util.find_spec(name) for name in group) for group in groups)


def _count(folder: Path, pattern: str) -> int:
    """Count the files, but for those of failed and of quick runs."""
    return sum(
        not file.name.endswith(".failed.json") and "-quick-" not in str(file.relative_to(folder))
        for file in folder.rglob(pattern)
        if file.is_file()
    )


def _broken(folder: Path, problem: str, configs: Sequence[Prepared]) -> Iterator[str]:
    """Yield what keeps the data set from being used; `problem` is that of the folder, or ""."""
    if problem:
        yield problem
    elif not (_is_writable(folder) or any(config.path for config in configs)):
        yield (
            f"{folder}: cannot be written, and nothing is prepared in it. Name another folder with "
            "--data-dir."
        )
    if not any(importlib.util.find_spec(name) for name in ("tensorflow", "array_record")):
        yield (
            "neither tensorflow nor array_record is installed, which write and read prepared data. "
            'Install one: pip install -e ".[tensorflow]" in a clone of the repository'
        )
    versions = (folder.glob(f"{dataset}/*/[0-9]*") for dataset in builders.BUILDERS)
    for description in sorted(itertools.chain(*versions)):
        if not (description / "dataset_info.json").is_file():
            yield f"{description}: has no dataset_info.json. Delete it, and prepare it again."


def _free_gb(folder: Path) -> tuple[float | None, str]:
    """Return the free space where the folder is or would be made, and what is wrong with it."""
    place = next((path for path in (folder, *folder.parents) if path.exists()), None)
    if place is None or not place.is_dir():
        return None, (
            f"{folder}: cannot be used; expected a folder for prepared data. Name another with "
            "--data-dir."
        )
    return shutil.disk_usage(place).free / 1e9, ""


def _is_writable(folder: Path) -> bool:
    place = next(path for path in (folder, *folder.parents) if path.exists())
    return os.access(place, os.W_OK)


def _memory_gb() -> float | None:
    file = Path("/proc/meminfo")
    if not file.exists():
        return None
    amounts = [line.split()[1] for line in file.read_text().splitlines() if "MemAvailable" in line]
    return int(amounts[0]) / 1e6 if amounts else None


def _gpus() -> tuple[str, ...]:
    """Return the names of NVIDIA's GPUs, without a library that would take hold of them."""
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in listed.stdout.splitlines() if line.strip())
