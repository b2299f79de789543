"""The features of a finished network: of its training patches, and of all pictures of the board.

They take minutes and are kept in the folder of the runs, by the sha256 of the network's file.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmark.classification.data import Data, Patches
from benchmark.novelty import features, network
from benchmark.novelty.features import Features, Round


def place(runs: Path, file: Path) -> Path:
    """Return where the features of a network are kept; file: its .onnx."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return runs / "open_set" / f"{file.stem}-{digest[:12]}.npz"


def of_network(
    file: Path, image_size: int, load: Callable[[], tuple[Data, Patches]], runs: Path
) -> Round:
    """Return the features, computed once; `test` are those of the pictures.

    Args:
      file: the .onnx; image_size: of its input; runs: folder.
      load: returns the data that it was trained on and the pictures; called where nothing is kept.

    Raises:
      BenchmarkError: the network does not end in a dense layer, or kept features are damaged.
    """
    import onnx

    kept = place(runs, file)
    if not kept.exists():
        model, (data, pictures) = onnx.load(file), load()
        _, kernel, bias = network.last_layer(model)
        train, known, test = (
            network.of_patches(model, patches, image_size)
            for patches in (data.splits["train"], data.splits["validation"], pictures)
        )
        features.write(kept, Round(data.classes, kernel, bias, train, known, _none(known), test))
    return features.read(kept)


def _none(like: Features) -> Features:
    return Features(like.values[:, :0], like.labels[:0], like.ids[:0], like.micrographs[:0])


def probabilities(result: Round, part: Features, temperature: float | None) -> np.ndarray:
    """Return probabilities (n, classes), the mean over the D4 transforms, as a run gives them."""
    from scipy import special

    from tem_virus_dataset.networks import temperature as scaling

    logits = part.values.astype(np.float64) @ result.kernel + result.bias
    mean = special.softmax(logits, axis=-1).mean(axis=0)
    return mean if temperature is None else scaling.applied(mean, temperature)
