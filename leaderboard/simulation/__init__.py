"""Whether intervals and ties hold what they promise: invented test sets whose truth is known."""
