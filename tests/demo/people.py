"""The stewards of the demonstration: three desks typed at key by key, and doors that are fed codes."""

import json
import re
import subprocess
import unicodedata

from stage import Failure, Reader, Terminal

MATCHES = r"((?:(?:\x1b\[K|^)(?: \d  #|    and more|Nobody matches)[^\r\n]*\r\n)+)\r?\x1b\[K"
OUTCOME = r"(?:\x1b\[K|^)(OK|DONE ALREADY|NO)  ([^\r\n]*)\r\n"
LETTERS_MAX = 8


def plain(name):
    """What a steward without a Turkish or French keyboard would type."""
    name = name.replace("ı", "i").replace("İ", "i").replace("ə", "a").replace("Ə", "a")
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return "".join(c for c in bare.lower() if c.isalpha() or c == " ")


class Desk:
    def __init__(self, stage, event, number):
        self.name = "desk %d" % number
        self.terminal = Terminal(stage, self.name, "desk", "-e", event,
                                 "--spool", stage.folder / ("desk-%d.spool" % number))
        self.terminal.reader.until("Registration desk of")
        self.strokes = []

    def outcome(self):
        found, _ = self.terminal.reader.until(OUTCOME)
        return found.group(1), found.group(2)

    def find(self, guest, code):
        """Types the family name letter by letter until the guest is among the matches: how many keys, which digit
        (None when the match is the only one)."""
        typed = plain(guest.family)[:LETTERS_MAX] or guest.family[:LETTERS_MAX]
        for count in range(2, len(typed) + 1):
            self.terminal.type(typed[:2] if count == 2 else typed[count - 1])
            found, _ = self.terminal.reader.until(MATCHES)
            lines = re.findall(r" (\d)  (#[^\r\n]*)", found.group(1))
            for digit, line in lines:
                if guest.name in line and "(%s," % code in line.replace("(%s)" % code, "(%s," % code):
                    return count, digit if len(lines) > 1 else None
        raise Failure("%s: nobody found for %s by typing %s" % (self.name, guest.name, typed))

    def check_in(self, guest, code):
        keys, digit = self.find(guest, code)
        self.terminal.type(digit or "\r")
        self.strokes.append(keys + 1)
        self.take_badge(guest)

    def take_badge(self, guest):
        answer, rest = self.outcome()
        found = re.search(r"#(\d+).*  badge ([0-9A-Z]+)", rest)
        if answer != "OK" or not found:
            raise Failure("%s: %s was not checked in: %s %s" % (self.name, guest.name, answer, rest))
        guest.person, guest.badge = int(found.group(1)), found.group(2)

    def walk_in(self, guest):
        """The form asks one thing after the other."""
        self.terminal.type("/new\r")
        for answer in (guest.name, guest.entity, "", guest.walk_in["category"]):
            self.terminal.type(answer + "\r")
        self.terminal.reader.until(r"NEW  [^\r\n]* registered\r\n")
        self.take_badge(guest)

    def reprint(self, guest, why):
        """Returns the badge that is revoked."""
        old = guest.badge
        self.terminal.type("/badge %d %s\r" % (guest.person, why))
        self.take_badge(guest)
        return old

    def close(self):
        if self.terminal.close() != 0:
            raise Failure("%s did not end well" % self.name)


class Door:
    """One `hudur scan` process. `patience` is how long it waits for the server before it decides alone."""

    def __init__(self, stage, event, name, session, patience, environment=None):
        self.stage, self.name, self.session, self.direction = stage, name, session, "in"
        self.log = open(stage.folder / (name + ".log"), "w+b")
        self.process = stage.start(
            "scan", "-e", event, "--session", session, "--direction", "in", "--door", name, "--format", "json",
            "--patience", patience, "--drain", 20, "--spool", stage.folder / (name + ".spool"),
            environment=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)
        self.reader = Reader(self.process.stdout.fileno(), "door " + name)
        self.waiting, self.alone, self.total = [], 0, 0

    def write(self, line):
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError as broken:
            raise Failure("door %s ended: %s" % (self.name, self.says())) from broken

    def says(self):
        self.log.seek(0)
        return self.log.read().decode().strip()

    def send(self, session, direction, code):
        """Feeds a line; `answers` collects what comes."""
        if session != self.session:
            self.write("session " + session)
            self.waiting.append(None)
        if direction != self.direction:
            self.write(direction)
            self.waiting.append(None)
        self.session, self.direction = session, direction
        self.write(code)
        self.waiting.append(code)

    def answers(self):
        """[(code, answer)] of all lines sent since."""
        done = []
        for code in self.waiting:
            found, _ = self.reader.until(r"^(\{.*\})\n")
            answer = json.loads(found.group(1))
            if code is None:
                continue
            if answer.get("badge") != code:
                raise Failure("door %s answered %s to %s" % (self.name, answer, code))
            self.total += 1
            self.alone += answer["offline"]
            done.append((code, answer))
        self.waiting = []
        return done

    def close(self):
        """Ends the input, lets the door hand in what it kept, and returns what it said last."""
        self.process.stdin.close()
        status = self.process.wait(60)
        said = self.says()
        self.stage.stop(self.process)
        self.process.stdout.close()
        self.log.close()
        if status != 0 or " 0 requests wait" not in said:
            raise Failure("door %s ended with %s: %s" % (self.name, status, said))
        return said
