"""Finding particles in whole micrographs: boxes, networks, training and scores."""
