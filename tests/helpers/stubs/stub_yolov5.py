"""Takes the place of the Python of yolov5's environment: answers as its arguments determine."""

import json
import os
import sys
from pathlib import Path

# behaviour: how it answers or ends; notes: file of its requests; parameters: of its network
behaviour, notes, parameters = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])


def respond(**answer: object) -> None:
    print(json.dumps(answer), flush=True)


notes.write_text(json.dumps({"pid": os.getpid(), "arguments": sys.argv[4:]}) + "\n")
if behaviour == "die":
    sys.exit("a library is missing")
if behaviour == "garbage":
    print("Python 3.11", flush=True)
respond(yolov5="7.0.14" if behaviour == "newer" else "5.0.10", torch="2.2.2", python="3.11.7")
for line in sys.stdin:
    request = json.loads(line)
    if "build" in request:
        request["bytes"] = Path(request["build"]["outputs"]).stat().st_size
    with notes.open("a") as file:
        file.write(json.dumps(request) + "\n")
    if "build" in request:
        respond(parameters=parameters, kept=7)
    elif behaviour == "cannot":
        respond(error="RuntimeError: no memory")
    elif behaviour == "killed":
        os.kill(os.getpid(), 9)
    else:
        respond(rate=2.0)
