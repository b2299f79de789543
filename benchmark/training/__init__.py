"""What every training shares: recipes, sampling, the optimizer, the loop over epochs."""
