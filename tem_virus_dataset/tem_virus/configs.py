"""The configs of `tem_virus`."""

import functools

import tensorflow_datasets as tfds

from tem_virus_dataset import facts
from tem_virus_dataset.building.config import Config, PatchesConfig
from tem_virus_dataset.building.micrograph_configs import BoxesConfig, MicrographsConfig
from tem_virus_dataset.phantoms import viruses
from tem_virus_dataset.sources import mirror, published_patches, raw
from tem_virus_dataset.tem_virus import clean_counts, resplit, session_counts

SESSIONS = tfds.core.Version("1.1.0")  # 1.0.0 divided specimens, and was never published
BALANCED = 736  # patches of each class in the published balanced training set


def _with_excluded() -> facts.Counts:
    """Patches of 22 classes; of the excluded ones, as many as Table 1 has particles."""
    counts = {**facts.PARTICLES_22CLASS, **facts.PATCHES_14CLASS}
    return {name: counts[name] for name in facts.CLASSES_22}


def _worst_case() -> facts.Counts:
    """Per split where a patch is a particle, so that the published patches give the order."""
    totals = {name: {"total": sum(row.values())} for name, row in facts.PATCHES_14CLASS.items()}
    return {**totals, **facts.WORST_CASE}


def _balanced() -> facts.Counts:
    return {name: {**row, "train": BALANCED} for name, row in facts.PATCHES_14CLASS.items()}


CONFIGS: list[Config] = [
    PatchesConfig(
        name="patches_14class",
        description="The paper's benchmark: published patches of 14 classes, official splits.",
        expected=facts.PATCHES_14CLASS,
        jobs=published_patches.jobs,
        source=raw.MENDELEY,
        megabytes=1400,
    ),
    PatchesConfig(
        name="patches_22class",
        description="Published patches of all 22 classes, official splits.",
        expected=_with_excluded(),
        estimated=facts.EXCLUDED,
        jobs=functools.partial(published_patches.jobs, classes=facts.CLASSES_22),
        source=raw.MENDELEY,
        megabytes=1500,
    ),
    PatchesConfig(
        name="patches_14class_worst_case",
        description=(
            "The benchmark's patches in the paper's worst-case split: the micrographs with the "
            "fewest particles train, those with the most test."
        ),
        expected=_worst_case(),
        jobs=published_patches.worst_case,
        source=raw.MENDELEY,
        megabytes=1400,
    ),
    PatchesConfig(
        name="patches_14class_sessions",
        description=(
            "The benchmark's patches with whole imaging sessions held out: no session of a test "
            "micrograph is in train or validation."
        ),
        expected=session_counts.PATCHES_14CLASS,
        jobs=published_patches.named_by_stem,
        source=raw.MENDELEY,
        megabytes=1400,
        resplit=resplit.by_session,
        version=SESSIONS,
    ),
    PatchesConfig(
        name="patches_14class_clean",
        description=(
            "The benchmark in the official splits, without those train and validation micrographs "
            "whose field a later split shows, too. Test is the official one."
        ),
        expected=clean_counts.PATCHES_14CLASS,
        jobs=published_patches.jobs,
        source=raw.MENDELEY,
        megabytes=1400,
        resplit=resplit.without_repeated_fields,
    ),
    PatchesConfig(
        name="balanced_14class",
        description=(
            "The benchmark with the paper's balanced training set: 736 patches a class, reduced "
            "at random or filled up with rotated and flipped copies."
        ),
        expected=_balanced(),
        jobs=published_patches.balanced,
        source=raw.MENDELEY,
        megabytes=2000,
    ),
    PatchesConfig(
        name="recropped_14class",
        description=(
            "Patches of 14 classes re-cropped from the RAW micrographs, official splits; needs the "
            "RAW part only."
        ),
        expected=facts.PATCHES_14CLASS,
        jobs=raw.recropped,
        source=raw.MENDELEY,
        megabytes=1400,
    ),
    MicrographsConfig(
        name="micrographs_22class",
        description=(
            "Whole RAW micrographs of all 22 classes, official splits, with pixel size and the "
            "points of every particle."
        ),
        expected=facts.MICROGRAPHS_22CLASS,
        jobs=raw.micrographs,
        source=raw.MENDELEY,
        megabytes=11000,
    ),
    PatchesConfig(
        name="mirror_11class",
        description=(
            "Real patches of eleven classes, official splits, cut around the boxes of the public "
            "1 nm mirror. Scores on it do not compare with those of the 14-class benchmark."
        ),
        expected=mirror.EXPECTED,
        jobs=mirror.jobs,
        source=mirror.MIRROR,
        megabytes=700,
    ),
    PatchesConfig(
        name="mirror_11class_sessions",
        description=(
            "The patches of the public 1 nm mirror with whole imaging sessions held out: no "
            "session of a test micrograph is in train or validation."
        ),
        expected=session_counts.MIRROR_11CLASS,
        jobs=mirror.jobs,
        source=mirror.MIRROR,
        megabytes=700,
        resplit=resplit.by_session,
        version=SESSIONS,
    ),
    PatchesConfig(
        name="mirror_11class_clean",
        description=(
            "The patches of the public 1 nm mirror in the official splits, without those train and "
            "validation micrographs whose field a later split shows, too. Test is the official one."
        ),
        expected=clean_counts.MIRROR_11CLASS,
        jobs=mirror.jobs,
        source=mirror.MIRROR,
        megabytes=700,
        resplit=resplit.without_repeated_fields,
    ),
    BoxesConfig(
        name="mirror_11class_boxes",
        description=(
            "The public 1 nm mirror as whole micrographs, without its black frame, with a box for "
            "each particle, for detection; eleven classes, official splits."
        ),
        expected=mirror.MICROGRAPHS,
        jobs=mirror.boxed,
        source=mirror.MIRROR,
        megabytes=1100,
    ),
    BoxesConfig(
        name="mirror_11class_sessions_boxes",
        description=(
            "The micrographs and boxes of the public 1 nm mirror with whole imaging sessions held "
            "out, in the splits of mirror_11class_sessions."
        ),
        expected=session_counts.MIRROR_MICROGRAPHS,
        jobs=mirror.jobs,
        source=mirror.MIRROR,
        megabytes=1100,
        resplit=resplit.micrographs_by_session,
        version=SESSIONS,
    ),
    PatchesConfig(
        name="phantom_14class",
        description=(
            "Synthetic micrographs (phantoms) of the 14 classes, for tests without a "
            "download. Scores on them say nothing about viruses."
        ),
        expected=viruses.expected_counts(),
        jobs=viruses.jobs,
        source=None,
        megabytes=100,
    ),
]
