"""A client of the API at the URL given, which takes its proxy and its roots
from the environment: python3 client.py urllib|stream URL"""

import json
import sys
import urllib.request

how, base = sys.argv[1:]


def call(path, *args, **options):
    with urllib.request.urlopen(urllib.request.Request(base + path, *args, **options)) as answer:
        print(answer.status, answer.read().decode())


if how == "urllib":
    call("/hello?q=1")
    body = json.dumps({"name": "ada", "tags": ["a", "b"]}, separators=(",", ":")).encode()
    call("/echo", body, {"Content-Type": "application/json"}, method="POST")
else:
    with urllib.request.urlopen(base + "/events") as answer:
        for line in answer:
            print(line.decode(), end="", flush=True)
