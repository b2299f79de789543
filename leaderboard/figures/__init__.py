"""Figures of runs: confusion matrix, reliability, curves, scores of classes."""
