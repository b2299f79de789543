"""Using a trained model on micrographs: from files to tables, labels and pictures."""
