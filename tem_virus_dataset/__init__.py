"""tem-virus: virus patches from transmission electron micrographs, as a TFDS data set.

>>> import tensorflow_datasets as tfds, tem_virus_dataset  # the import registers the builder
>>> tfds.load("tem_virus/phantom_14class", split="train")
"""

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.tem_virus_dataset_builder import Builder

__all__ = ["Builder", "DatasetError"]
__version__ = "0.1.0"
