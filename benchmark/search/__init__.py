"""The search for recipes: folds of train and validation, trials, their comparison and their log."""
