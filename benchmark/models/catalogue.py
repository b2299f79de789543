"""The registered models with their sizes, as `python -m benchmark.run --list` prints them."""

import gc
import json
from collections.abc import Iterator
from typing import Any

from benchmark.models import registry

SHAPE, CLASSES = (256, 256, 1), 14


def text(as_json: bool) -> str:
    """List every model with each of its initializations, at 14 classes and 256 pixels.

    Returns:
      A table, or JSON: a list of {model, initialization, trainable, total, flops}: numbers of
      parameters, and forward floating-point operations of one patch, None where they cannot be
      counted.
    """
    rows = list(_all_rows())
    if as_json:
        return json.dumps(rows, indent=1)
    import tabulate

    for row in rows:
        operations = row.pop("flops")
        row["GFLOP"] = operations / 1e9 if operations is not None else None
    return tabulate.tabulate(rows, headers="keys", intfmt=",", floatfmt=".2f", missingval="-")


def _all_rows() -> Iterator[dict[str, Any]]:
    for model in registry.models().values():
        yield from _rows(model)


def _rows(model: registry.Model) -> list[dict[str, Any]]:
    """Count the network from scratch: pretrained weights do not change its size.

    Its variables have shapes and no values, of which some networks have half a GB. A model whose
    function needs values is built as ever.
    """
    import keras

    try:
        with keras.StatelessScope(initialize_variables=False):
            sizes = _sizes(model)
    except Exception:  # of the model's function, which anybody may have written
        keras.backend.clear_session(free_memory=False)
        sizes = _sizes(model)
        gc.collect()  # a network is a ring of references, and some have half a GB
    keras.backend.clear_session(free_memory=False)  # Keras keeps what has no value yet
    return [
        {"model": model.name, "initialization": start, **sizes} for start in model.initializations
    ]


def _sizes(model: registry.Model) -> dict[str, int | None]:
    from benchmark.models.flops import flops_if_known  # imports Keras

    network = model.build(SHAPE, CLASSES, registry.Options())
    trainable, total = registry.trainable_parameters(network), network.count_params()
    return {"trainable": trainable, "total": total, "flops": flops_if_known(network)}
