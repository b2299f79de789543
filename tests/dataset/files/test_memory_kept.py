"""Freed memory is kept where glibc can; elsewhere the call changes nothing."""

import subprocess
import sys

import pytest

from tem_virus_dataset.files import memory

FAULTS = """
import resource, sys, threading
import numpy as np
from tem_virus_dataset.files import memory

if sys.argv[1] == "kept" and not memory.keep_freed():
    sys.exit(3)


def work():
    for _ in range(50):
        [np.ones(3 << 20, np.uint8) for _ in range(30)]


threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
"""


def faults(way: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", FAULTS, way], capture_output=True, text=True, check=False
    )
    if done.returncode == 3:
        pytest.skip("no glibc")
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc is of Linux")
def test_threads_find_the_memory_of_the_last_image_again():
    assert faults("kept") < faults("given back") / 2


def test_other_systems_are_left_as_they_are(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    assert not memory.keep_freed()
