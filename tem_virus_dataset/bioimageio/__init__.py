"""Packages of classifiers for bioimage.io, which other programs run."""
