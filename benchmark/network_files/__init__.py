"""A trained network as an ONNX file: written, checked against its record, run without Keras."""
