"""Drawings within pages: scores on one axis, plots of points, lines and bars."""
