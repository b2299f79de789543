"""Where the images of a config come from, and under which terms, for the file of a network."""

from leaderboard.files.names import is_own
from leaderboard.ground_truth import configs
from tem_virus_dataset import facts
from tem_virus_dataset.sources import cbia, mirror

UNKNOWN = "not known"


def of(data: str) -> tuple[str, str]:
    """Return source and licence of the images of data such as tem_virus/mirror_11class.

    Of a data set that is not listed here both are `UNKNOWN`.
    """
    config = data.rpartition("/")[2]
    if is_own(data):
        return "images of the user", UNKNOWN
    if configs.is_phantom(data) or config.startswith("sim_to_real"):
        return "synthetic micrographs of this project", "Apache-2.0"
    if config.startswith("mirror_"):
        return (
            f"public mirror {mirror.REPOSITORY} of {facts.HOMEPAGE}",
            "the mirror states none; others cite the original archive as CC BY 4.0",
        )
    if data.startswith("tem_virus/"):
        return facts.HOMEPAGE, "others cite the archive as CC BY 4.0"
    if config == "cbia":
        return cbia.HOMEPAGE, UNKNOWN
    return UNKNOWN, UNKNOWN
