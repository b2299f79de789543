"""The weights of a kept detector (.onnx), in a network that is trained on from there.

Such a file has no batch normalization: it is folded into the convolutions, see
`yolo.fold_batchnorm`. The network for training has it, with the statistics 0 and 1 and such factors
that it gives what the file gives; `first_statistics` then gives it those of the training images.
Arrays are assigned by the numbers in the names of the convolutions, which follow their order in the
code. That the result is the detector of the file is not assumed: both see one image, and a
difference is refused.
"""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from benchmark.detection.data import Scenes
from benchmark.detection.recipes import DetectionRecipe
from benchmark.errors import BenchmarkError
from benchmark.models import registry
from benchmark.models.layers.yolov5_network import BOX, anchors_of
from benchmark.training.compiling import computing_in
from leaderboard.tasks import DETECTION
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.networks import onnx_network
from tem_virus_dataset.networks.grid import PER_CELL
from tem_virus_dataset.networks.metadata import Metadata
from tem_virus_dataset.networks.onnx_network import OnnxNetwork

CLOSE = 1e-3  # of the largest output: two libraries round differently
TRIED = 96  # pixels of a side of the image that both see
_NUMBERS = re.compile(r"conv2d((?:_\d+)*)/")  # in the name of a kernel
_Arrays = list[tuple[NDArray[np.float32], NDArray[np.float32]]]


def stated(file: Path) -> Metadata:
    """Return what the file of a detector states.

    Raises:
      BenchmarkError: it cannot be read, is damaged, or is no detector.
    """
    return _opened(file).metadata


