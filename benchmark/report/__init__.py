"""Pages to look at runs: one for each record, and one over all of them."""
