"""A long day at a steady pace: real programs under mixed load, watched for memory and files that only grow.

Prints resident memory and open files of every process over time, then each one's slope over the second half, the
middle one of those of its parts; ends with 1 when one grows or a request went without its answer. The load is mostly
what changes nothing: questions and requests that come again. What must grow, because the ledger does, stays small
beside a real leak.
"""

import argparse
import collections
import itertools
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "foreign")]
import meeting  # noqa: E402
from client import Client  # noqa: E402
from watch import Watched  # noqa: E402

PEOPLE = 60           # of the event with the doors, which stays as it is
SILENCE = 5           # seconds without an answer before a request is sent again
PATIENCE = 30         # for whatever must happen at last
DOOR_PACE = 0.2       # seconds between badges at one door
DOOR_OPEN = 5         # every so many of them is let in; a refusal is something of which the worker keeps hardly more than the id
DESK_PACE = 0.5       # between searches at the desk
ARRIVAL_PACE = 2.0    # between a registration and a check-in
ROWS = 60             # of the table, however long the run
SAMPLES = 360
LEAK_KIB = 1          # planted in the worker for every hundred of its messages, with --leak
# Scans before it begins. The table of ids and each person's array of passages have then just grown, and the file is larger
# than what the writer and each reader keep of it in memory: what fills up to a bound is no leak.
HISTORY = 140000
WINDOW = 64           # requests on their way at a time
# So many in a hundred requests.
MIX = {"copy": 33, "find": 18, "changes": 18, "badges": 6, "figures": 6, "status": 8, "person": 6, "scan": 1,
       "programme": 3, "unresolved": 1}


class Failure(Exception):
    """What must not happen did; the text is for a person."""


