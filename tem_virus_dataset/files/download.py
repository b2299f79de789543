"""Download of an archive: fails fast, resumes where it stopped, and is whole or absent.

`<name>.zip.part` holds the bytes received so far; `<name>.zip.part.json` identifies their file.
"""

import concurrent.futures
import dataclasses
import itertools
import json
import re
import shutil
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import filelock
import requests

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import atomic, full_disk, progress, zip_file

# URLs by the file name of their zip, in the order in which they are tried.
MENDELEY = {
    f"{facts.ARCHIVE}.zip": "https://data.mendeley.com/public-api/zip/x4dwwfwtw3/download/3",
}
MIRROR = {
    f"FasterRCNN_model-{commit}.zip": (
        f"https://github.com/deep-disease-detection/FasterRCNN_model/archive/{commit}.zip"
    )
    for commit in (
        "97704b9d7c1ead634b89e9422d24a389d05e2024",
        "cd7448aa6c217058c7000539eb830847f701613f",  # an index of public files names this one
    )
}
CBIA = {
    "FRU_processing.zip": (
        "https://cbia.fi.muni.cz/files/segmentation/fru-net/FRU_processing.zip"  # 925,476,068 bytes
    ),
}

DEADLINE = 9.0  # seconds for the first bytes to come, whichever step hangs
STALL = 30.0  # seconds without a byte after which a download is stopped
CHUNK = 2**16
BEGINNING = b"PK\x03\x04"


class DownloadError(DatasetError):
    """An archive could not be downloaded; the caller adds how to get it by hand."""


@dataclasses.dataclass(frozen=True)
class _Response:
    """A response with its first bytes."""

    response: requests.Response
    first: bytes
    chunks: Iterator[bytes]


def fetch(url: str, to: Path, deadline: float = DEADLINE, stall: float = STALL) -> Path:
    """Download a zip, unless it exists; resume a download that was cut off or killed.

    Args:
      url: the zip's address.
      to: its path; the file exists only when it is complete.
      deadline: seconds for the first bytes to come.
      stall: seconds without a byte after which the download is given up.

    Raises:
      DownloadError: no network, no zip, cut off, no disk space, or another download is running.
    """
    if to.exists():
        return to
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(to.with_name(f".{to.name}.lock"), timeout=0):
            if not to.exists():
                _fetch(url, to, deadline, stall)
        return to
    except filelock.Timeout as error:
        raise DownloadError(
            f"{to}: another download of it is going on (lock {error.lock_file}); expected to be "
            "alone. Wait until it has ended."
        ) from error
    except (DownloadError, OSError) as error:  # every error of requests is of the latter
        if full_disk.is_full(error):
            raise DownloadError(
                f"{to.parent}: not enough disk space, or of what you may use of it "
                f"({_reason(error)}); expected room for {to.name}. Free some, or name another "
                "folder."
            ) from error
        known = _known(url, _part(to), _note(to))["validator"]
        kept = f" What has come is kept in {_part(to)} for the next try." if known else ""
        raise DownloadError(f"{url}: {_reason(error)}; expected the zip.{kept}") from error


def _fetch(url: str, to: Path, deadline: float, stall: float) -> None:
    part, note = _part(to), _note(to)
    known = _known(url, part, note)
    received = part.stat().st_size if known["validator"] else 0
    if not received or received != known["length"]:  # otherwise killed just before the end
        headers = (
            {"Range": f"bytes={received}-", "If-Range": known["validator"]} if received else {}
        )
        answer = _ask(url, headers, deadline, stall)
        if received and not _continues(answer.response, received, known):
            received = 0
            range_status = answer.response.status_code in (206, 416)
            if range_status:  # a range of another file, or no such range
                answer.response.close()
                answer = _ask(url, {}, deadline, stall)
        with answer.response:
            _check(answer, received)
            _write(answer, part, note, url, received, to.name)
    if not zipfile.is_zipfile(part):
        part.unlink()
        raise DownloadError("what came is not a whole zip")
    part.replace(to)
    note.unlink(missing_ok=True)


def _part(to: Path) -> Path:
    return to.with_name(f"{to.name}.part")


def _note(to: Path) -> Path:
    return to.with_name(f"{to.name}.part.json")


