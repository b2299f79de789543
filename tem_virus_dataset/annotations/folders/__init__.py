"""A user's folder of images: its splits, label files, lists and COCO JSON, and what is not read."""
