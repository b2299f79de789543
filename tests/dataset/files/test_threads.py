import concurrent.futures
import os
import pickle
import threading

import pytest
import small_archive

from tem_virus_dataset import Builder
from tem_virus_dataset.files.threads import in_threads

AHEAD = 2 * (os.cpu_count() or 1) + 1  # how many may have been begun beside those handed out


def test_the_order_is_kept_though_the_first_ends_last():
    last = threading.Event()

    def slow_first(number):
        if number == 0 and os.cpu_count() > 1:
            assert last.wait(60)
        if number == 1:
            last.set()
        return number * number

    assert list(in_threads(slow_first, range(50))) == [n * n for n in range(50)]


def test_no_jobs_give_nothing():
    assert list(in_threads(str, [])) == []


def test_an_exception_passes_on_and_ends_the_work():
    begun = []

    def failing(number):
        begun.append(number)
        if number == 3:
            raise KeyError("three")
        return number

    results = in_threads(failing, range(10_000))
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(KeyError, match="three"):
        next(results)
    assert len(begun) <= 3 + 1 + AHEAD
    with pytest.raises(StopIteration):
        next(results)


def test_an_exception_in_the_list_of_jobs_passes_on():
    def jobs():
        yield from range(5)
        raise OSError("no more")

    with pytest.raises(OSError, match="no more"):
        list(in_threads(str, jobs()))


def test_a_consumer_that_stops_early_leaves_the_rest_undone():
    begun, taken = [], []

    def listed():
        for number in range(10_000):
            taken.append(number)
            yield number

    before = threading.active_count()
    results = in_threads(begun.append, listed())
    for _ in range(5):
        next(results)
    results.close()
    assert 5 <= len(begun) <= len(taken) <= 5 + AHEAD
    assert threading.active_count() == before


def test_what_waits_in_line_is_not_begun_after_an_early_stop(monkeypatch):
    begun, stopped = [], threading.Event()
    shutdown = concurrent.futures.ThreadPoolExecutor.shutdown

    def stopping(pool, wait=True, **options):
        shutdown(pool, wait=False, **options)
        stopped.set()
        shutdown(pool, wait=wait)

    def held_up(number):
        begun.append(number)
        assert number == 0 or stopped.wait(60)

    monkeypatch.setattr(concurrent.futures.ThreadPoolExecutor, "shutdown", stopping)
    results = in_threads(held_up, range(10_000))
    next(results)
    results.close()
    assert len(begun) <= 1 + (os.cpu_count() or 1)


def fields(item):
    """An item's attributes, each as something that compares by `==`."""
    return {
        key: (value.dtype, value.shape, value.tobytes()) if key == "image" else value
        for key, value in vars(item).items()
    }


@pytest.fixture(scope="module")
def mirror_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mirror")
    small_archive.write_mirror(folder)
    return folder


def published(name, archive, mirror_folder):
    """The jobs of a published config in the small trees."""
    folder = mirror_folder if name.startswith("mirror") else archive
    return Builder.builder_configs[name].jobs(folder)


@pytest.mark.parametrize("name", Builder.builder_configs)
def test_a_job_can_be_done_elsewhere(name, archive, mirror_folder):
    jobs = published(name, archive, mirror_folder)
    packed = [pickle.dumps(job) for job in jobs]
    for job, data in zip(jobs, packed, strict=True):
        assert len(data) < 2000 + 300 * len(job.files)  # a description, not the images
        assert len(data) < 5000
        again = pickle.loads(data)
        assert (again.micrograph, again.count) == (job.micrograph, job.count)
    for number in range(0, len(jobs), 1 if len(jobs) < 100 else 20):
        items, again = list(jobs[number].items()), list(pickle.loads(packed[number]).items())
        assert [fields(item) for item in again] == [fields(item) for item in items]
        assert len(items) == jobs[number].count > 0
