"""Data in memory: prepared configs, users' images, boxes, and the D4 transforms of an image."""
