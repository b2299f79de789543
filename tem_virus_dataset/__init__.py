"""tem-virus: virus patches from transmission electron micrographs, as a TFDS data set.

>>> import tensorflow_datasets as tfds, tem_virus_dataset  # the import registers the builder
>>> tfds.load("tem_virus/phantom_14class", split="train")
"""

import importlib.util

from tem_virus_dataset.errors import DatasetError

# A machine that only trains, on an exported file, may lack TFDS; the facts are of use there too.
if importlib.util.find_spec("tensorflow_datasets"):
    from tem_virus_dataset.tem_virus_dataset_builder import Builder

__all__ = ["Builder", "DatasetError"]
__version__ = "0.1.0"
