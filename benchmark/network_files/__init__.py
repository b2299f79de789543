"""A trained network as an ONNX file: written, checked against its record, used without training."""
