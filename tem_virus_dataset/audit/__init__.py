"""The leakage audit: micrographs of one field, photographed twice, that lie in different splits.

`search.search` finds such pairs: `coarse_search` proposes shifts, `block_matching` and
`similarity_vote` confirm or refuse them, `common_part` measures them. `clean.clean` marks the test
examples whose field no other split shows.
"""
