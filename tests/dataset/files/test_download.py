"""A server on this machine; one test for each way in which a download goes wrong."""

import http.server
import io
import json
import socket
import threading
import time
import zipfile
from email.utils import formatdate

import filelock
import numpy as np
import pytest

from tem_virus_dataset import DatasetError, facts
from tem_virus_dataset.files import download

ETAG, OTHER = '"the first"', '"another"'


def zip_of(seed):
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


@pytest.fixture
def server():
    """A server of BODY; `how` says what it does else, `asked` holds the headers it was sent."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        made.daemon_threads = True
        made.how, made.asked = {}, []
        made.url = f"http://127.0.0.1:{made.server_port}/file.zip"
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def to(tmp_path):
    return tmp_path / "downloads" / "manual" / "TEM virus dataset.zip"


def refused(url, to, **options):
    with pytest.raises(download.DownloadError) as caught:
        download.fetch(url, to, **options)
    assert isinstance(caught.value, DatasetError)
    assert not to.exists()
    return str(caught.value)


def part(to):
    return to.with_name(f"{to.name}.part")


def cut_off(server, to, at=100_000):
    """Leave the beginning of the file behind, as a killed download does."""
    server.how["cut"] = at
    message = refused(server.url, to)
    del server.how["cut"]
    assert part(to).stat().st_size <= at
    return message


def whole(to, body=BODY):
    assert to.read_bytes() == body
    visible = [path.name for path in to.parent.iterdir() if not path.name.startswith(".")]
    assert visible == [to.name]  # neither the part nor its note
    return True


def test_a_whole_zip_arrives(server, to):
    assert download.fetch(server.url, to) == to
    assert whole(to)


def test_an_archive_that_is_there_is_not_downloaded_again(server, to):
    to.parent.mkdir(parents=True)
    to.write_bytes(BODY)
    assert download.fetch(server.url, to) == to
    assert server.asked == []


def test_a_redirect_is_followed(server, to):
    download.fetch(server.url.replace("file.zip", "moved"), to)
    assert whole(to)


def test_a_zip_made_on_the_way_has_no_length(server, to):
    server.how.update(length=False, etag="")
    download.fetch(server.url, to)
    assert whole(to)


# --- no network ------------------------------------------------------------------------------


def test_a_name_that_is_not_found(to):
    message = refused("http://no-such-host.invalid/a.zip", to)
    assert message.startswith("http://no-such-host.invalid/a.zip: no connection")
    assert message.endswith("; expected the zip.")


def test_nobody_listens(to):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/a.zip"
        assert "no connection" in refused(url, to)


@pytest.fixture
def silent():
    """A socket that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def test_the_server_is_silent(silent, to):
    message = refused(f"http://{silent}/a.zip", to, deadline=0.5)
    assert "no answer within 0.5 s" in message


def test_the_proxy_is_silent(silent, to, monkeypatch):
    monkeypatch.setenv("https_proxy", f"http://{silent}")
    message = refused("https://example.invalid/a.zip", to, deadline=0.5)
    assert "no answer within 0.5 s" in message


def test_the_name_server_is_silent(to, monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answered.wait(30) and [])
    start = time.monotonic()
    message = refused("http://example.invalid/a.zip", to, deadline=0.5)
    assert time.monotonic() - start < 25
    answered.set()
    assert "no answer within 0.5 s" in message


def test_the_first_byte_does_not_come(server, to):
    server.how.update(cut=0, stall=threading.Event())
    message = refused(server.url, to, deadline=0.5)
    server.how["stall"].set()
    assert "no answer within 0.5 s" in message


def test_the_deadline_leaves_room_below_ten_seconds():
    assert download.DEADLINE < 10


# --- another answer than the zip -------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403, 429])
def test_the_server_refuses_programs(server, to, status):
    server.how.update(status=status, body=b"<html>", type="text/html")
    message = refused(server.url, to)
    assert f"the server refuses programs (HTTP {status}); expected the zip." in message
    assert not part(to).exists()


@pytest.mark.parametrize("status", [404, 500, 503])
def test_another_status(server, to, status):
    server.how["status"] = status
    assert f"HTTP {status}" in refused(server.url, to)


def test_a_page_in_place_of_the_zip(server, to):
    server.how.update(body=b"<html>Log in", type="text/html")
    message = refused(server.url, to)
    assert "the server sent no zip but text/html, beginning b'<html>Log in'" in message
    assert not part(to).exists()


def test_an_empty_answer(server, to):
    server.how["body"] = b""
    assert "the server sent no zip" in refused(server.url, to)


def test_a_page_does_not_harm_what_has_come(server, to):
    cut_off(server, to)
    have = part(to).read_bytes()
    server.how.update(body=b"<html>Log in", etag=OTHER)
    assert "What has come is kept" in refused(server.url, to)
    assert part(to).read_bytes() == have


# --- cut off, stalled, killed ----------------------------------------------------------------


def test_cut_off_and_continued(server, to):
    message = cut_off(server, to)
    assert "broke off (IncompleteRead" in message
    assert f"What has come is kept in {part(to)} for the next try." in message
    have = part(to).stat().st_size
    assert have > 0
    download.fetch(server.url, to)
    assert whole(to)
    assert server.asked[-1]["Range"] == f"bytes={have}-"
    assert server.asked[-1]["If-Range"] == ETAG


