"""Finished networks scored on the official test patches, in a folder that the user names."""
