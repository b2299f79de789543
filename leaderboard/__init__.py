"""From predictions to records, and from records to the table."""
