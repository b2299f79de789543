"""Exosomes in transmission electron micrographs: the TFDS data set `tem_exosome`."""
