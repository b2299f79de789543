"""A trained model on a user's micrographs: from image files to tables, labels and overlays."""
