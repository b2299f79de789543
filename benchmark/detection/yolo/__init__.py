"""How YOLOv5 learns and detects: anchors, targets, loss, mosaics, decoding, tiles, merging."""
