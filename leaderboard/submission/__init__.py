"""A submission's folder: card and predictions, checked and made into records."""
