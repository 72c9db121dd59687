"""Two network namespaces with cables between them, the programs in them, and a door whose every answer is kept."""

import json
import os
import pathlib
import select
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
BIN = pathlib.Path(os.environ.get("HUDUR_BIN", HERE.parents[1] / "build" / "bin")).resolve()
PATIENCE = 20
EVENT = "hall"
PORT, RELAYED = 5570, 5600  # each namespace is new, so every port in it is free
PEOPLE = 40


def run(*words, check=True):
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise AssertionError("%s: %s" % (" ".join(map(str, words)), done.stderr.strip()))
    return done


def why_not():
    """Why namespaces, or filters in them, cannot be made here; None when they can."""
    name = "hudur-try-%d" % os.getpid()
    for program in ("ip", "nft"):
        if not shutil.which(program):
            return "%s is not installed" % program
    try:
        made = run("ip", "netns", "add", name, check=False)
        if made.returncode == 0:
            made = run("ip", "netns", "exec", name, "nft", "add", "table", "inet", "cut", check=False)
        if made.returncode == 0:
            made = run("ip", "-n", name, "link", "add", "name", "a", "type", "veth", "peer", "name", "b", check=False)
        return made.stderr.strip() if made.returncode else None
    finally:
        run("ip", "netns", "del", name, check=False)


class Program:
    """In a namespace; what it prints is read line by line."""

    def __init__(self, namespace, *words, feed=False):
        self.name, self.text = words[0], b""
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", namespace, *map(str, words)], start_new_session=True,
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.errors)

    def type(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def line(self, within=PATIENCE):
        deadline = time.monotonic() + within
        while b"\n" not in self.text:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise AssertionError("%s said nothing for %.1f s" % (self.name, within))
            chunk = os.read(self.process.stdout.fileno(), 65536)
            if not chunk:
                raise AssertionError("%s ended; it said: %s" % (self.name, self.said()))
            self.text += chunk
        line, self.text = self.text.split(b"\n", 1)
        return line.decode()

    def until(self, begins):
        while not (line := self.line()).startswith(begins):
            pass
        return line[len(begins):].strip()

    def said(self):
        self.errors.seek(0)
        return self.errors.read().decode()

    def close_input(self):
        self.process.stdin.close()
        return self.process.wait(PATIENCE * 2)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.errors):
            if stream:
                stream.close()


class Land:
    """`hall` has brokers and a worker, `door` the door; cable n joins 10.n.0.1 there with 10.n.0.2 here."""

    def __init__(self, cables=1):
        self.hall, self.door_place = ("hudur-%s-%d" % (name, os.getpid()) for name in ("hall", "door"))
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hudur-network-"))
        self.programs, self.brokers = [], []
        try:
            for name in (self.hall, self.door_place):
                run("ip", "netns", "add", name)
                run("ip", "-n", name, "link", "set", "lo", "up")
            for number in range(cables):
                self.lay_cable(number)
        except BaseException:
            self.close()
            raise

    def lay_cable(self, number):
        cable = "cable%d" % number
        run("ip", "-n", self.hall, "link", "add", "name", cable, "type", "veth", "peer", "name", cable, "netns",
            self.door_place)
        for name, address in ((self.hall, "10.%d.0.1/24" % number), (self.door_place, "10.%d.0.2/24" % number)):
            run("ip", "-n", name, "address", "add", address, "dev", cable)
            run("ip", "-n", name, "link", "set", cable, "up")

    def start(self, namespace, *words, **how):
        self.programs.append(Program(namespace, *words, **how))
        return self.programs[-1]

    # ---- the meeting ----
    def start_broker(self, number):
        broker = self.start(self.hall, BIN / "hudur-broker", "--listen", "tcp://127.0.0.1:%d" % (PORT + number),
                            "--workers", "ipc://%s/workers%d" % (self.folder, number), "--local-role",
                            "administrator")
        broker.until("ready")
        return broker

    def open(self, brokers=1):
        self.brokers = [self.start_broker(number) for number in range(brokers)]
        ways = [word for number in range(brokers)
                for word in ("--broker", "ipc://%s/workers%d" % (self.folder, number))]
        self.start(self.hall, BIN / "hudur-worker", "--data", self.folder / "data", *ways).until("ready")
        filled = self.start(self.hall, sys.executable, HERE / "fill.py", "tcp://127.0.0.1:%d" % PORT, EVENT, PEOPLE)
        self.badges = json.loads(filled.line())

    def relay(self, number, host, door_host):
        """From the door's loopback over an address to the hall's loopback."""
        far = self.start(self.hall, sys.executable, HERE / "relay.py", host, RELAYED + number, "127.0.0.1",
                         PORT + number)
        far.until("ready")
        self.start(self.door_place, sys.executable, HERE / "relay.py", door_host, PORT + number, host,
                   RELAYED + number).until("ready")
        return far

    def cut(self, namespace, *rules):
        """Rules such as ("input", "iifname cable0 drop")."""
        run("ip", "netns", "exec", namespace, "nft", "add", "table", "inet", "cut")
        for chain, rule in rules:
            run("ip", "netns", "exec", namespace, "nft",
                "add chain inet cut %s { type filter hook %s priority 0 ; }" % (chain, chain))
            run("ip", "netns", "exec", namespace, "nft", "add rule inet cut %s %s" % (chain, rule))

    def heal(self, namespace):
        run("ip", "netns", "exec", namespace, "nft", "delete", "table", "inet", "cut")

    def close(self):
        for program in reversed(self.programs):
            program.kill()
        for name in (self.hall, self.door_place):
            run("ip", "netns", "del", name, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- what the event's file says ----
    def ledger(self):
        """[(id, op, badge, direction, number, corrects)] of the door, by its own numbers."""
        file = sqlite3.connect("file:%s?mode=ro" % (self.folder / "data" / (EVENT + ".hudur")), uri=True)
        try:
            return file.execute("SELECT hex(id), op, badge, direction, number, corrects FROM ledger WHERE op IN"
                                " ('scan', 'decided') ORDER BY number").fetchall()
        finally:
            file.close()


class Door:
    """hudur scan, asked one badge after the other; all that it was shown and all that it said is kept."""

    def __init__(self, land, brokers=1):
        self.land, self.answers = land, []
        endpoints = ",".join("tcp://127.0.0.1:%d" % (PORT + number) for number in range(brokers))
        self.program = land.start(land.door_place, BIN / "hudur-scan", "-e", EVENT, "--session", "PLENARY",
                                  "--endpoint", endpoints, "--spool", land.folder / "door.spool", "--drain", 30,
                                  "--format", "json", feed=True)

    def scan(self):
        """(decided here, seconds that it took)"""
        number = len(self.answers)
        if number % PEOPLE == 0:
            self.program.type("out" if number // PEOPLE % 2 else "in")
            self.program.line()
        begun = time.monotonic()
        self.program.type(self.land.badges[number % PEOPLE])
        answer = json.loads(self.program.line())
        self.answers.append(answer)
        return answer["offline"], time.monotonic() - begun

    def scan_for(self, seconds):
        begun = time.monotonic()
        return [(time.monotonic() - begun, *self.scan()) for _ in iter(lambda: time.monotonic() - begun < seconds,
                                                                       False)]

    def scan_until(self, offline, within):
        """Seconds until an answer was decided here, or was not."""
        begun = time.monotonic()
        while self.scan()[0] != offline:
            if time.monotonic() - begun > within:
                raise AssertionError("after %.1f s the door still %s" % (
                    within, "gets answers" if offline else "decides alone"))
        return time.monotonic() - begun