def described(file: Path) -> str:
    """Return what a training from a file begins from, for its record: run, file and digest.

    >>> described(Path("virus-detector.onnx"))  # doctest: +SKIP
    'detector mirror_11class_boxes/yolov5n-scratch-steady-s0 (virus-detector.onnx, sha256 b46b...)'
    """
    known = stated(file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    name = f"{known.data.rpartition('/')[2]}/{known.run}"
    return f"detector {name} ({file.name}, sha256 {digest[:12]})"


def check_data(file: Path, data: Scenes) -> None:
    """Refuse micrographs of which the pixel size is not known as the detector's is.

    Raises:
      BenchmarkError: the detector works at a known scale and the micrographs have none, or the
        other way round.
    """
    known = stated(file).nm_per_pixel
    sizes = [scene.nm_per_pixel for several in data.splits.values() for scene in several]
    if known and not all(sizes):
        raise BenchmarkError(
            f"{data.config}: {sizes.count(None)} of {len(sizes)} micrographs have no pixel size; "
            f"expected some, since {file.name} works at {known:g} nm per pixel. Add "
            "--nm-per-pixel, or a pixel_sizes.csv."
        )
    if not known and any(sizes):
        raise BenchmarkError(
            f"{data.config}: micrographs with pixel sizes; expected none, since {file.name} was "
            "trained pixel for pixel. Take another detector, or train from scratch."
        )


def detector(file: Path, model: str, recipe: DetectionRecipe) -> keras.Model:
    """Return a network of the file's classes that gives what the file gives.

    Args:
      model: registered name; recipe: whose scale and local contrast must be those of the file.

    Raises:
      BenchmarkError: the file is damaged, of another task, another network or another scale.
    """
    kept = _opened(file)
    _check_scale(file, kept.metadata, recipe)
    with computing_in("float32"):
        options = registry.Options(contrast_sigma=recipe.contrast_sigma)
        classes = len(kept.metadata.classes)
        network = registry.model(model).build((None, None, 1), classes, options)
    arrays = _arrays(file)
    _check_shapes(file, network, arrays, model, recipe)
    _assign(network, arrays)
    anchors_of(network).assign(np.array(kept.metadata.anchors, np.float32))
    image = np.random.default_rng(0).normal(size=(1, TRIED, TRIED, 1)).astype(np.float32)
    wanted = kept.predict_on_batch(image)
    found = ops.convert_to_numpy(network(image, training=False))  # once: nothing is compiled
    difference = np.abs(found - wanted).max() / np.abs(wanted).max()
    if not difference < CLOSE:
        raise BenchmarkError(
            f"{file}: in {model} with the recipe's local_contrast={recipe.local_contrast:g}, its "
            f"weights give outputs that differ from its own by {difference:.2%} of the largest; "
            f"expected less than {CLOSE:.1%}. Give the local_contrast of its training with --set."
        )
    return network


def begin(
    network: keras.Model, file: Path, model: str, classes: Sequence[str], recipe: DetectionRecipe
) -> None:
    """Give a network the weights of a detector: all, but outputs of classes it does not know.

    Those of a class of the same name are taken; others begin at 0, with the bias of a network
    that is not trained.

    Args:
      network: not trained, of `yolov5_network.network`; classes: names in the order of its outputs.

    Raises:
      BenchmarkError: see `detector`.
    """
    known = detector(file, model, recipe)
    old_names = stated(file).classes
    heads = {id(head): head for head in _heads(known)}
    for own, old in zip(_in_order(network), _in_order(known), strict=True):
        if id(old) in heads:
            _begin_head(own, old, classes, old_names)
        else:
            own.set_weights(old.get_weights())
    for own, old in zip(_normalizations(network), _normalizations(known), strict=True):
        own.set_weights(old.get_weights())
    anchors_of(network).assign(anchors_of(known))


def _opened(file: Path) -> OnnxNetwork:
    try:
        kept = onnx_network.load(file)
    except DatasetError as error:
        raise BenchmarkError(str(error)) from error
    except OSError as error:
        raise BenchmarkError(f"{file}: cannot be read ({error.strerror or error}).") from error
    if kept.metadata.task != DETECTION:
        raise BenchmarkError(
            f"{file}: the network of a {kept.metadata.task} task, {kept.metadata.run}; expected a "
            "detector. Name another: tem-virus models lists the released ones."
        )
    return kept


def _check_scale(file: Path, known: Metadata, recipe: DetectionRecipe) -> None:
    if known.nm_per_pixel not in (None, recipe.nm_per_pixel):
        raise BenchmarkError(
            f"{file}: works at {known.nm_per_pixel:g} nm per pixel; expected that of the recipe, "
            f"{recipe.nm_per_pixel:g}. Add --set nm_per_pixel={known.nm_per_pixel:g}."
        )


def _arrays(file: Path) -> _Arrays:
    """Return kernel (height, width, in, out) and bias (out,) of each convolution, in order."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(file).graph
    values = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:  # weights stored in float16
        if node.op_type == "Cast" and node.input[0] in values:
            values[node.output[0]] = values[node.input[0]]

    def array(name: str) -> NDArray[np.float32]:
        return np.asarray(numpy_helper.to_array(values[name]), np.float32)

    nodes = [node for node in graph.node if node.op_type == "Conv"]
    try:
        nodes.sort(key=lambda node: _number(node.input[1]))
        return [(array(n.input[1]).transpose(2, 3, 1, 0), array(n.input[2])) for n in nodes]
    except (KeyError, IndexError, ValueError) as error:
        raise BenchmarkError(
            f"{file}: its convolutions are not laid out as this project writes them ({error}); "
            "expected the network of a record. Take the file of a training of this project."
        ) from error


def _number(name: str) -> list[int]:
    found = _NUMBERS.search(name)
    if not found:
        raise ValueError(f"weights {name!r:.80}")
    return [int(number) for number in found[1].split("_")[1:]]


def _in_order(network: keras.Model) -> list[Any]:
    """Return the convolutions in the order of the code, as the numbers in their names have it."""
    found = [layer for layer in network.layers if isinstance(layer, layers.Conv2D)]
    return sorted(found, key=lambda layer: _number(f"{layer.name}/"))


def _normalization_of(network: keras.Model) -> dict[str, Any]:
    """Return the batch normalization after each convolution, by the convolution's name."""
    return {
        layer.input._keras_history.operation.name: layer
        for layer in network.layers
        if isinstance(layer, layers.BatchNormalization)
    }


def _normalizations(network: keras.Model) -> list[Any]:
    after = _normalization_of(network)
    return [after[layer.name] for layer in _in_order(network) if layer.name in after]


def _heads(network: keras.Model) -> list[Any]:
    """Return the three convolutions of the outputs, which no normalization follows."""
    after = _normalization_of(network)
    return [layer for layer in _in_order(network) if layer.name not in after]


def _check_shapes(
    file: Path, network: keras.Model, arrays: _Arrays, model: str, recipe: DetectionRecipe
) -> None:
    wanted = [tuple(layer.kernel.shape) for layer in _in_order(network)]
    found = [kernel.shape for kernel, _ in arrays]
    if found == wanted:
        return
    if found[1:] == wanted[1:]:  # the first one alone sees the channel of local contrast
        has = "a" if found[0][2] > wanted[0][2] else "no"
        value = (
            "local_contrast=16, or what it was trained with" if has == "a" else "local_contrast=0"
        )
        raise BenchmarkError(
            f"{file}: has {has} channel of local contrast; expected that of the recipe, "
            f"local_contrast={recipe.local_contrast:g}. Add --set {value}."
        )
    raise BenchmarkError(
        f"{file}: {len(found)} convolutions, the first with {found[0][-1]} channels; expected the "
        f"{len(wanted)} of {model}, the first with {wanted[0][-1]}. Name the model of its training "
        "with --models."
    )


def _assign(network: keras.Model, arrays: _Arrays) -> None:
    after = _normalization_of(network)
    for layer, (kernel, bias) in zip(_in_order(network), arrays, strict=True):
        normalization = after.get(layer.name)
        if normalization is None:
            layer.set_weights([kernel, bias])
            continue
        layer.set_weights([kernel])
        factor = np.full(len(bias), np.sqrt(1 + normalization.epsilon), np.float32)
        normalization.set_weights([factor, bias, np.zeros_like(bias), np.ones_like(bias)])


def _begin_head(own: Any, old: Any, classes: Sequence[str], old_names: Sequence[str]) -> None:
    """Set one output convolution, which has 5 + classes channels for each anchor of a cell."""
    kernel, bias = (_by_anchor(array) for array in old.get_weights())
    new_kernel, new_bias = (_by_anchor(array) for array in own.get_weights())
    first = BOX + 1
    new_kernel[..., :first], new_bias[..., :first] = kernel[..., :first], bias[..., :first]
    new_kernel[..., first:] = 0
    for place, name in enumerate(classes):
        if name in old_names:
            known = first + list(old_names).index(name)
            new_kernel[..., first + place] = kernel[..., known]
            new_bias[..., first + place] = bias[..., known]
    shapes = [array.shape for array in own.get_weights()]
    own.set_weights([new_kernel.reshape(shapes[0]), new_bias.reshape(shapes[1])])


def _by_anchor(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return an array of an output with its last axis divided: (..., anchor, 5 + classes)."""
    return array.reshape(*array.shape[:-1], PER_CELL, -1).copy()