class Program:
    """One real program. What it prints is counted by lines, and the last of them kept for a complaint."""

    def __init__(self, soak, name, *words, leak=0, feed=False):
        environment = soak.environment(leak)
        self.name, self.typed, self.lines = name, 0, 0
        self.said = collections.deque(maxlen=20)
        self.process = subprocess.Popen(
            [str(soak.bin / name), *map(str, words)], env=environment, text=True, start_new_session=True,
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for stream, counts in ((self.process.stdout, True), (self.process.stderr, False)):
            threading.Thread(target=self._read, args=(stream, counts), daemon=True).start()

    def _read(self, stream, counts):
        for line in stream:
            self.said.append(line.rstrip("\n"))
            self.lines += counts

    def type(self, line):
        self.typed += 1
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def wait_for(self, condition, what):
        until = time.monotonic() + PATIENCE
        while not condition():
            if self.process.poll() is not None and not condition():
                raise Failure("%s ended with %d instead of %s: %s" % (self.name, self.process.returncode, what,
                                                                       " / ".join(self.said)))
            if time.monotonic() > until:
                raise Failure("%s: no %s within %d s; it said: %s" % (self.name, what, PATIENCE,
                                                                     " / ".join(self.said)))
            time.sleep(0.01)

    def line(self, begins):
        def find():
            return next((line for line in list(self.said) if line.startswith(begins)), None)
        self.wait_for(find, "line \"%s\"" % begins)
        return find()[len(begins):].strip()

    def end(self):
        """Closes its input or asks it to end; its status must be 0."""
        if self.process.stdin:
            self.process.stdin.close()
        else:
            self.process.send_signal(signal.SIGTERM)
        if self.process.wait(PATIENCE) != 0:
            raise Failure("%s ended with %d: %s" % (self.name, self.process.returncode, " / ".join(self.said)))

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


class Load:
    """The requests of many clients over one connection, each kept until its answer is there."""

    def __init__(self, endpoint, hall, desk, badges):
        self.client = Client(endpoint)
        self.hall, self.desk, self.badges = hall, desk, badges
        self.outstanding, self.again = {}, []  # id -> (request, when sent); (when due, request)
        self.recent = collections.deque(maxlen=200)
        self.arrivals = collections.deque()   # registered, not yet checked in
        self.counts, self.sent, self.answered, self.resent, self.errors = collections.Counter(), 0, 0, 0, []
        self.seq = 0                          # of the ledger, as the polls have it
        kinds = [kind for kind, share in MIX.items() for _ in range(share)]
        random.Random(1).shuffle(kinds)
        self.kinds = itertools.cycle(kinds)
        self.people = itertools.cycle(range(PEOPLE))

    def make(self, kind):
        hall, client = self.hall, self.client
        if kind == "scan" or (kind == "copy" and not self.recent):
            number = next(self.people)
            way = "in" if self.counts["scan"] // PEOPLE % 2 == 0 else "out"
            sent = client.write(hall + "/attendance", "scan", badge=self.badges[number], session="PLENARY",
                                direction=way)
            self.recent.append(sent)
            return sent
        if kind == "copy":
            return self.recent[self.counts["copy"] % len(self.recent)]
        return client.read(*{
            "find": (hall + "/people", "find"), "person": (hall + "/people", "person"),
            "changes": (hall + "/changes", "changes"), "badges": (hall + "/changes", "badges"),
            "programme": (hall + "/changes", "programme"), "figures": (hall + "/figures", "figures"),
            "unresolved": (hall + "/figures", "unresolved"), "status": ("broker", "status"),
        }[kind], **self.fields(kind))

    def fields(self, kind):
        number = self.counts[kind] % PEOPLE
        return {"find": {"text": "invented %d" % number}, "person": {"person": number + 1},
                "changes": {"since": self.seq}, "badges": {"since": self.seq},
                "figures": {"by": ("country", "session", "category")[number % 3]}}.get(kind, {})

    def arrive(self, _turn):
        """A registration, or the check-in of who was registered last."""
        if self.arrivals:
            self.send(self.client.write(self.desk + "/checkin", "check_in", person=self.arrivals.popleft(), issue=True))
        else:
            self.send(self.client.write(self.desk + "/registration", "register", name="Invented Arrival",
                                        entity="TR", category="delegate", accredit=True))

    def prepare(self, scans):
        """A history of people who were sent away, as fast as it goes."""
        for number in range(scans):
            self.send(self.client.write(self.hall + "/attendance", "scan", session="HEADS", direction="in",
                                        badge=self.badges[number % PEOPLE]))
            while len(self.outstanding) >= 8 * WINDOW:
                self.client.socket.poll(50)
                self.take()
        self.drain()

    def send(self, sent, first=True):
        now = time.monotonic()
        if first and sent.id in self.outstanding:
            return  # a copy of what is on its way
        self.outstanding[sent.id] = (sent, now)
        self.sent, self.resent = self.sent + first, self.resent + (not first)
        self.client.send(sent)

    def next(self):
        kind = next(self.kinds)
        self.send(self.make(kind))
        self.counts[kind] += 1

    def take(self):
        """Every answer that is there."""
        while self.outstanding and self.client.socket.poll(0):
            _, body = self.client.dialect.reply(self.client.socket.recv_multipart())
            if body[0] not in self.outstanding:
                continue  # the second answer to what was sent twice
            sent, _ = self.outstanding[body[0]]
            self.judge(sent, meeting_reply(body[1]))

    def judge(self, sent, reply):
        if reply["status"] == "busy":
            self.outstanding[sent.id] = (sent, float("inf"))
            self.again.append((time.monotonic() + reply.get("retry_ms", 250) / 1000, sent))
            return
        del self.outstanding[sent.id]
        self.answered += 1
        if reply["status"] != "ok" and reply.get("reason") != "not_admitted":
            self.errors.append("%s was answered %s" % (sent.op, reply))
        elif sent.op == "changes":
            self.seq = reply["next"]
        elif sent.op == "register":
            self.arrivals.append(reply["person"])

    def repeat(self):
        """What is due again: what was busy, and what nobody answered."""
        now = time.monotonic()
        due, self.again = [s for at, s in self.again if at <= now], [(at, s) for at, s in self.again if at > now]
        due += [sent for sent, at in self.outstanding.values() if now - at > SILENCE]
        for sent in due:
            self.send(sent, first=False)

    def drain(self):
        until = time.monotonic() + PATIENCE
        while self.outstanding:
            if time.monotonic() > until:
                raise Failure("%d requests were never answered, such as %s" % (
                    len(self.outstanding), next(iter(self.outstanding.values()))[0].op))
            self.client.socket.poll(50)
            self.take()
            self.repeat()


def meeting_reply(body):
    import msgpack
    return msgpack.unpackb(body, raw=False)


class Soak:
    def __init__(self, options):
        self.bin, self.options = pathlib.Path(options.bin).resolve(), options
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="soak-", dir=options.folder))
        self.programs, self.watched, self.visits, self.returns = [], [], 0, 0
        self.asked = 0  # of the broker, as its own counter has it

    def environment(self, leak):
        more = {"LD_PRELOAD": str(self.bin.parent / "tests/soak/leak.so"),
                "HUDUR_LEAK": "hudur-worker:%d" % (leak * 1024)} if leak else {}
        return {**os.environ, "XDG_STATE_HOME": str(self.folder / "state"), **more}

    def start(self, name, *words, **how):
        program = Program(self, name, *words, **how)
        self.programs.append(program)
        return program

    def watch(self, name, pid, requests):
        self.watched.append(Watched(name, pid, requests))

    def children(self, program):
        for child in pathlib.Path("/proc/%d/task/%d/children" % ((program.process.pid,) * 2)).read_text(
                encoding="ascii").split():
            yield pathlib.Path("/proc", child, "comm").read_text(encoding="ascii").strip(), int(child)

    def door(self, name, way):
        return self.start("hudur-scan", "-e", "hall", "--session", "HEADS", "--direction", way, "--endpoint",
                          self.endpoint, "--spool", self.folder / (name + ".spool"), "--patience", 5000,
                          feed=True)

    def open(self):
        serve = self.start("hudur-serve", "--data", self.folder / "data", "--listen", "tcp://127.0.0.1:*",
                           leak=self.options.leak)
        self.endpoint = serve.line("listening ")
        serve.line("ready")
        client = Client(self.endpoint)
        while not client.offered("main/events"):
            pass
        for event in ("hall", "desk"):
            meeting.load(client, event)
        self.badges = [meeting.admit(client, "hall", "Invented %d" % number)[1] for number in range(PEOPLE)]
        client.close()
        self.load = Load(self.endpoint, "hall", "desk", self.badges)
        self.load.prepare(self.options.history)
        self.doors = [self.door("north", "in"), self.door("south", "out")]
        self.searches = self.start("hudur-desk", "-e", "hall", "--endpoint", self.endpoint, "--spool",
                                   self.folder / "desk.spool", feed=True)
        self.coming = self.door("coming", "in")
        self.watch("hudur-serve", serve.process.pid, lambda: self.asked)
        for name, pid in self.children(serve):
            self.watch(name, pid, lambda: self.asked)
        for name, program in (("door north", self.doors[0]), ("door south", self.doors[1]),
                              ("desk", self.searches)):
            self.watch(name, program.process.pid, lambda program=program: program.typed)

    # ---- what happens, each at its own pace ----
    def pass_doors(self, turn):
        badge = self.badges[turn // DOOR_OPEN % PEOPLE]
        for door in self.doors + [self.coming]:
            for line in ("session WORKSHOP", badge, "session HEADS") if turn % DOOR_OPEN == 0 else (badge,):
                door.type(line)

    def search(self, turn):
        self.searches.type("invented %d" % (turn % PEOPLE))

    def visit(self, turn):
        """Somebody comes, asks and goes."""
        words = (("hudur-report", "figures", "-e", "hall"), ("hudur-desk", "find", "invented", "-e", "hall"),
                 ("hudur-admin", "status"), ("hudur-report", "unresolved", "-e", "hall"))[turn % 4]
        visitor = Program(self, *words, "--endpoint", self.endpoint, "--spool", self.folder / "visitor.spool")
        if visitor.process.wait(PATIENCE) != 0:
            raise Failure("%s ended with %d: %s" % (words[0], visitor.process.returncode, " / ".join(visitor.said)))
        self.visits += 1

    def come_back(self, _turn):
        """A door is torn out of the wall, and goes on with the same spool."""
        self.coming.kill()
        self.programs.remove(self.coming)
        self.coming = self.door("coming", "in")
        self.returns += 1

    def look(self, turn):
        reply = self.ask_status()
        self.asked = reply["requests"]
        seconds = time.monotonic() - self.begun
        rows = [watched.sample(seconds) for watched in self.watched]
        every = max(1, SAMPLES // ROWS)
        if turn % every == 0:
            print("%8.0f s %9d " % (seconds, self.asked)
                  + " ".join("%10d/%-4d" % (resident, files) for _, _, resident, files in rows), flush=True)

    def ask_status(self):
        return self.status.get("broker", "status")

    def run(self):
        seconds = self.options.minutes * 60
        self.status, self.begun, before = Client(self.endpoint), time.monotonic(), self.load.sent
        paces = [[0.0, DOOR_PACE, self.pass_doors, 0], [0.0, DESK_PACE, self.search, 0],
                 [0.0, ARRIVAL_PACE, self.load.arrive, 0],
                 [0.0, max(0.2, min(5.0, seconds / 12)), self.visit, 0],
                 [min(15.0, seconds / 4), min(15.0, seconds / 4), self.come_back, 0],
                 [0.0, seconds / SAMPLES, self.look, 0]]
        print("%8s   %9s " % ("time", "requests") + " ".join("%15s" % ("%s KiB/files" % w.name)[-15:]
                                                              for w in self.watched))
        while time.monotonic() - self.begun < seconds:
            elapsed = time.monotonic() - self.begun
            for pace in paces:
                if elapsed >= pace[0]:
                    pace[2](pace[3])
                    # what was missed, because the machine was busy, is not made up for
                    pace[0], pace[3] = max(pace[0] + pace[1], elapsed), pace[3] + 1
            for _ in range(WINDOW):
                if self.load.sent - before >= elapsed * self.options.rate or len(self.load.outstanding) >= WINDOW:
                    break
                self.load.next()
            self.load.client.socket.poll(5)
            self.load.take()
            self.load.repeat()

    def finish(self):
        self.load.drain()
        if self.load.errors:
            raise Failure("%d requests failed: %s" % (len(self.load.errors), self.load.errors[0]))
        self.look(0)
        for program in self.doors + [self.searches, self.coming]:
            program.wait_for(lambda program=program: program.lines >= program.typed, "answer to every line")
        while self.programs:
            self.programs.pop().end()
        load = self.load
        print("%d requests were sent and %d answered, %d of them after being sent again; %d visitors came, a door came "
              "back %d times" % (load.sent, load.answered, load.resent, self.visits, self.returns))
        for watched in self.watched:
            print(watched.line())
        growing = [watched.name for watched in self.watched if not watched.verdict()[2]]
        print("soak: %.1f minutes, %d requests, %s" % (self.options.minutes, self.asked,
              "growing: " + ", ".join(growing) if growing else "no slope"))
        return 1 if growing else 0

    def close(self):
        for program in self.programs:
            program.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default="build/bin")
    parser.add_argument("--folder", default=None, help="where the event files lie meanwhile")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=int, default=250, help="requests a second, beside doors and desk")
    parser.add_argument("--history", type=int, default=HISTORY, help="scans before it begins")
    parser.add_argument("--leak", type=int, default=0, nargs="?", const=LEAK_KIB, metavar="KIB",
                        help="plant a leak of so many KiB per hundred messages in the worker")
    options = parser.parse_args()
    soak = Soak(options)
    try:
        soak.open()
        soak.run()
        return soak.finish()
    except Failure as failure:
        print("soak: %s" % failure, file=sys.stderr)
        return 1
    finally:
        soak.close()


if __name__ == "__main__":
    sys.exit(main())
