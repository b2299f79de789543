"""Test examples of a known session: train or validation holds another micrograph of it."""

import collections
from collections.abc import Collection, Sequence

import numpy as np

from tem_virus_dataset.audit.clean import Name, name_of
from tem_virus_dataset.micrographs import sessions


def of_known_session(tests: Sequence[str], others: Collection[str]) -> np.ndarray:
    """Mark the test examples whose imaging session the other splits show, too.

    Args:
      tests: `split/Class/stem` of each test example; duplicates are allowed.
      others: the same for all examples that a model is trained or selected on.

    Returns:
      (len(tests),) bool. Sessions follow from the names of all these micrographs together.

    Raises:
      DatasetError: a name is not `split/Class/stem`, or no session follows from its stem.
    """
    session_of = _sessions({name_of(name) for name in (*tests, *others)})
    known = {session_of[name_of(other)] for other in others}
    return np.array([session_of[name_of(test)] in known for test in tests], bool)


def _sessions(names: Collection[Name]) -> dict[Name, Name]:
    stems = collections.defaultdict(list)
    for class_name, stem in sorted(names):
        stems[class_name].append(stem)
    return {
        (class_name, stem): (class_name, session)
        for class_name, of_class in stems.items()
        for stem, session in sessions.sessions(of_class).items()
    }
