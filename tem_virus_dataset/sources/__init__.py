"""One module for each publisher's layout: Mendeley RAW and patches, the mirror, CBIA."""
