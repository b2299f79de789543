"""What a prediction writes: tables, overlays, a histogram, and the files of other programs."""
