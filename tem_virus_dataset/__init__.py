"""tem-virus: viruses and exosomes in transmission electron micrographs, as TFDS data sets.

>>> import tensorflow_datasets as tfds, tem_virus_dataset  # the import registers the builders
>>> tfds.load("tem_virus/phantom_14class", split="train")
>>> tfds.load("tem_exosome/phantom", split="train")
"""

from tem_virus_dataset import interruption

interruption.at_start()  # before what takes seconds to import

import importlib.util  # noqa: E402

from tem_virus_dataset.errors import DatasetError  # noqa: E402

# A machine that only trains, on an exported file, may lack TFDS; the facts are of use there too.
if importlib.util.find_spec("tensorflow_datasets"):
    from tem_virus_dataset.tem_exosome.tem_exosome_dataset_builder import Builder as ExosomeBuilder
    from tem_virus_dataset.tem_virus.tem_virus_dataset_builder import Builder

__all__ = ["Builder", "DatasetError", "ExosomeBuilder"]
__version__ = "0.1.0"
