"""A server of one zip on this machine, and what a download from it leaves."""

import http.server
import io
import zipfile

import numpy as np
import pytest

from tem_virus_dataset import DatasetError
from tem_virus_dataset.files import download

ETAG, OTHER = '"the first"', '"another"'


def zip_of(seed):
    """Return a zip of noise."""
    buffer = io.BytesIO()
    noise = np.random.default_rng(seed).integers(0, 256, 300_000, np.uint8).tobytes()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("noise", noise)
    return buffer.getvalue()


BODY = zip_of(1)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        how = self.server.how
        self.server.asked.append(dict(self.headers))
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/file.zip")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body, status, start = how.get("body", BODY), how.get("status", 200), 0
        span = self.headers.get("Range")
        same = how.get("ignore If-Range") or self.headers.get("If-Range") == how.get("etag", ETAG)
        if span and same and status == 200:
            start, status = int(span.removeprefix("bytes=").removesuffix("-")), 206
        self.send_response(status)
        self.send_header("Content-Type", how.get("type", "application/zip"))
        if how.get("etag", ETAG):
            self.send_header("ETag", how.get("etag", ETAG))
        if "modified" in how:
            self.send_header("Last-Modified", how["modified"])
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        if how.get("length", True):
            self.send_header("Content-Length", str(how.get("length told", len(body)) - start))
        self.send_header("Connection", "close")
        self.end_headers()
        end = how.get("cut", len(body))
        self.wfile.write(body[start:end])
        self.wfile.flush()
        self.close_connection = True
        if "stall" in how:
            how["stall"].wait(30)

    def log_message(self, *_):
        pass


def refused(url, to, **options):
    """Download, which must fail; return the error's text."""
    with pytest.raises(download.DownloadError) as caught:
        download.fetch(url, to, **options)
    assert isinstance(caught.value, DatasetError)
    assert not to.exists()
    return str(caught.value)


def part(to):
    """Return the file of what has come so far."""
    return to.with_name(f"{to.name}.part")


def cut_off(server, to, at=100_000):
    """Leave the beginning of the file behind, as a killed download does."""
    server.how["cut"] = at
    message = refused(server.url, to)
    del server.how["cut"]
    assert part(to).stat().st_size <= at
    return message


def whole(to, body=BODY):
    """Check that the zip is there, and nothing beside it."""
    assert to.read_bytes() == body
    visible = [path.name for path in to.parent.iterdir() if not path.name.startswith(".")]
    assert visible == [to.name]  # neither the part nor its note
    return True
