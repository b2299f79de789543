"""One round in a process of its own: `python -m benchmark.novelty.worker JOB.json [attended]`."""

import sys

from benchmark.novelty.round_job import RoundJob
from benchmark.runs import worker

if __name__ == "__main__":
    sys.exit(worker.main(RoundJob, "benchmark.novelty.execute"))
