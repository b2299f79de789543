"""A trained network as it travels: an ONNX file, what it states, and how images go through it."""
