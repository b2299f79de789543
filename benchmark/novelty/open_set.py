"""A released classifier meets viruses that it never saw: real ones, scored once, never tuned on.

The official test patches are of 14 classes, three of which the mirror lacks. Each micrograph was
scaled to 8 bits by others, so the known ones are a little strange, too.
"""

import dataclasses
from pathlib import Path

import numpy as np

from benchmark.errors import BenchmarkError
from benchmark.novelty import compare, log_files
from benchmark.official import patches
from tem_virus_dataset import facts
from tem_virus_dataset.networks.classifier import Classifier
from tem_virus_dataset.sources import official_test

FILE = "open_set_14class.json"  # in the log


@dataclasses.dataclass(frozen=True)
class OpenSet:
    """What the novelty of one network does.

    Attributes:
      run: of its record; sha256: of its file; images: sha256 of the list of all pictures.
      known, unknown: number of patches; auroc: of unknown against known ones.
      kept: share of known patches that are not flagged; flagged: share of unknown ones that are.
      kept_of, flagged_of: the same by class.
      accuracy: of the known patches; accuracy_kept: of those of them that are not flagged.
      created: time in UTC.
    """

    run: str
    sha256: str
    images: str
    known: int
    unknown: int
    auroc: float
    kept: float
    flagged: float
    kept_of: dict[str, float]
    flagged_of: dict[str, float]
    accuracy: float
    accuracy_kept: float
    created: str


def score(classifier: Classifier, folder: Path, created: str) -> OpenSet:
    """Pass all 1,900 official test patches through a classifier once.

    Raises:
      DatasetError: see `official.patches.read`. BenchmarkError: it tells nothing of novelty.
    """
    if classifier.with_novelty is None:
        raise BenchmarkError(
            f"{classifier.name}: its file has no novelty; expected a second output. Release it "
            "after python -m benchmark.novelty choose."
        )
    official = patches.read(folder, facts.CLASSES_14)
    names = np.array(facts.CLASSES_14)[official.labels]
    found = classifier.examine(official.images)
    is_known = np.isin(names, classifier.classes)
    is_flagged = found.novelty > 1
    predicted = np.array(classifier.classes)[found.probabilities.argmax(axis=1)]
    correct = (predicted == names)[is_known]
    kept = ~is_flagged[is_known]
    shares = {str(name): float(is_flagged[names == name].mean()) for name in np.unique(names)}
    return OpenSet(
        run=classifier.name,
        sha256=classifier.digest,
        images=official_test.DIGEST,
        known=int(is_known.sum()),
        unknown=int((~is_known).sum()),
        auroc=compare.auroc(found.novelty[is_known], found.novelty[~is_known]),
        kept=float(kept.mean()),
        flagged=float(is_flagged[~is_known].mean()),
        kept_of={name: 1 - share for name, share in shares.items() if name in classifier.classes},
        flagged_of={n: share for n, share in shares.items() if n not in classifier.classes},
        accuracy=float(correct.mean()),
        accuracy_kept=float(correct[kept].mean()) if kept.any() else 0.0,
        created=created,
    )


def write(log: Path, result: OpenSet) -> Path:
    """Write the result atomically; return its file."""
    return log_files.write(log / FILE, result)


def read(log: Path) -> OpenSet | None:
    """Read the result, None where there is none; raises `BenchmarkError` where it is damaged."""
    if not (log / FILE).exists():
        return None
    expected = "the result on the official test patches"
    return log_files.read(log / FILE, OpenSet, expected, "Restore it from version control.")


def text(result: OpenSet) -> str:
    """Return the result as a sentence for a terminal."""
    of_class = ", ".join(f"{name} {share:.0%}" for name, share in result.flagged_of.items())
    return (
        f"{result.run}: of {result.unknown} patches of unknown viruses {result.flagged:.1%} are "
        f"flagged ({of_class}); of {result.known:,} known ones {result.kept:.1%} are kept; AUROC "
        f"{result.auroc:.3f}; accuracy of the known ones {result.accuracy:.3f}, of those kept "
        f"{result.accuracy_kept:.3f}"
    )
