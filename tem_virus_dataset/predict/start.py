"""From the options of a command to the results, whatever its networks are."""

import argparse
import dataclasses
import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import memory

NEEDED = ("cv2", "mrcfile", "ncempy", "tifffile")


def check_packages() -> None:
    """Raise `DatasetError` where a package that reads micrographs is not installed."""
    for package in NEEDED:
        if not importlib.util.find_spec(package):
            raise DatasetError(
                f"{package} is not installed; expected it, to read micrographs. Install it "
                'with pip install -e ".[predict]" in a clone of the repository.'
            )


def start(args: argparse.Namespace, load: Callable[[Any], Any]) -> int:
    """Predict the micrographs that the options of `options.add` name; returns the exit status.

    Args:
      load: from the value of --model or --detector to a `Detector`, `Classifier` or `TwoStep`.

    Raises:
      DatasetError: options, networks or files do not fit. OSError: a file cannot be read.
    """
    check_packages()
    memory.keep_freed()
    from tem_virus_dataset.formats import pixel_size
    from tem_virus_dataset.predict import (
        inputs,
        micrograph,
        models,
        others,
        outputs,
        pipeline,
        points,
        run,
    )
    from tem_virus_dataset.predict.kept import writable
    from tem_virus_dataset.predict.writers import kinds, result

    listing = inputs.list_images(args.images, args.out)
    sizes = _listed_sizes(args, [image.path for image in listing.images])
    given = points.read(args.points, listing.images) if args.points else {}
    _check_formats(args.formats, bool(args.points))
    outputs.try_folder(args.out, args.formats or kinds.DEFAULT)
    detector = load(args.detector) if args.detector else None
    model = load(args.model)
    if not args.points:
        model, detector = models.as_pair(model, detector)
    chosen = pipeline.assembled(model, detector, bool(args.points), args.confidence)
    for warning in chosen.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    settings = micrograph.Settings(
        args.nm_per_pixel, args.crop_bottom, tuple(args.formats or kinds.DEFAULT), args.invert
    )
    own_settings = {
        image.file: dataclasses.replace(
            settings, nm_per_pixel=sizes[image.path], size_source=pixel_size.TABLE
        )
        for image in listing.images
        if image.path in sizes
    }
    names = result.categories([], chosen.classes, chosen.measures_novelty)
    with writable.alone(args.out):
        others.check_classes(args.out, listing.images, list(names))
        status = run.predict_all(
            listing, given, chosen, settings, args.out, args.json, own_settings
        )
    if args.model in models.names():
        print(
            f"how good {args.model} is, and what it cannot do: tem-virus models {args.model}. Not "
            "for diagnosis.",
            file=sys.stderr if args.json else sys.stdout,
        )
    return status


def _listed_sizes(args: argparse.Namespace, files: Sequence[Path]) -> Mapping[Path, float]:
    """Return the sizes of `pixel_sizes.csv` in the folders; none where --nm-per-pixel is given.

    Prints a warning of lines that name no micrograph, and of sizes that are not taken.
    """
    from tem_virus_dataset.annotations.folders import size_table
    from tem_virus_dataset.formats.pixel_size import AGREE, OPTION, TABLE

    given = args.nm_per_pixel
    try:
        table = size_table.of_given(args.images, files)
    except DatasetError:
        if given is None:
            raise
        return {}
    if given is None:
        if table.unknown:
            more = len(table.unknown) - 1
            like = f" The same of {more} more lines." if more else ""
            print(f"warning: {table.unknown[0]}{like}", file=sys.stderr)
        return table.nm
    others = [file for file, nm in table.nm.items() if abs(nm - given) > AGREE * given]
    if others:
        print(
            f"warning: {TABLE} lists another size than {OPTION} {given:g}, which is taken, for "
            f"{len(others)} of the micrographs, such as {others[0]}. Leave {OPTION} out to take "
            "the table's.",
            file=sys.stderr,
        )
    return {}


def _check_formats(formats: Sequence[str] | None, with_points: bool) -> None:
    """Raise `DatasetError` where a format that needs boxes is asked for points."""
    from tem_virus_dataset.predict.writers import kinds

    wrong = [name for name in formats or () if name in kinds.NEED_BOXES]
    if with_points and wrong:
        raise DatasetError(
            f"--formats {' '.join(wrong)}: found with --points; expected formats that need no "
            f"boxes ({', '.join(name for name in kinds.FOLDERS if name not in kinds.NEED_BOXES)}). "
            "Leave it out, or detect particles instead."
        )
