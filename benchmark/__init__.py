"""From examples to records: models, training and the run command."""
