"""The process that predicts for a window: a job on its input, a line for each event on its output.

It is a process of its own so that the window stays quick, so that a prediction can be stopped at
once, and so that its memory is free again afterwards. It does what `tem-virus predict` does.
"""

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from tem_virus_dataset.app.job import Event, Job
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.predict import inputs, models, outputs, pipeline, run, start
from tem_virus_dataset.predict.micrograph import Outcome, Settings

INDENTED = " "  # lines of the table of counts, which the window has as a table


def predict(job: Job, output: TextIO) -> None:
    """Write the results of a job, and its events to `output`."""

    def tell(event: Event) -> None:
        print(event.to_json(), file=output, flush=True)

    try:
        start.check_packages()
        _predict(job, tell)
    except (DatasetError, OSError) as error:
        tell(Event("error", str(error)))


def _predict(job: Job, tell: Callable[[Event], None]) -> None:
    out = Path(job.out)
    folder = Path(job.folder)
    listing = inputs.list_images([folder, *(folder / name for name in job.named)], out)
    outputs.try_folder(out)
    detector = models.load(job.detector) if job.detector else None
    model, detector = models.as_pair(models.load(job.model), detector)
    chosen = pipeline.assembled(model, detector, False, job.confidence)
    for warning in chosen.warnings:
        tell(Event("warning", warning))
    settings = Settings(crop_bottom=job.crop_bottom, invert=job.invert)
    own = {
        file: dataclasses.replace(settings, nm_per_pixel=nm)
        for file, nm in job.nm_per_pixel.items()
    }
    outcomes: dict[inputs.InputImage, Outcome] = {}
    files = [image.file for image in listing.images]
    tell(Event("started", "", files[0], 1, len(files)))
    predictions = run.predict_each(listing.images, {}, chosen, settings, out, own)
    for number, prediction in enumerate(predictions, 1):
        image = prediction.image
        if prediction.outcome:
            outcomes[image] = prediction.outcome
            for remark in prediction.outcome.done["remarks"]:
                tell(Event("warning", f"{image.path}: {remark}", image.file))
        else:
            print(prediction.trace, end="", file=sys.stderr)
            tell(Event("error", prediction.failure, image.file))
        tell(Event("finished", "", image.file, number, len(files)))
        if number < len(files):
            tell(Event("started", "", files[number], number + 1, len(files)))
    done = [outcome.done for outcome in outcomes.values()]
    found, edited = outputs.write_summary(
        out, list(outcomes), done, chosen.classes, measures_novelty=chosen.measures_novelty
    )
    for name in edited:
        tell(Event("warning", run.table_kept(name)))
    for line in (*run.closing_lines(found, outcomes.values(), out), *listing.remarks):
        if not line.startswith(INDENTED):
            tell(Event("remark", line))
    for fault in listing.faults:
        tell(Event("error", fault))


def main() -> int:
    """Read a job from the standard input and do it."""
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    output, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no event
    predict(Job.of_json(sys.stdin.readline()), output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
