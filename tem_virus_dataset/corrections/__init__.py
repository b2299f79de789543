"""Predictions as a folder of images and labels, to correct by hand and to train on."""
