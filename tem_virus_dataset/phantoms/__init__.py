"""Synthetic micrographs (phantoms) of viruses and of exosomes."""
