"""Our networks on the boards of the open set: their pictures, methods, predictions and rows."""
