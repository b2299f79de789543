"""What a window asks of the process that predicts, and what that reports, both as JSON."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Literal, Self

Kind = Literal["started", "finished", "warning", "error", "remark"]


@dataclasses.dataclass(frozen=True)
class Job:
    """A prediction.

    Attributes:
      folder: of the micrographs; out: of the results.
      model, detector: as the options of `tem-virus predict` name them.
      confidence: None for the threshold of the model; crop_bottom: rows, None to look for strips.
      nm_per_pixel: by name of a micrograph, where a user gives it.
      named: exports of other files that are predicted, too.
      invert: the networks see the images with bright and dark exchanged.
    """

    folder: str
    out: str
    model: str
    detector: str | None = None
    confidence: float | None = None
    crop_bottom: int | None = None
    nm_per_pixel: Mapping[str, float] = dataclasses.field(default_factory=dict)
    invert: bool = False
    named: Sequence[str] = dataclasses.field(default_factory=list)

    def to_json(self) -> str:
        """Return it in one line."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def of_json(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))


@dataclasses.dataclass(frozen=True)
class Event:
    """A line of the process that predicts.

    Attributes:
      kind: started and finished are of a micrograph; the others have a text for the user.
      file: of the micrograph; number: of it, from 1; total: of all micrographs.
    """

    kind: Kind
    text: str = ""
    file: str = ""
    number: int = 0
    total: int = 0

    def to_json(self) -> str:
        """Return it in one line."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def of_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises:
          ValueError: it is no such line.
        """
        try:
            return cls(**json.loads(text))
        except TypeError as error:
            raise ValueError(f"{text!r}: no event") from error
