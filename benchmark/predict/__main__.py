"""python -m benchmark.predict: detect particles in micrographs, or classify them."""

import contextlib
import importlib.util
import sys
from collections.abc import Iterator

from PIL import Image

from benchmark.errors import BenchmarkError
from benchmark.machine import environment
from benchmark.predict import options
from leaderboard.files.arguments import command
from leaderboard.results.store import RecordError
from tem_virus_dataset.errors import DatasetError

NEEDED = ("cv2", "mrcfile", "ncempy", "tifffile")
MAX_PIXELS = 2**31  # Pillow refuses images of more than 13,000x13,000 pixels as an attack


@command(
    "python -m benchmark.predict",
    BenchmarkError,
    DatasetError,
    RecordError,
    OSError,
    interrupted="interrupted; the same command continues where it stopped",
)
def main(argv: list[str] | None = None) -> int:
    """Run the command; returns 0, 1 after an error, or 130 where it was interrupted."""
    args = options.parser(__doc__).parse_args(argv)
    environment.start()
    for package in NEEDED:
        if not importlib.util.find_spec(package):
            raise BenchmarkError(
                f"{package} is not installed; expected it, to read micrographs. Install it "
                'with pip install -e ".[predict]".'
            )
    environment.require_backend()
    from benchmark.predict import inputs, micrograph, models, outputs, pipeline, points, run

    listing = inputs.list_images(args.images, args.out)
    given = points.read(args.points, listing.images) if args.points else {}
    outputs.try_folder(args.out)
    detector = models.load(args.detector, args.runs) if args.detector else None
    model = models.load(args.model, args.runs)
    chosen = pipeline.assembled(model, detector, bool(args.points), args.confidence)
    for warning in chosen.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    settings = micrograph.Settings(args.nm_per_pixel, args.crop_bottom)
    with _large_images():
        return run.predict_all(listing, given, chosen, settings, args.out)


@contextlib.contextmanager
def _large_images() -> Iterator[None]:
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, MAX_PIXELS
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


if __name__ == "__main__":
    sys.exit(main())