def _known(url: str, part: Path, note: Path) -> dict[str, Any]:
    """Return validator and length of the file that `part` belongs to; validator "" if unknown."""
    try:
        known = json.loads(note.read_text("utf-8"))
        if part.exists() and known["url"] == url and isinstance(known["validator"], str):
            return {"validator": known["validator"], "length": known["length"]}
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return {"validator": "", "length": None}


def _ask(url: str, headers: dict[str, str], deadline: float, stall: float) -> _Response:
    """Request in another thread, since a silent name server cannot be interrupted in this one."""
    future: concurrent.futures.Future[_Response] = concurrent.futures.Future()
    headers = {"Accept-Encoding": "identity", **headers}

    def ask() -> None:
        try:
            response = requests.get(url, headers=headers, stream=True, timeout=stall)
            chunks = response.iter_content(CHUNK)
            answer = _Response(response, next(chunks, b""), chunks)
        except Exception as error:
            if future.set_running_or_notify_cancel():
                future.set_exception(error)
        else:
            if future.set_running_or_notify_cancel():
                future.set_result(answer)
            else:
                response.close()

    threading.Thread(target=ask, daemon=True, name="download").start()
    concurrent.futures.wait([future], deadline)
    if future.cancel():
        raise DownloadError(f"no answer within {deadline:g} s (no network?)")
    return future.result()


def _continues(response: requests.Response, received: int, known: dict[str, Any]) -> bool:
    """Whether a response is the rest of the same file as the partial download."""
    if response.status_code != 206:
        return False
    span = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
    same = span and (int(span[1]), int(span[2])) == (received, known["length"])
    return bool(same) and _validator(response) in ("", known["validator"])


def _validator(response: requests.Response) -> str:
    """Return the server's identifier of this version of the file; "" if it gives none."""
    etag = response.headers.get("ETag", "")
    if etag and not etag.startswith("W/"):  # a weak tag may be the same for other bytes
        return etag
    return response.headers.get("Last-Modified", "")


def _check(answer: _Response, received: int) -> None:
    status, headers = answer.response.status_code, answer.response.headers
    if status in (401, 403, 407, 429):
        raise DownloadError(f"the server refuses programs (HTTP {status})")
    if status != (206 if received else 200):
        raise DownloadError(f"HTTP {status} {answer.response.reason}")
    if not received and not answer.first.startswith(BEGINNING):
        kind = headers.get("Content-Type", "no type")
        raise DownloadError(f"the server sent no zip but {kind}, beginning {answer.first[:40]!r}")


def _write(answer: _Response, part: Path, note: Path, url: str, received: int, name: str) -> None:
    """Append the response to the partial file; raise if the file is not complete then."""
    headers = answer.response.headers
    packed = headers.get("Content-Encoding", "identity") != "identity"
    stated = None if packed else headers.get("Content-Length")
    length = int(stated) + received if stated and stated.isdigit() else None
    if (length or 0) > zip_file.LARGEST_ZIP:
        raise DownloadError(
            f"{length} bytes, more than the data set can have ({zip_file.LARGEST_ZIP})"
        )
    free = shutil.disk_usage(part.parent).free
    if (length or 0) - received > free:
        raise DownloadError(f"not enough disk space in {part.parent}: {length} bytes, {free} free")
    with part.open("ab" if received else "wb") as out:
        if not received:  # the old part is gone, so the note never describes another file
            validator = "" if packed or not length else _validator(answer.response)
            new = {"url": url, "validator": validator, "length": length}
            with atomic.replacing(note) as note_file:
                note_file.write(json.dumps(new).encode())
        bar = progress.bar(desc=name, total=length, initial=received, unit="B", unit_scale=True)
        with bar:
            for chunk in itertools.chain([answer.first], answer.chunks):
                out.write(chunk)
                bar.update(len(chunk))
                received += len(chunk)
                if received > zip_file.LARGEST_ZIP:
                    raise DownloadError(
                        f"more than the data set can have ({zip_file.LARGEST_ZIP} bytes)"
                    )
    if length is not None and received != length:
        raise DownloadError(f"cut off after {received} of {length} bytes")


def _reason(error: Exception) -> str:
    """Return the root cause of a failure, as text."""
    if not isinstance(error, requests.RequestException):
        return str(error)
    root: BaseException = error
    while root.__context__:
        root = root.__context__
    return f"no connection, or it broke off ({type(root).__name__}: {root})"
