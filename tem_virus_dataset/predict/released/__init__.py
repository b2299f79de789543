"""The released networks, each with its model card."""
