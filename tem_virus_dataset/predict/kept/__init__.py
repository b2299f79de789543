"""The folder of the results: what is finished in it, what was edited by hand, and writing to it."""
