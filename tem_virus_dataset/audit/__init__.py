"""The leakage audit: one field photographed twice, and the pictures in different splits.

`search.search` finds such pairs; `clean.clean` tells which test patches they leave out.
"""
