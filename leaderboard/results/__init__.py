"""Records of runs: one JSON each, and the predictions that back it up."""
