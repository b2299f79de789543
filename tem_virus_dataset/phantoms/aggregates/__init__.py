"""Synthetic micrographs (phantoms) of vesicles that touch, drawn after the literature."""
