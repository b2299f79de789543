"""Scored rows from a cache, so that only what has changed is scored again."""
