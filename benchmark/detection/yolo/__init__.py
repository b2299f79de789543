"""YOLOv5: anchors, grid, targets and loss to train it; inference, suppression, tiles to use it."""
