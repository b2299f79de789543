"""What must be known of a data config before its scores are compared."""

import re

from leaderboard.files.names import is_own

PHANTOM = "phantom"  # configs whose images are generated: never among the real ones
OTHER_SPLITS = ("_sessions", "_worst_case")  # ends of configs that divide the micrographs anew
COMPARABLE = 14  # number of classes of the paper's benchmark
FILAMENTS = ("Ebola", "Marburg")  # viruses whose boxes hold a whole filament, often a tangle
_NOTES = {
    "patches_14class": "14 classes, official patches and splits (the paper's benchmark).",
    "patches_14class_worst_case": "14 classes, worst-case split: the test micrographs are those "
    "with the most particles. Not comparable with the official split.",
    "patches_14class_sessions": "14 classes, whole imaging sessions held out: no session of a test "
    "micrograph is in train or validation. Not comparable with the official split.",
    "patches_14class_clean": "14 classes, official test split; train and validation without "
    "the fields that a later split shows, too.",
    "recropped_14class": "14 classes, official splits, patches cut from the micrographs by this "
    "project. Not exactly the official patches.",
    "mirror_11class": "**Eleven classes, NOT comparable with the 14-class tables.** Real patches "
    "from a public mirror, official splits, without Influenza, Lassa and Nipah virus.",
    "mirror_11class_sessions": "**Eleven classes, whole imaging sessions held out:** no session of "
    "a test micrograph is in train or validation. Not comparable with the official split, nor with "
    "the 14-class tables.",
    "mirror_11class_clean": "**Eleven classes, NOT comparable with the 14-class tables.** Official "
    "test split; train and validation without the fields that a later split shows, too.",
    "mirror_11class_boxes": "Detection in whole micrographs of eleven classes from a public "
    "mirror, official splits. **Not comparable with scores of patches.**",
    "mirror_11class_sessions_boxes": "Detection in whole micrographs of eleven classes, **whole "
    "imaging sessions held out:** no session of a test micrograph is in train or validation. Not "
    "comparable with the official split, nor with scores of patches.",
    "cbia": "Detection of exosomes; the sets of the public archive, splits of this project. "
    "**The published rows are of their authors' sets, not of these splits.**",
    "sim_to_real": "Detectors trained on synthetic micrographs (phantoms) alone, tested on 25 "
    "images of real exosomes of unknown source and pixel size. **Not comparable with any table "
    "but sim_to_real_aggregates.**",
    "sim_to_real_aggregates": "Detectors trained on phantoms of aggregated, dark and contaminated "
    "vesicles, drawn after the literature, and tested on the same 25 images as in sim_to_real. "
    "**Not comparable with any table but sim_to_real.**",
}


def is_phantom(data: str) -> bool:
    """Say whether the images of data such as tem_virus/phantom_14class are generated."""
    config = data.rpartition("/")[2]
    return config == PHANTOM or config.startswith(f"{PHANTOM}_")


def split_of(data: str) -> str:
    """Return how a config divides its micrographs: one of `OTHER_SPLITS`, or "".

    A network of one division may have been trained on test micrographs of another: it is scored on
    its own alone.
    """
    config = data.rpartition("/")[2].removesuffix("_boxes")
    return next((end for end in OTHER_SPLITS if config.endswith(end)), "")


def note(data: str) -> str:
    """Return what must be known of a data config before its scores are compared, or ""."""
    config = data.rpartition("/")[2]
    if is_own(data):
        return "A user's own images: comparable only with runs on the same images."
    if is_phantom(data):
        what = "exosomes" if data.startswith("tem_exosome/") else "viruses"
        return f"Synthetic images (phantoms): these scores say nothing about {what}."
    if config in _NOTES:
        return _NOTES[config]
    number = re.search(r"_(\d+)class", config)
    if number and int(number[1]) != COMPARABLE:
        return f"**{number[1]} classes, NOT comparable with the 14-class tables.**"
    return ""
