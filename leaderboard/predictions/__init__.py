"""Predictions files of both tasks, read with every fault named, and written."""
