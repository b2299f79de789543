"""All scores of one predictions file against its ground truth, and what is printed of them."""
