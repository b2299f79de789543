"""Downloads from a server on this machine; one test for each way in which one goes wrong."""

import socket
import threading
import time

import filelock
import pytest
from download_server import BODY, part, refused, whole

from tem_virus_dataset import facts
from tem_virus_dataset.files import download

pytestmark = pytest.mark.usefixtures("no_proxy")


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


def test_a_length_that_is_too_short(server, to):
    server.how["length told"] = 100_000
    assert "what came is not a whole zip" in refused(server.url, to)
    assert not part(to).exists()


def test_a_length_that_is_too_long(server, to):
    server.how["length told"] = len(BODY) + 5
    assert "broke off" in refused(server.url, to)


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
