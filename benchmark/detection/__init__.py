"""The task of detecting particles in whole micrographs: data, recipes, training, evaluation."""
