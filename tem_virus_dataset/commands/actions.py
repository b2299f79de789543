"""What the sub-commands prepare, verify, info and figure do."""

import collections
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

import tensorflow_datasets as tfds

from tem_virus_dataset import Builder, builders, facts
from tem_virus_dataset.audit.clean import clean
from tem_virus_dataset.audit.known_sessions import of_known_session
from tem_virus_dataset.building import beam, content_hash
from tem_virus_dataset.commands import figure
from tem_virus_dataset.errors import DatasetError


def prepare(
    config: str,
    data_dir: Path | None,
    manual_dir: Path | None,
    beam_options: str | None = None,
    file_format: str | None = None,
    rebuild: bool = False,
) -> None:
    """Build one config, once; under Apache Beam where its options are given, be they empty.

    Args:
      rebuild: whether to build again what is prepared; the old data stay until the new are whole.
    """
    beamed = {} if beam_options is None else beam.settings(beam_options)
    builder = builders.named(config, data_dir)
    if sys.stderr is None or not sys.stderr.isatty():  # a log would hold every state of TFDS's bars
        tfds.disable_progress_bar()
    modes = tfds.GenerateMode
    mode = modes.REUSE_CACHE_IF_EXISTS if rebuild else modes.REUSE_DATASET_IF_EXISTS
    download = tfds.download.DownloadConfig(manual_dir=manual_dir, download_mode=mode, **beamed)
    builder.download_and_prepare(download_config=download, file_format=file_format)
    print(f"{builder.info.full_name} is in {builder.data_dir}")
    if builder.info.file_format is tfds.core.FileFormat.ARRAY_RECORD:
        print("in the format array_record: tfds.data_source reads it, without TensorFlow")


def verify(name: str, data_dir: Path | None) -> None:
    """Read every example; print counts, content hash, and how many test examples leak."""
    builder = builders.named(name, data_dir)
    config = builder.builder_config
    digests, micrographs = {}, {}
    tally: collections.Counter[str] = collections.Counter()
    for example in builder.examples():
        digests[example["id"]] = config.digest(example)
        micrographs[example["id"]] = example["micrograph"]
        tally.update(config.tally(example))
    found = content_hash.count(digests)
    content_hash.check_counts(found, config.expected, str(builder.data_dir), config.estimated)
    _print_counts({n: {s: found.get((s, n), 0) for s in facts.SPLITS} for n in config.expected})
    for what, number in tally.items():
        print(f"{number} {what}")
    print(f"content hash {content_hash.content_hash(digests)}")
    if config.source and isinstance(builder, Builder):  # of the other nobody has listed pairs
        tests = [m for i, m in micrographs.items() if i.startswith("test/")]
        others = {m for i, m in micrographs.items() if not i.startswith("test/")}
        leaking = len(tests) - int(clean(tests, others).sum())
        print(
            f"{leaking} of {len(tests)} test examples show a field that is in train or validation, "
            "too, among the pairs known (Influenza, Lassa, "
            "Nipah virus and the excluded classes were not looked through)"
        )
        print(_known_sessions(tests, others))


def _known_sessions(tests: Sequence[str], others: Collection[str]) -> str:
    """Return how many test examples are of a session that the other splits show."""
    try:
        known = int(of_known_session(tests, others).sum())
    except DatasetError as error:
        return f"whether test has imaging sessions of its own is not known: {error}"
    return (
        f"{known} of {len(tests)} test examples are of an imaging session that is in train or "
        "validation, too"
    )


def draw(name: str, data_dir: Path | None, out: Path, seed: int) -> None:
    """Write a sheet with one example of every class or set; print their ids."""
    shown = figure.write(builders.named(name, data_dir), out, seed)
    for class_name, example in shown.items():
        print(f"{class_name:14} {example}")
    print(f"the figure is in {out}")


def info(data_dir: Path | None) -> None:
    """Print each config with its counts and whether it is prepared."""
    for name in builders.names():
        builder = builders.named(name, data_dir)
        config = builder.builder_config
        there = builder.data_dir if builder.data_path.exists() else "not prepared"
        print(f"\n{builder.info.full_name}: {config.description}\n  {there}")
        _print_counts(config.expected)


def _print_counts(rows: facts.Counts) -> None:
    """Print counts; where only a class's total is known, its splits are left open."""
    columns = (*facts.SPLITS, "total")
    print(f"{'':18}" + "".join(f"{column:>12}" for column in columns))
    sums = dict.fromkeys(columns, 0)
    for name, row in rows.items():
        full = {"total": sum(row.values()), **row}
        print(f"{name:18}" + "".join(f"{full.get(column, '?'):>12}" for column in columns))
        sums = {column: sums[column] + full[column] for column in sums.keys() & full.keys()}
    print(f"{'total':18}" + "".join(f"{sums.get(column, '?'):>12}" for column in columns))
