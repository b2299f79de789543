"""Networks scored on the test split under hard conditions, cell by cell."""
