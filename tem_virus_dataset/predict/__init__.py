"""A trained network on one's own micrographs: particles, tables, labels and overlays."""
