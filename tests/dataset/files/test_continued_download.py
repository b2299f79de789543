"""Downloads that were cut off: continued where the file is the same, begun anew where not."""

import json
import threading
import time
from email.utils import formatdate

import pytest
from download_server import BODY, ETAG, OTHER, cut_off, part, refused, whole, zip_of

from tem_virus_dataset.files import download

pytestmark = pytest.mark.usefixtures("no_proxy")


def test_a_page_does_not_harm_what_has_come(server, to):
    cut_off(server, to)
    have = part(to).read_bytes()
    server.how.update(body=b"<html>Log in", etag=OTHER)
    assert "What has come is kept" in refused(server.url, to)
    assert part(to).read_bytes() == have


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
