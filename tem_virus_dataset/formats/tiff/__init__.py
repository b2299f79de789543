"""TIFF of every program: its pages, their pixels, and the pixel sizes that private tags state."""

from tem_virus_dataset.formats.tiff.pages import open_pictures as open_pictures