def test_continued_by_date_where_there_is_no_strong_etag(server, to):
    date = formatdate(0, usegmt=True)
    server.how.update(etag='W/"weak"', modified=date)
    cut_off(server, to)
    download.fetch(server.url, to)
    assert whole(to)
    assert server.asked[-1]["If-Range"] == date


@pytest.mark.parametrize("how", [{"etag": ""}, {"etag": 'W/"weak"'}, {"length": False}])
def test_a_file_that_cannot_be_told_from_another_is_begun_anew(server, to, how):
    server.how.update(how)
    server.how["cut"] = 100_000
    message = refused(server.url, to)
    assert "kept" not in message
    del server.how["cut"]
    download.fetch(server.url, to)
    assert whole(to)
    assert "Range" not in server.asked[-1]


@pytest.mark.parametrize("ignore", [False, True])
def test_another_file_is_never_glued_on(server, to, ignore):
    cut_off(server, to)
    other = zip_of(2)
    assert len(other) == len(BODY)
    server.how.update({"body": other, "etag": OTHER, "ignore If-Range": ignore})
    download.fetch(server.url, to)
    assert whole(to, other)


def test_a_part_longer_than_the_file_is_begun_anew(server, to):
    cut_off(server, to)
    server.how.update(status=416)
    assert "HTTP 416" in refused(server.url, to)
    assert len(server.asked) == 3
    assert "Range" not in server.asked[-1]


def test_the_part_of_another_address_is_not_taken(server, to):
    cut_off(server, to)
    note = part(to).with_name(f"{part(to).name}.json")
    note.write_text(json.dumps({**json.loads(note.read_text()), "url": "http://elsewhere/"}))
    download.fetch(server.url, to)
    assert whole(to)
    assert "Range" not in server.asked[-1]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"url": 1}'])
def test_a_damaged_note_is_passed_over(server, to, text):
    cut_off(server, to)
    part(to).with_name(f"{part(to).name}.json").write_text(text)
    download.fetch(server.url, to)
    assert whole(to)


def test_killed_between_the_last_byte_and_the_end(server, to):
    cut_off(server, to)
    part(to).write_bytes(BODY)
    asked = len(server.asked)
    download.fetch(server.url, to)
    assert whole(to)
    assert len(server.asked) == asked


KILLED = """
import sys
from pathlib import Path
from tem_virus_dataset.files import download
download.fetch(sys.argv[1], Path(sys.argv[2]))
"""


def test_a_killed_download_is_continued(server, to, fresh):
    server.how.update(cut=200_000, stall=threading.Event())
    process = fresh(KILLED, server.url, to)
    end = time.monotonic() + 120
    while not (part(to).exists() and part(to).stat().st_size) and process.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.05)
    process.kill()
    process.communicate()
    server.how.pop("stall").set()
    del server.how["cut"]
    assert 0 < part(to).stat().st_size < len(BODY)
    download.fetch(server.url, to)
    assert whole(to)
    assert "Range" in server.asked[-1]


def test_a_stalled_download_is_given_up_and_continued(server, to):
    server.how.update(cut=100_000, stall=threading.Event())
    message = refused(server.url, to, stall=0.5)
    server.how.pop("stall").set()
    del server.how["cut"]
    assert "timed out" in message
    assert "What has come is kept" in message
    download.fetch(server.url, to)
    assert whole(to)


def test_a_length_that_is_too_short(server, to):
    server.how["length told"] = 100_000
    assert "what came is not a whole zip" in refused(server.url, to)
    assert not part(to).exists()


def test_a_length_that_is_too_long(server, to):
    server.how["length told"] = len(BODY) + 5
    assert "broke off" in refused(server.url, to)


# --- the place to put it ---------------------------------------------------------------------


def test_one_download_at_a_time(server, to):
    to.parent.mkdir(parents=True)
    with filelock.FileLock(to.with_name(f".{to.name}.lock")):
        message = refused(server.url, to)
    assert "another download of it is going on" in message
    assert server.asked == []


@pytest.mark.parametrize("length", [True, False])
def test_far_more_than_the_data_set_can_have(server, to, monkeypatch, length):
    server.how.update(length=length)
    monkeypatch.setattr(download.zip_file, "LARGEST_ZIP", 100_000)
    assert "more than the data set can have (100000" in refused(server.url, to)


def test_too_little_space(server, to, monkeypatch):
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(download.shutil, "disk_usage", lambda _: usage)
    message = refused(server.url, to)
    assert f"not enough disk space in {to.parent}: {len(BODY)} bytes, 1000 free" in message


def test_a_file_where_the_folder_should_be(server, to):
    to.parent.parent.mkdir()
    to.parent.write_text("")
    assert str(to.parent) in refused(server.url, to)


def test_the_addresses_are_those_of_zips_by_their_names():
    assert [*download.MENDELEY] == [f"{facts.ARCHIVE}.zip"]
    assert all(url.startswith("https://data.mendeley.com/") for url in download.MENDELEY.values())
    for name, url in download.MIRROR.items():
        assert name.endswith(f"-{url.rpartition('/')[2]}")
        assert url.startswith("https://github.com/")
