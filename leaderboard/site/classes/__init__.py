"""The classes of a benchmark: what they are, how they look as phantoms, how hard they are."""
