"""python -m benchmark.open_set: our networks on the boards of the open set.

`choose` compares methods on classes left out; `official` scores finished networks on the real
unknown viruses, once; `mirror` makes a row of finished rounds; `textures` makes the rows of the
baseline; `pictures` writes all pictures of `open_set_14class` for networks of other code.
"""

import argparse
import sys

from benchmark.errors import BenchmarkError
from leaderboard.files.arguments import command
from leaderboard.files.writable import try_folder
from leaderboard.ground_truth.table_files import GroundTruthError
from leaderboard.open_set.folder import RowError
from leaderboard.predictions.text import PredictionsError
from leaderboard.results.record import RecordError
from leaderboard.submission.entries import SubmissionError
from leaderboard.tables.markers import RenderError
from tem_virus_dataset.errors import DatasetError


@command(
    "python -m benchmark.open_set", BenchmarkError, DatasetError, RecordError, RowError,
    PredictionsError, GroundTruthError, RenderError, SubmissionError, OSError,
    interrupted="interrupted; the same command continues with what is not kept yet",
)  # fmt: skip
def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    try:
        from benchmark.open_set import commands, options
    except ModuleNotFoundError as error:
        raise BenchmarkError(
            f"{error.name} is not installed; expected it, for this command. Install it with "
            'pip install -e ".[predict]" tabulate (pictures), or pip install -e ".[benchmark]".'
        ) from error
    args: argparse.Namespace = options.parser(__doc__).parse_args(argv)
    if args.command == "pictures":
        if args.out.suffix != ".npz" or args.out.is_dir():
            raise BenchmarkError(
                f"{args.out}: {'a folder' if args.out.is_dir() else 'another ending'}; expected "
                "the name of a file to write that ends in .npz, such as pictures.npz. Name one."
            )
        try_folder(args.out.parent, "OUT.npz")
    else:
        try_folder(args.log, "--log")
    commands.COMMANDS[args.command](args)
    return 0


if __name__ == "__main__":
    sys.exit(main())
