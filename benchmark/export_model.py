"""python -m benchmark.export_model RECORD.json: write the trained network of a run as ONNX file.

A run writes this file itself at its end. This command does it for a run that could not, such as one
on JAX, from the weights in the folder of the runs. The file must give the scores of the record, on
the data of the record; then it is written beside the record, which states its size and checksum.
"""

import sys

from benchmark.data.options import add_data_dir
from benchmark.errors import BenchmarkError
from benchmark.machine import environment
from benchmark.runs import finished
from leaderboard.files.arguments import Parser, command, path
from leaderboard.results import network_file
from leaderboard.results import store as records
from leaderboard.results.record import NETWORK_OF, RecordError
from tem_virus_dataset.errors import DatasetError

EXAMPLES = (
    "python -m benchmark.export_model runs/records/mirror_11class/d4_cnn-scratch-brief-s0.json",
    "python -m benchmark.export_model RECORD.json --runs ~/runs --data mirror.npz",
)


@command(
    "python -m benchmark.export_model", BenchmarkError, DatasetError, RecordError, OSError,
    interrupted="interrupted; nothing was written",
)  # fmt: skip
def main(argv: list[str] | None = None) -> int:
    """Write the network of one record; returns the exit status."""
    args = _parser().parse_args(argv)
    record = finished.record(args.record)
    finished.in_place(args.record, record)
    if NETWORK_OF in record.recipe_settings:
        raise BenchmarkError(network_file.without(args.record, record))
    environment.start()
    environment.require_backend()
    from benchmark.network_files import convert, keep  # these import Keras
    from benchmark.runs import trained

    if obstacle := convert.obstacle():
        raise BenchmarkError(
            f"{args.record}: {obstacle}; expected TensorFlow with the extra `benchmark`. "
            "Install it, or set KERAS_BACKEND=tensorflow."
        )
    network, _ = trained.network(record, args.runs)
    data = finished.data(record, args.data, args.data_dir)
    root = args.record.resolve().parents[1]
    try:
        kept = keep.written(record, network, data, root)
    except BenchmarkError as error:
        raise BenchmarkError(f"{args.record}: no network is written: {error}.") from error
    records.write(root, kept)
    assert kept.network is not None
    print(
        f"{records.network_path(root, kept)}: {kept.network['bytes']:,} bytes, weights in "
        f"{kept.network['dtype']}; its scores differ by {kept.network['score_difference']:.7f} at "
        "most from those of the record"
    )
    return 0


def _parser() -> Parser:
    from benchmark.data.address import address

    parser = Parser(prog="python -m benchmark.export_model", description=__doc__, examples=EXAMPLES)
    parser.add_argument("record", type=path, metavar="RECORD.json", help="record of a finished run")
    finished.add_runs(parser)
    parser.add_argument(
        "--data", type=address, metavar="CONFIG",
        help="data of the run, where the record's config is not prepared: FILE.npz, folder:PATH",
    )  # fmt: skip
    add_data_dir(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
