"""The bytes of an ONNX file: a model, and what it states of itself."""

from typing import Any

from tem_virus_dataset.networks.metadata import Metadata


def written(model: Any, metadata: Metadata) -> bytes:
    """Return the bytes of a file: a model with its metadata.

    Raises:
      onnx.checker.ValidationError: it is not valid.
    """
    import onnx
    from onnx import helper

    helper.set_model_props(model, metadata.properties())
    model.producer_name, model.doc_string = "tem-virus", f"{metadata.run} on {metadata.data}"
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString(deterministic=True)
    return content
