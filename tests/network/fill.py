"""Loads an invented meeting and people through a broker, and prints their badges: fill.py ENDPOINT EVENT PEOPLE"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "foreign"))
import meeting  # noqa: E402
from client import Client  # noqa: E402

endpoint, event, people = sys.argv[1:]
client = Client(endpoint)
while not client.offered("main/events"):
    pass
meeting.load(client, event)
print(json.dumps([meeting.admit(client, event, "Invented %d" % number)[1] for number in range(int(people))]))
