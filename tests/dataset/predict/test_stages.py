"""Stages of many items at once: order, faults, interruption, and how much is in memory."""

import sys
import threading
import time

import pytest

from tem_virus_dataset.predict import stages


def same(value):
    return value


def test_results_come_in_order_whatever_takes_longest() -> None:
    def slow(stage):
        def run(value):
            time.sleep(0.002 * ((7 * value + stage) % 5))
            return value * 10 + stage

        return run

    ended = list(stages.overlapped(range(12), slow(1), slow(2), slow(3)))
    assert [(e.item, e.result, e.error) for e in ended] == [
        (n, n * 1000 + 123, None) for n in range(12)
    ]


@pytest.mark.parametrize("failing", ["read", "examine", "write"])
def test_a_fault_in_any_thread_is_reported_for_its_item_alone(failing) -> None:
    reached = []

    def stage(name):
        def run(value):
            reached.append((name, value))
            if name == failing and value == 2:
                raise ValueError(f"{name} of {value}")
            return value

        return run

    ended = list(stages.overlapped(range(5), *map(stage, ("read", "examine", "write"))))
    assert [e.result for e in ended] == [0, 1, None, 3, 4]
    assert [str(e.error) for e in ended if e.error] == [f"{failing} of 2"]
    names = [name for name, value in reached if value == 2]
    assert names == ["read", "examine", "write"][: len(names)]
    assert names[-1] == failing


@pytest.mark.parametrize("slow", [0, 1, 2])
def test_few_items_are_in_memory_however_many_there_are(slow) -> None:
    lock = threading.Lock()
    now, most = set(), []

    def stage(number):
        def run(value):
            with lock:
                now.add(value)
                most.append(len(now))
            time.sleep(0.004 if number == slow else 0)
            if number == 2:
                with lock:
                    now.discard(value)
            return value

        return run

    assert len(list(stages.overlapped(range(20), stage(0), stage(1), stage(2)))) == 20
    assert max(most) <= stages.WORKERS
    assert max(most) > 1  # they do overlap


def test_a_large_item_is_alone_in_memory() -> None:
    now, beside = set(), []

    def read(value):
        now.add(value)
        return value

    def examine(value):
        if value == 3:
            time.sleep(0.02)
            beside.append(set(now))
        return value

    def write(value):
        now.discard(value)
        return value

    ended = stages.overlapped(range(6), read, examine, write, lambda value: value == 3)
    assert [e.result for e in ended] == list(range(6))
    assert beside == [{3}]


def test_after_an_interruption_what_is_being_written_is_whole_and_nothing_more_begins() -> None:
    begun, written = [], []
    is_writing = threading.Event()

    def examine(value):
        if value == 2:
            assert is_writing.wait(10)
            raise KeyboardInterrupt
        return value

    def write(value):
        begun.append(value)
        is_writing.set()
        time.sleep(0.02)
        written.append(value)
        return value

    with pytest.raises(KeyboardInterrupt):
        list(stages.overlapped(range(99), same, examine, write))
    assert begun == written
    assert 0 < len(written) < 99
    assert not threads()


def test_a_caller_that_stops_ends_the_threads() -> None:
    read = []
    ended = stages.overlapped(range(99), lambda value: read.append(value) or value, same, same)
    assert next(ended).item == 0
    ended.close()
    assert len(read) <= stages.AHEAD + 1
    assert not threads()


def test_a_fault_that_would_meet_all_others_ends_those_before_it_too() -> None:
    """The folder cannot be written to: no item waits for ever, and none is lost without a word."""
    is_over, written = threading.Event(), []

    def examine(value):
        if value == 0:
            assert is_over.wait(10)
        return value

    def write(value):
        if value == 1:
            is_over.set()
            raise OSError("disk full")
        written.append(value)
        return value

    ended = list(stages.overlapped(range(9), same, examine, write, ends_all=OSError))
    assert [e.item for e in ended] == list(range(9))
    assert {str(e.error) for e in ended if e.error} == {"disk full"}
    assert [e.result for e in ended if not e.error] == written
    assert ended[0].error is not None
    assert len(written) <= 1  # 2, if it was quicker


def test_networks_have_two_items_and_results_are_written_one_by_one() -> None:
    lock = threading.Lock()
    now = {"examine": 0, "write": 0}
    most = dict(now)

    def counted(stage):
        def run(value):
            with lock:
                now[stage] += 1
                most[stage] = max(most[stage], now[stage])
            time.sleep(0.003)
            with lock:
                now[stage] -= 1
            return value

        return run

    list(stages.overlapped(range(12), same, counted("examine"), counted("write")))
    assert most == {"examine": stages.EXAMINERS, "write": 1}


def test_threads_take_turns_as_before_when_all_is_done() -> None:
    before = sys.getswitchinterval()
    during = list(stages.overlapped([1], lambda _: sys.getswitchinterval(), same, same))
    assert during[0].result == pytest.approx(stages.SWITCH_INTERVAL)
    assert sys.getswitchinterval() == before


def threads():
    return [t for t in threading.enumerate() if t.name.startswith("predict")]
