"""Other splits of a config's micrographs: by imaging session, and without repeated fields."""

import collections
import dataclasses
from collections.abc import Mapping, Sequence

from tem_virus_dataset import facts
from tem_virus_dataset.audit import clean, groups
from tem_virus_dataset.audit.clean import Name
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.micrographs import session_split, sessions
from tem_virus_dataset.micrographs.job import Job, as_single_item

RANK = {split: rank for rank, split in enumerate(facts.SPLITS)}


def by_session(jobs: Sequence[Job]) -> list[Job]:
    """Hold out whole imaging sessions; see `micrographs.session_split` for the rule.

    Sessions follow from the names of the micrographs. Sessions of one specimen, and sessions that
    show one field, are one group.

    Args:
      jobs: one for each micrograph, in any split; `count` is its number of examples.

    Raises:
      DatasetError: a name from which no session follows, or a class with one group only.
    """
    field_of = groups.joined({_name(job): _name(job) for job in jobs})
    examples = {_name(job): job.count for job in jobs}
    split_of = {}
    for class_name, group_of in _sessions(jobs).items():
        try:
            split_of[class_name] = session_split.assigned(
                group_of,
                {stem: field_of[class_name, stem] for stem in group_of},
                {stem: examples[class_name, stem] for stem in group_of},
            )
        except DatasetError as error:
            raise DatasetError(f"{class_name}: {error}") from error
    return [dataclasses.replace(job, split=split_of[job.class_name][job.stem]) for job in jobs]


def micrographs_by_session(jobs: Sequence[Job]) -> list[Job]:
    """Return whole micrographs in the splits that `by_session` gives them.

    Detectors and patch classifiers are then tested on the same micrographs.

    Args:
      jobs: as those of `by_session`, with one example for each particle.

    Raises:
      DatasetError: what `by_session` raises.
    """
    return [dataclasses.replace(job, count=1, cut=as_single_item) for job in by_session(jobs)]


def without_repeated_fields(jobs: Sequence[Job]) -> list[Job]:
    """Leave out of train and validation what a later split shows, too; test stays whole.

    A field that test shows is taken out of train and validation, one that validation shows out of
    train. The test split is therefore the official one.
    """
    field_of = clean.fields(clean.same_field())
    last: dict[int, int] = {}
    for job in jobs:
        if (field := field_of.get(_name(job))) is not None:
            last[field] = max(last.get(field, 0), RANK[job.split])
    return [
        job for job in jobs if last.get(field_of.get(_name(job), -1)) in (None, RANK[job.split])
    ]


def _sessions(jobs: Sequence[Job]) -> Mapping[str, dict[str, str]]:
    """Return the group of sessions of each micrograph, by class and stem."""
    stems = collections.defaultdict(list)
    for job in jobs:
        stems[job.class_name].append(job.stem)
    session_of: dict[Name, Name] = {}
    for class_name, of_class in stems.items():
        for stem, session in sessions.sessions(of_class).items():
            session_of[class_name, stem] = class_name, sessions.specimen(session)
    group_of: dict[str, dict[str, str]] = collections.defaultdict(dict)
    for (class_name, stem), group in groups.joined(session_of).items():
        group_of[class_name][stem] = group
    return group_of


def _name(job: Job) -> Name:
    return job.class_name, job.stem
