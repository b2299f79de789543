"""Detection: boxes found in whole micrographs, scored against the boxes that are there."""
