"""What clients and doors noted of what they sent and were told, read from their own files as these grow."""

import collections
import json

from packed import unpack

Intent = collections.namedtuple("Intent", "key actor service map")


class Lines:
    """The whole lines that were added to a file since the last look. What was cut by a kill is no line."""

    def __init__(self, path, ending):
        self.path, self.ending, self.offset = path, ending, 0

    def more(self):
        try:
            with open(self.path, "rb") as file:
                file.seek(self.offset)
                data = file.read()
        except FileNotFoundError:
            return
        whole = data.rfind(b"\n") + 1
        self.offset += whole
        for line in data[:whole].split(b"\n"):
            if line.endswith(self.ending):
                yield line[:len(line) - len(self.ending)].decode()


class Sent:
    """Of all clients: intents, the ids they were spooled under, answers. See client.c for the lines."""

    def __init__(self, paths):
        self.files = [Lines(path, b" .") for path in paths]
        self.intents = {}   # key: Intent
        self.keys = {}      # id: key
        self.ids = {}       # key: id
        self.unnoted = {}   # actor: key of what may have been spooled without a word of it
        self.answers = []   # (id, reply), in no order between clients
        self.problems = []

    def read(self):
        """Reads on."""
        for file in self.files:
            for line in file.more():
                kind, *words = line.split(" ")
                {"R": self._run, "I": self._intent, "N": self._id, "A": self._answer}[kind](*words)

    def _run(self, actor):
        pass

    def _intent(self, key, service, text):
        actor = key.rsplit("/", 1)[0]
        self.intents[key] = Intent(key, actor, service, unpack(bytes.fromhex(text)))
        self.unnoted[actor] = key

    def _id(self, key, text):
        actor = key.rsplit("/", 1)[0]
        self.unnoted.pop(actor, None)
        if text in ("-", ""):
            return
        if text in self.keys:
            self.problems.append("%s was spooled under the id of %s" % (key, self.keys[text]))
        self.keys[text], self.ids[key] = key, text

    def _answer(self, text, reply):
        self.answers.append((text, unpack(bytes.fromhex(reply))))


class Doors:
    """Of all doors: lines fed to `hudur scan`, and what it printed. A line is a list as JSON:
    ["fed", door, badge, session, direction] or ["told", door, badge, session, direction, admitted, reason, offline]."""

    def __init__(self, paths):
        self.files = [Lines(path, b"") for path in paths]
        self.fed = collections.Counter()   # (door, badge, session, direction): times
        self.told = collections.Counter()  # the same: answers printed, whoever decided
        self.online = collections.Counter()  # (..., reason or None): answers of the server's

    def read(self):
        for file in self.files:
            for line in file.more():
                if line:
                    what, *words = json.loads(line)
                    passage = tuple(words[:4])
                    if what == "fed":
                        self.fed[passage] += 1
                        continue
                    admitted, reason, offline = words[4:]
                    self.told[passage] += 1
                    if not offline:
                        self.online[(*passage, None if admitted else reason)] += 1
