"""The configs of `tem_exosome`."""

from tem_virus_dataset.building.config import Config
from tem_virus_dataset.phantoms import exosomes
from tem_virus_dataset.sources import cbia
from tem_virus_dataset.tem_exosome import sim_to_real, sim_to_real_aggregates
from tem_virus_dataset.tem_exosome.config import ExosomesConfig

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
            "40 synthetic micrographs (phantoms) of exosomes with masks, boxes and pixel sizes, "
            "for tests without a download. Scores on them say nothing about exosomes."
        ),
        expected=exosomes.expected_counts(),
        jobs=exosomes.jobs,
        source=None,
        megabytes=100,
    ),
    ExosomesConfig(
        name="sim_to_real",
        dataset="tem_exosome",
        description=(
            "Phantoms (synthetic micrographs) for training and validation, real micrographs with "
            "masks for the test, from a user's folder; their pixel size is unknown."
        ),
        expected=sim_to_real.expected_counts(),
        estimated=(sim_to_real.PAIRS,),
        jobs=sim_to_real.jobs,
        source=sim_to_real.SOURCE,
        megabytes=400,
    ),
    ExosomesConfig(
        name="sim_to_real_aggregates",
        dataset="tem_exosome",
        description=(
            "Phantoms (synthetic micrographs) of aggregated, dark and contaminated vesicles, drawn "
            "after the literature, for training and validation; test as in sim_to_real."
        ),
        expected=sim_to_real_aggregates.expected_counts(),
        diameters=sim_to_real_aggregates.DIAMETERS,
        estimated=(sim_to_real.PAIRS,),
        jobs=sim_to_real_aggregates.jobs,
        source=sim_to_real.SOURCE,
        megabytes=700,
    ),
]
