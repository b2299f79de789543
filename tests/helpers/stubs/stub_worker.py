"""In place of `benchmark.runs.worker`: ends in the way that the job's model names."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

description = Path(sys.argv[2])  # after the module in whose place it is
job = json.loads(description.read_text())
folder, runs = description.parent, Path(job["runs"])
way = job["model"]
print("the output of", way, flush=True)
(folder / "gpus.txt").write_text(os.environ.get("CUDA_VISIBLE_DEVICES", "none"))
if way == "hang":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (folder / "pids.tmp").write_text(json.dumps([os.getpid(), child.pid]))
    (folder / "pids.tmp").rename(folder / "pids.json")
    time.sleep(600)
elif way == "signal":
    os.kill(os.getpid(), job["seed"])
elif way == "exit":
    os._exit(job["seed"])
elif way == "error":
    (folder / "error.txt").write_text("BenchmarkError: not a number")
    sys.exit(1)
elif way == "together":
    last = time.monotonic() + 60
    while len(list(runs.rglob("gpus.txt"))) < 2:
        if time.monotonic() > last:
            sys.exit("the other run did not begin within a minute")
        time.sleep(0.01)
record = runs.parent / "records" / folder.parent.name / f"{folder.name}.json"
record.parent.mkdir(parents=True, exist_ok=True)
record.touch()
if way == "late":
    os.kill(os.getpid(), signal.SIGSEGV)  # as a library's end may do
