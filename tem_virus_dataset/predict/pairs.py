"""A released pair: a detector and a classifier that were scored together, as a small JSON file.

NAME.json names two networks beside it. Its threshold and its scores are those of the record of
both, since the thresholds of the two alone do not hold for the pair.
"""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tem_virus_dataset.errors import DatasetError

FORM = 1
SUFFIX = ".json"


@dataclasses.dataclass(frozen=True)
class Pair:
    """What the file states.

    Attributes:
      detector, classifier: names of released networks.
      confidence: threshold chosen on validation; certain_confidence: from which on nine in ten
        detections of validation are correct; None: not known.
      data, data_version, content_hash, run, seed: the record that it belongs to.
      scores: of that record, by split.
      tta: number of D4 transforms over which the detections are averaged.
      detector_weight: of the detector's class beside the classifier's, 0 to 1.
    """

    form: int
    detector: str
    classifier: str
    confidence: float
    certain_confidence: float | None
    data: str
    data_version: str
    content_hash: str
    run: str
    seed: int
    scores: dict[str, dict[str, float]]
    tta: int = 1
    detector_weight: float = 0.0

    def text(self) -> bytes:
        """Return the content of the file; without what is as in files of earlier versions."""
        stated = dataclasses.asdict(self)
        for field in dataclasses.fields(self):
            if stated[field.name] == field.default:
                del stated[field.name]
        return f"{json.dumps(stated, indent=1)}\n".encode()


def read(file: Path) -> Pair:
    """Read the file of a pair.

    Raises:
      DatasetError: it is damaged, or of another form. OSError: it cannot be read.
    """
    try:
        pair = msgspec.json.decode(file.read_bytes(), type=Pair)
    except msgspec.MsgspecError as error:
        raise DatasetError(
            f"{file}: cannot be read ({error}); expected a pair of released networks. Restore it "
            "from version control, or install the package again."
        ) from error
    if pair.form != FORM:
        raise DatasetError(
            f"{file}: has form {pair.form}; expected {FORM}. Install a newer version of tem-virus."
        )
    return pair


def check_weight(
    file: str, of_detector: Sequence[str], of_classifier: Sequence[str], weight: float
) -> None:
    """Refuse a weight of the detector's class where the two do not have the same classes.

    Args:
      file: for the message; of_detector, of_classifier: names of their classes, in any order.

    Raises:
      DatasetError: they differ, and the weight is not 0.
    """
    if weight and set(of_detector) != set(of_classifier):
        raise DatasetError(
            f"{file}: has detector_weight {weight:g} with a detector of {', '.join(of_detector)} "
            f"and a classifier of {', '.join(of_classifier)}; expected the same classes. Make the "
            "pair without --detector-weight."
        )
