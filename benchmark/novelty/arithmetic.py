"""The arithmetic of a score of novelty, written once: NumPy computes it, or ONNX nodes do.

A threshold that is chosen with one formula and used with another would be wrong without a sign. So
a score is a function of an `Arithmetic` and of features, and both runtimes are told by it what to
do. Reductions are over the last axis and keep it.
"""

from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import special

X = TypeVar("X")
SMALLEST = 1e-6  # length of a feature vector: that of a constant patch may be 0


class Arithmetic(Protocol[X]):
    """Operations on (n, f) arrays, and constants."""

    def product(self, x: X, matrix: NDArray) -> X:
        """Return the matrix product with a constant (f, g)."""

    def plus(self, x: X, y: X | NDArray) -> X:
        """Return the sum, broadcast."""

    def times(self, x: X, y: X | NDArray) -> X:
        """Return the product of elements, broadcast."""

    def length(self, x: X) -> X:
        """Return the Euclidean length, (n, 1)."""

    def square_sum(self, x: X) -> X:
        """Return the sum of the squares, (n, 1)."""

    def unit(self, x: X) -> X:
        """Return vectors of length 1."""

    def maximum(self, x: X) -> X:
        """Return the largest value, (n, 1)."""

    def smallest_of(self, parts: list[X]) -> X:
        """Return the smallest of several (n, 1)."""

    def largest(self, x: X, number: int) -> X:
        """Return the value of this rank, 1 for the largest, (n, 1)."""

    def log_sum_exp(self, x: X) -> X:
        """Return the logarithm of the sum of exponentials, (n, 1)."""


class InNumpy:
    """The arithmetic in float64."""

    def product(self, x: NDArray, matrix: NDArray) -> NDArray:
        """See `Arithmetic`, as for all others."""
        return np.asarray(x @ matrix)

    def plus(self, x: NDArray, y: NDArray) -> NDArray:  # noqa: D102
        return np.asarray(x + y)

    def times(self, x: NDArray, y: NDArray) -> NDArray:  # noqa: D102
        return np.asarray(x * y)

    def length(self, x: NDArray) -> NDArray:  # noqa: D102
        return np.asarray(np.linalg.norm(x, axis=-1, keepdims=True))

    def square_sum(self, x: NDArray) -> NDArray:  # noqa: D102
        return np.asarray((x * x).sum(axis=-1, keepdims=True))

    def unit(self, x: NDArray) -> NDArray:  # noqa: D102
        return np.asarray(x / np.maximum(self.length(x), SMALLEST))

    def maximum(self, x: NDArray) -> NDArray:  # noqa: D102
        return np.asarray(x.max(axis=-1, keepdims=True))

    def smallest_of(self, parts: list[NDArray]) -> NDArray:  # noqa: D102
        return np.asarray(np.concatenate(parts, axis=-1).min(axis=-1, keepdims=True))

    def largest(self, x: NDArray, number: int) -> NDArray:  # noqa: D102
        return np.asarray(-np.partition(-x, number - 1, axis=-1)[..., number - 1 : number])

    def log_sum_exp(self, x: NDArray) -> NDArray:  # noqa: D102
        return np.asarray(special.logsumexp(x, axis=-1, keepdims=True))


class InOnnx:
    """The arithmetic as nodes of an ONNX graph; values are names.

    Constants are float32 initializers, also large ones: half precision would move a threshold.

    Attributes:
      nodes, initializers: what was asked for so far.
    """

    def __init__(self, prefix: str = "novelty/") -> None:
        self.prefix = prefix
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []

    def product(self, x: str, matrix: NDArray) -> str:
        """See `Arithmetic`, as for all others."""
        return self._node("MatMul", [x, self._constant(matrix)])

    def plus(self, x: str, y: str | NDArray) -> str:  # noqa: D102
        return self._node("Add", [x, y if isinstance(y, str) else self._constant(y)])

    def times(self, x: str, y: str | NDArray) -> str:  # noqa: D102
        return self._node("Mul", [x, y if isinstance(y, str) else self._constant(y)])

    def length(self, x: str) -> str:  # noqa: D102
        return self._node("ReduceL2", [x], axes=[-1], keepdims=1)

    def square_sum(self, x: str) -> str:  # noqa: D102
        return self._node("ReduceSumSquare", [x], axes=[-1], keepdims=1)

    def unit(self, x: str) -> str:  # noqa: D102
        length = self._node("Max", [self.length(x), self._constant(np.array([SMALLEST]))])
        return self._node("Div", [x, length])

    def maximum(self, x: str) -> str:  # noqa: D102
        return self._node("ReduceMax", [x], axes=[-1], keepdims=1)

    def smallest_of(self, parts: list[str]) -> str:  # noqa: D102
        return self._node("Min", parts)

    def largest(self, x: str, number: int) -> str:  # noqa: D102
        count = self._constant(np.array([number]), np.int64)
        top = self._node("TopK", [x, count], outputs=2, axis=-1, largest=1, sorted=1)
        places = (self._constant(np.array([at]), np.int64) for at in (number - 1, number, -1))
        return self._node("Slice", [top, *places])

    def log_sum_exp(self, x: str) -> str:  # noqa: D102
        return self._node("ReduceLogSumExp", [x], axes=[-1], keepdims=1)

    def flat(self, x: str, output: str) -> None:
        """Give (n, 1) the name of an output, as (n,)."""
        self._node("Reshape", [x, self._constant(np.array([-1]), np.int64)], named=output)

    def _constant(self, values: NDArray, dtype: type = np.float32) -> str:
        from onnx import numpy_helper

        name = f"{self.prefix}constant_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def _node(
        self, kind: str, inputs: list[str], outputs: int = 1, named: str = "", **attributes: Any
    ) -> str:
        from onnx import helper

        name = named or f"{self.prefix}{kind}_{len(self.nodes)}"
        names = [name, *(f"{name}_{number}" for number in range(1, outputs))]
        self.nodes.append(helper.make_node(kind, inputs, names, **attributes))
        return name
