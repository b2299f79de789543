"""In place of the Python of yolov5's environment: says what its arguments say."""

import json
import os
import sys
from pathlib import Path

# way: how it behaves; notes: file of what it was asked; parameters: of its network
way, notes, parameters = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])


def say(**answer: object) -> None:
    print(json.dumps(answer), flush=True)


notes.write_text(json.dumps({"pid": os.getpid(), "arguments": sys.argv[4:]}) + "\n")
if way == "die":
    sys.exit("a library is missing")
if way == "garbage":
    print("Python 3.11", flush=True)
say(yolov5="7.0.14" if way == "newer" else "5.0.10", torch="2.2.2", python="3.11.7")
for line in sys.stdin:
    order = json.loads(line)
    if "build" in order:
        order["bytes"] = Path(order["build"]["said"]).stat().st_size
    with notes.open("a") as file:
        file.write(json.dumps(order) + "\n")
    if "build" in order:
        say(parameters=parameters, kept=7)
    elif way == "cannot":
        say(error="RuntimeError: no memory")
    elif way == "killed":
        os.kill(os.getpid(), 9)
    else:
        say(learning_rate=2.0)
