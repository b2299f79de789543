"""The configs of `tem_exosome`."""

from tem_virus_dataset.config import Config
from tem_virus_dataset.exosome import cbia, phantom, sim_to_real
from tem_virus_dataset.exosome.config import ExosomesConfig

CONFIGS: list[Config] = [
    ExosomesConfig(
        name="cbia",
        dataset="tem_exosome",
        description=(
            "Micrographs of exosomes in three sets, with instance masks, boxes and pixel sizes, "
            "from CBIA's public archive; splits of our own."
        ),
        expected=cbia.expected_counts(),
        jobs=cbia.jobs,
        source=cbia.CBIA,
        megabytes=1500,
    ),
    ExosomesConfig(
        name="phantom",
        dataset="tem_exosome",
        description=(
            "Phantoms: 40 generated micrographs of exosomes with masks, boxes and pixel sizes, for "
            "trying and testing without a download. Scores on them say nothing about exosomes."
        ),
        expected=phantom.expected_counts(),
        jobs=phantom.jobs,
        source=None,
        megabytes=100,
    ),
    ExosomesConfig(
        name="sim_to_real",
        dataset="tem_exosome",
        description=(
            "Phantoms to learn from and to choose by, and pictures of real exosomes with masks to "
            "test on, from a folder of one's own; their pixel size is not known."
        ),
        expected=sim_to_real.expected_counts(),
        estimated=(sim_to_real.PAIRS,),
        jobs=sim_to_real.jobs,
        source=sim_to_real.SOURCE,
        megabytes=400,
    ),
]
