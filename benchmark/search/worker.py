"""One fold in a process of its own: `python -m benchmark.search.worker JOB.json [attended]`."""

import sys

from benchmark.runs import worker
from benchmark.search.fold_job import FoldJob

if __name__ == "__main__":
    sys.exit(worker.main(FoldJob, "benchmark.search.execute"))
