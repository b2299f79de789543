"""A classifier as one ONNX graph, from raw patches to calibrated probabilities.

What lies around a network here (the standardization, the average down to its image size, the mean
over the D4 transforms, the temperature) is code of this project. A program that runs models of
bioimage.io has none of it, and its own steps differ: they standardize after the average, not
before. So all steps become nodes of the graph, and the package predicts what `tem-virus` predicts.
"""

import onnx
from onnx import compose, parser

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.networks import temperature
from tem_virus_dataset.networks.d4_transforms import FLIP_HORIZONTAL, FLIP_VERTICAL, TRANSPOSE
from tem_virus_dataset.networks.metadata import Metadata

INPUT, PREFIX = "patches", "network_"
OPSET = 15  # of the networks, in which the nodes below are written
BACKWARDS = f"{-(2**63)}"  # end of a slice that goes to the first element


def complete(network: onnx.ModelProto, stated: Metadata, file: str) -> onnx.ModelProto:
    """Return a classifier with all steps around it.

    Args:
      network: takes standardized images (n, size, size, 1); stated: what its file states.
      file: its name, for messages.

    Returns:
      A model that takes (n, 256, 256, 1) float32 raw counts. Its outputs have the names of the
      network's: the first is the probability of each class (n, classes), at its temperature; others
      are means over the D4 transforms.

    Raises:
      DatasetError: it is written in another version of ONNX.
    """
    versions = {entry.domain: entry.version for entry in network.opset_import}
    if versions[""] != OPSET:
        raise DatasetError(
            f"{file}: written in version {versions['']} of ONNX's operators; expected {OPSET}, as "
            "this version of tem-virus writes. Write it again: python -m benchmark.export_model"
        )
    form = [f"<ir_version: {network.ir_version}, opset_import: [{_opsets(versions)}]>"]
    transformed = parser.parse_model("\n".join(form + _transforms(stated.image_size, stated.tta)))
    named_apart = compose.add_prefix(network, PREFIX)
    joined = _joined(transformed, named_apart, ("transformed", named_apart.graph.input[0].name))
    for number, output in enumerate(network.graph.output):
        exponent = 1 / (stated.temperature or 1) if number == 0 else None
        sides = output.type.tensor_type.shape.dim
        width = sides[1].dim_value if len(sides) > 1 else 0
        mean = form + _mean(output.name, width, stated.tta, exponent)
        joined = _joined(
            joined,
            parser.parse_model("\n".join(mean)),
            (f"{PREFIX}{output.name}", f"{output.name}_of_transforms"),
        )
    onnx.checker.check_model(joined, full_check=True)
    return joined


def _opsets(versions: dict[str, int]) -> str:
    return ", ".join(f'"{domain}": {version}' for domain, version in versions.items())


def _transforms(image_size: int, tta: int) -> list[str]:
    """Return the nodes from raw patches to all D4 transforms of standardized images."""
    side, factor = facts.PATCH, facts.PATCH // image_size
    names = [f"transform{number}" for number in range(tta)]
    return [
        f"before (float[n, {side}, {side}, 1] {INPUT}) "
        f"=> (float[m, {image_size}, {image_size}, 1] transformed)",
        f"<int64[6] blocks = {{-1, {image_size}, {factor}, {image_size}, {factor}, 1}}, "
        f"int64[1] last = {{-1}}, int64[1] backwards = {{{BACKWARDS}}}, int64[1] rows = {{1}}, "
        "int64[1] columns = {2}, double zero = {0.0}, double unity = {1.0}>",
        "{",
        f"counts = Cast<to={onnx.TensorProto.DOUBLE}>({INPUT})",
        "mean_count = ReduceMean<axes=[1, 2, 3], keepdims=1>(counts)",
        "centred = Sub(counts, mean_count)",
        "squares = Mul(centred, centred)",
        "variance = ReduceMean<axes=[1, 2, 3], keepdims=1>(squares)",
        "deviation = Sqrt(variance)",
        "varies = Greater(deviation, zero)",  # a constant patch is zeros
        "divisor = Where(varies, deviation, unity)",
        "standardized = Div(centred, divisor)",
        "in_blocks = Reshape(standardized, blocks)",
        "averaged = ReduceMean<axes=[2, 4], keepdims=0>(in_blocks)",
        f"images = Cast<to={onnx.TensorProto.FLOAT}>(averaged)",
        *(line for number in range(tta) for line in _transform(number)),
        f"transformed = Concat<axis=0>({', '.join(names)})",
        "}",
    ]


def _transform(number: int) -> list[str]:
    """Return the nodes of one D4 transform, as `d4_transforms.applied` numbers them."""
    lines, name = [], "images"
    for is_applied, what, form in (
        (number & TRANSPOSE, "transposed", "Transpose<perm=[0, 2, 1, 3]>({})"),
        (number & FLIP_VERTICAL, "flipped", "Slice({}, last, backwards, rows, last)"),
        (number & FLIP_HORIZONTAL, "mirrored", "Slice({}, last, backwards, columns, last)"),
    ):
        if is_applied:
            lines.append(f"{what}{number} = {form.format(name)}")
            name = f"{what}{number}"
    return [*lines, f"transform{number} = Identity({name})"]


def _mean(name: str, width: int, tta: int, exponent: float | None) -> list[str]:
    """Return the nodes from an output for all transforms (tta * n, width) to its mean (n, width).

    Args:
      width: 0 for an output (tta * n,).
      exponent: of probabilities, to which they are taken and made to sum to 1; None: neither.
    """
    more = [str(width)] if width else []
    of_transformed, mean = (", ".join([first, *more]) for first in ("m", "n"))
    by_transform = ", ".join([str(tta), "-1", *more])
    constants = ""
    if exponent is not None:
        numbers = {"smallest": temperature.SMALLEST, "largest": 1.0, "exponent": exponent}
        constants = "".join(f", float {key} = {{{value}}}" for key, value in numbers.items())
    head = [
        f"mean_of_{name} (float[{of_transformed}] {name}_of_transforms) => (float[{mean}] {name})",
        f"<int64[{2 + len(more)}] {name}_by_transform = {{{by_transform}}}{constants}>",
        "{",
        f"{name}_blocks = Reshape({name}_of_transforms, {name}_by_transform)",
    ]
    if exponent is None:
        return [*head, f"{name} = ReduceMean<axes=[0], keepdims=0>({name}_blocks)", "}"]
    return [
        *head,
        f"mean_probability = ReduceMean<axes=[0], keepdims=0>({name}_blocks)",
        "clipped = Clip(mean_probability, smallest, largest)",
        "logarithms = Log(clipped)",
        "scaled = Mul(logarithms, exponent)",
        f"{name} = Softmax<axis=1>(scaled)",
        "}",
    ]


def _joined(
    first: onnx.ModelProto, second: onnx.ModelProto, link: tuple[str, str]
) -> onnx.ModelProto:
    """Return both models as one; `link`: output of the first that is an input of the second."""
    return compose.merge_models(first, second, io_map=[link])
