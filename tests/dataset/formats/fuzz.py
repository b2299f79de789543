"""Damage micrograph files at random, and read them: only one-line errors may come of it.

    python tests/dataset/formats/fuzz.py FOLDER_OR_FILES --minutes 20

Every file is damaged again and again in one of several ways, and read in a process of its own, with
a limit of time and of memory. A traceback, a hang, a crash or an error of several lines is a
failure; the damaged file is kept. The numbers are drawn from --seed, so a run can be repeated.
"""

import argparse
import itertools
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

MEMORY = 6 << 30  # bytes that a reading process may address
HEADER = 2048  # bytes in which fields are changed; those at the end, too
FIELDS = (0, 1, 2, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 20, 1 << 28)
LARGEST = 8 << 20  # bytes of a file that is worth the time


def damaged(data: bytes, numbers: random.Random) -> bytes:
    """Return a file's bytes after one to three damages of random kinds."""
    for _ in range(numbers.choice((1, 1, 2, 3))):
        data = numbers.choice((_flipped, _cut, _zeroed, _field, _moved, _header))(data, numbers)
    return data


def _flipped(data: bytes, numbers: random.Random) -> bytes:
    result = bytearray(data)
    for _ in range(numbers.randint(1, 20) if data else 0):
        result[numbers.randrange(len(data))] ^= 1 << numbers.randrange(8)
    return bytes(result)


def _cut(data: bytes, numbers: random.Random) -> bytes:
    return data[: numbers.randint(0, len(data))]


def _zeroed(data: bytes, numbers: random.Random) -> bytes:
    start = numbers.randint(0, len(data))
    length = min(numbers.choice((1, 16, 512, 4096)), len(data) - start)
    return data[:start] + bytes(length) + data[start + length :]


def _field(data: bytes, numbers: random.Random) -> bytes:
    """Write an extreme number of 2, 4 or 8 bytes into the first or the last part."""
    size, order = numbers.choice((2, 4, 8)), numbers.choice(("little", "big"))
    part = min(HEADER, len(data))
    at = numbers.randint(0, part) + numbers.choice((0, len(data) - part))
    value = numbers.choice(FIELDS) % (1 << 8 * size)
    return (data[:at] + value.to_bytes(size, order) + data[at + size :])[: len(data)]


def _moved(data: bytes, numbers: random.Random) -> bytes:
    """Repeat or leave out a block, so that all that follows lies elsewhere."""
    start = numbers.randint(0, len(data))
    block = data[start : start + numbers.choice((1, 4, 100, 2000))]
    rest = data[start + len(block) :]
    return data[:start] + (block + block if numbers.random() < 0.5 else b"") + rest


def _header(data: bytes, numbers: random.Random) -> bytes:
    result = bytearray(data)
    for _ in range(numbers.randint(1, 8)):
        if result:
            result[numbers.randrange(min(HEADER, len(result)))] = numbers.randrange(256)
    return bytes(result)


def outcome(path: Path) -> str:
    """Read a file; return "" if it is read or refused in one line, else what is wrong."""
    from tem_virus_dataset import DatasetError
    from tem_virus_dataset.formats import read

    try:
        read.read(path)
    except (DatasetError, OSError) as error:
        text = str(error)
        is_named = isinstance(error, OSError) or str(path) in text
        is_plain = "\n" not in text and " at 0x" not in text
        return "" if is_named and is_plain else f"an error of another form: {text!r}"
    except BaseException as error:
        place = error.__traceback__
        while place and place.tb_next:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
        return f"{type(error).__name__} at {where}: {error}"
    return ""


def _serve(paths: Connection) -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except ImportError:  # on Windows there is no such limit
        pass
    while path := paths.recv():
        paths.send(outcome(path))


class ReadingProcess:
    """A process that reads files; it is started again where one makes it crash or hang."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.context = multiprocessing.get_context("spawn")
        self.start()

    def start(self) -> None:
        """Start the process."""
        self.paths, theirs = self.context.Pipe()
        self.process = self.context.Process(target=_serve, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()

    def outcome(self, path: Path) -> str:
        """Return what `outcome` returns; or that the process crashed, or took too long."""
        try:
            self.paths.send(path)
            if self.paths.poll(self.seconds):
                return str(self.paths.recv())
            wrong = f"no answer within {self.seconds:g} s"
        except (EOFError, BrokenPipeError, ConnectionResetError):
            self.process.join()
            wrong = f"the process ended with {self.process.exitcode}"
        self.stop()
        self.start()
        return wrong

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.join()
        self.paths.close()


def fuzz(
    files: Sequence[Path], folder: Path, seed: int, until: float, rounds: int, seconds: float
) -> Iterator[tuple[Path, str]]:
    """Yield each damaged file with its outcome, "" for none; of each file one, in turn.

    Args:
      files: intact ones; folder: for the damaged ones, of which those without a fault are removed.
      until: time at which to end; rounds: after which to end; seconds: for one file.
    """
    contents = {file: file.read_bytes() for file in files}
    numbers, reader = random.Random(seed), ReadingProcess(seconds)
    try:
        reader.seconds = max(seconds, 60.0)  # the first one imports the libraries
        reader.outcome(files[0])
        reader.seconds = seconds
        for count, (number, file) in zip(
            range(rounds * len(files)), itertools.cycle(enumerate(files)), strict=False
        ):
            if time.monotonic() > until:
                return
            path = folder / f"{number}_{count}{''.join(file.suffixes[-2:])[-12:]}"
            path.write_bytes(damaged(contents[file], numbers))
            wrong = reader.outcome(path)
            yield path, wrong
            if not wrong:
                path.unlink()
    finally:
        reader.stop()


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz the readers; return 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path, help="files, or folders of them")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=20, help="for one file (default: 20)")
    parser.add_argument("--keep", type=Path, default=Path("fuzzed"), help="for faulty files")
    args = parser.parse_args(arguments)
    found = [p for path in args.paths for p in (path.rglob("*") if path.is_dir() else [path])]
    files = sorted(p for p in found if p.is_file() and p.stat().st_size <= LARGEST)
    if not files:
        parser.error("no files")
    until, count, failures = time.monotonic() + 60 * args.minutes, 0, 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for path, wrong in fuzz(files, Path(folder), args.seed, until, 1 << 30, args.seconds):
            count += 1
            if wrong:
                failures += 1
                args.keep.mkdir(parents=True, exist_ok=True)
                kept = shutil.move(path, args.keep / path.name)
                intact = files[int(path.name.partition("_")[0])]
                print(f"{kept} (of {intact.name}): {wrong}", flush=True)
    print(f"{count} damaged files of {len(files)} files read, {failures} with a fault")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
