"""All scores of one predictions file against its ground truth."""
