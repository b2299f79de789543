"""python -m benchmark.predict: find particles in micrographs, or tell their classes."""

import contextlib
import importlib.util
import os
import sys
from collections.abc import Iterator

from PIL import Image

from benchmark.errors import BenchmarkError
from benchmark.machine import environment
from benchmark.predict import options
from leaderboard.results.store import RecordError
from tem_virus_dataset.errors import DatasetError

NEEDED = ("cv2", "mrcfile", "ncempy", "tifffile")
PIXELS = 2**31  # Pillow takes larger pictures than 13,000x13,000 pixels for an attack


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns 0, or 1 where something is wrong with a file."""
    args = options.parser(__doc__).parse_args(argv)
    os.environ.update(environment.child_environment())
    try:
        for package in NEEDED:
            if not importlib.util.find_spec(package):
                raise BenchmarkError(
                    f"{package} is not installed; expected it, to read micrographs. Install it "
                    'with pip install -e ".[predict]".'
                )
        from benchmark.predict import engine, load_models, points, run_all
        from benchmark.predict import inputs as pictures

        found = pictures.listed(args.images, args.out)
        places = points.read(args.points, found) if args.points else {}
        second = load_models.load(args.detector, args.runs) if args.detector else None
        first = load_models.load(args.model, args.runs)
        used = engine.assembled(first, second, bool(args.points), args.confidence)
        for model in (used.detector, used.classifier):
            if model and model.warning:
                print(f"warning: {model.warning}", file=sys.stderr)
        with _large_pictures():
            return run_all.do(found, places, used, args.nm_per_pixel, args.out)
    except KeyboardInterrupt:
        print("interrupted; the same command goes on where it stopped", file=sys.stderr)
        return 130
    except (BenchmarkError, DatasetError, RecordError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


@contextlib.contextmanager
def _large_pictures() -> Iterator[None]:
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, PIXELS
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


if __name__ == "__main__":
    sys.exit(main())
