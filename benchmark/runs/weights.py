"""What `--weights` names: a file, a released model, or the network beside the record of a run."""

from collections.abc import Sequence
from pathlib import Path

from benchmark.data.address import is_file, is_folder
from benchmark.errors import UsageError
from benchmark.models import registry
from benchmark.runs import finished, job
from leaderboard.ground_truth import configs
from leaderboard.results import network_file
from tem_virus_dataset.networks import onnx_network
from tem_virus_dataset.predict import models as released

EXPECTED = "MODEL=FILE, or a released detector, a network (.onnx) or a record (.json)"


def by_model(texts: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """Return the file of each model's weights.

    Args:
      texts: "MODEL=FILE", or "FILE" where one model is trained; names: of the models.

    Raises:
      UsageError: no such file, or not of a model that is trained. BenchmarkError, RecordError: a
        record has no network beside it.
    """
    files: dict[str, str] = {}
    for text in texts:
        model, name = _divided(text, names)
        if model in files:
            raise UsageError(f"--weights {text}: {model} has two files; expected one. Keep one.")
        files[model] = str(_file(name, text).resolve())
    return files


def check_splits(file: Path, data: str) -> None:
    """Refuse a network to start from that may have seen test micrographs of a config.

    Backbones, an .npz file of data and a user's folder state no splits.

    Args:
      file: that was checked to be of the model; data: as `--data` takes it.

    Raises:
      UsageError: it was trained on a config that divides the micrographs in another way.
    """
    trained_on = _trained_on(file)
    if trained_on is None or any(is_folder(one) or is_file(one) for one in (trained_on, data)):
        return
    if configs.split_of(trained_on) != configs.split_of(data):
        raise UsageError(
            f"--weights {file}: was trained on {trained_on}, whose train split may hold test "
            f"micrographs of {data}; expected a network of the same splits. Name another network."
        )


def _trained_on(file: Path) -> str | None:
    """Return the data of a network, or of the run whose checkpoint a file is; None if unknown."""
    if file.suffix.lower() == released.SUFFIX:
        return onnx_network.load(file).metadata.data
    return job.data_of(file.parent) if file.suffix == ".npz" else None


def _divided(text: str, names: Sequence[str]) -> tuple[str, str]:
    model, separator, name = text.partition("=")
    if separator and not Path(text).expanduser().exists():
        return registry.model(model).name, name
    if len(names) != 1:
        raise UsageError(
            f"--weights {text}: found {len(names) or 'all'} models to train; expected MODEL=FILE "
            "with more than one. Name the model."
        )
    return names[0], text


def _file(name: str, text: str) -> Path:
    if name in released.names():
        file = released.find(name)
        if file.suffix != released.SUFFIX:
            raise UsageError(
                f"--weights {text}: {name} is a pair of networks; expected one, such as "
                "virus-detector. Name its detector."
            )
        return file
    path = Path(name).expanduser()
    if not path.is_file():
        raise UsageError(
            f"--weights {text}: no file {name!r}; expected {EXPECTED}. Correct it; `tem-virus "
            "models` lists the released ones."
        )
    return _beside(path) if path.suffix.lower() == ".json" else path


def _beside(file: Path) -> Path:
    """Return the network of a record, which its bytes are checked to be."""
    record = finished.record(file)
    if not record.network:
        raise UsageError(
            f"--weights {network_file.without(file, record)} Or name the best-<epoch>.npz of its "
            "run."
        )
    return network_file.check_one(file, record)
