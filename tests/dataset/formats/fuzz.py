"""Damage files in many ways and read them: each is read or refused with one line, in time.

    python tests/dataset/formats/fuzz.py --minutes 20 ../shared/data/em_files ../my_files

Folders are searched for files of all kinds that are read; without any, small files of every kind
are written and taken. A file whose reading ends with another exception, hangs, or ends the process
is a fault: it is kept in --keep with its mutation in its name, and the command ends with 1.
"""

import argparse
import collections
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import tqdm

ROOT = Path(__file__).resolve().parents[3]
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), *map(str, (ROOT / "tests" / "helpers").iterdir())]

import files_of_all_kinds  # noqa: E402
from mutated_files import mutated  # noqa: E402
from read_in_time import Reader  # noqa: E402

from tem_virus_dataset.formats import compressed  # noqa: E402
from tem_virus_dataset.formats.read import READERS  # noqa: E402

LARGEST = 8 << 20  # bytes of a file that is taken: larger ones take time and add no code
WHERE = re.compile(r'File "([^"]+)", line (\d+)')


def originals(paths: Sequence[Path]) -> list[Path]:
    """Return the files of kinds that are read, also those in folders."""
    files = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path])]
    return sorted(
        file
        for file in files
        if file.is_file()
        and compressed.kind(file) in READERS
        and 0 < file.stat().st_size <= LARGEST
    )


def damaged(
    files: Sequence[Path], folder: Path, rng: np.random.Generator
) -> Iterator[tuple[Path, str]]:
    """Write damaged copies, one after another without end; yield each with its mutation.

    Each kind of file has an equal share, however many files of it there are.
    """
    kinds = collections.defaultdict(list)
    for file in files:
        kinds[compressed.kind(file)].append(file)
    names = sorted(kinds)
    while True:
        for kind in names:
            file = kinds[kind][rng.integers(len(kinds[kind]))]
            mutation, data = mutated(file.read_bytes(), rng)
            path = folder / f"damaged{kind}"
            path.write_bytes(data)
            yield path, f"{mutation}-{file.name}"


def cause(words: str) -> str:
    """Return the place in a traceback at which faults of one cause meet, or the words."""
    places = WHERE.findall(words)
    return ":".join(places[-1]) + " " + words.strip().splitlines()[-1] if places else words[:60]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path, help="files and folders")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seconds-per-file", type=float, default=20.0, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=0, help="another one damages otherwise")
    parser.add_argument("--keep", type=Path, default=Path("fuzz_faults"), metavar="FOLDER")
    args = parser.parse_args(argv)
    endings: collections.Counter[str] = collections.Counter()
    causes: collections.Counter[str] = collections.Counter()
    with tempfile.TemporaryDirectory() as folder, Reader(args.seconds_per_file) as reader:
        work = Path(folder)
        files = originals(args.paths)
        if not args.paths:
            files = files_of_all_kinds.write(work)
        if not files:
            parser.error("no files of a kind that is read in the paths")
        end = time.monotonic() + 60 * args.minutes
        copies = damaged(files, work, np.random.default_rng(args.seed))
        for path, name in tqdm.tqdm(copies, "damaged files", unit="file", disable=None):
            ending, words = reader.fault(path)
            endings[f"{compressed.kind(path)} {ending}"] += 1
            if ending == "fault":
                causes[cause(words)] += 1
                if causes[cause(words)] == 1:
                    _keep(path, name, words, args.keep)
            if time.monotonic() > end:
                break
    for name, count in sorted(endings.items()):
        print(f"{name}: {count}")
    for words, count in causes.most_common():
        print(f"fault, {count} times: {words}")
    print(f"{endings.total()} damaged files of {len(files)}; {len(causes)} kinds of fault")
    return 1 if causes else 0


def _keep(path: Path, name: str, words: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    kind = compressed.kind(path)
    kept = folder / f"{len(list(folder.iterdir())):04}-{name.replace('.', '_')}{kind}"
    kept.write_bytes(path.read_bytes())
    kept.with_name(f"{kept.name}.txt").write_text(words)
    tqdm.tqdm.write(f"{kept}: {words.strip().splitlines()[-1]}")


if __name__ == "__main__":
    sys.exit(main())
