"""Registered networks, one file each; their registry, cost (FLOPs), list, and weights on disk."""
