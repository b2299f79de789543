"""Models that come with the package: their files from records, and their model cards."""
