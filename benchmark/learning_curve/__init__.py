"""How many corrected micrographs a detector needs for a class that it has never seen."""
