"""A meeting with its real broker, worker and doors, each door with a spool of its own and, when asked, its own clock."""

import json
import os
import pathlib
import queue
import signal
import sqlite3
import struct
import subprocess
import sys
import threading
import time
import unittest

import msgpack

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "foreign"))
import meeting  # noqa: E402
from client import Client, now  # noqa: E402
from programs import BIN, PATIENCE, Program, Programs  # noqa: E402

EVENT = "doors"
HOUR = 3_600_000


class Clock:
    """A simulated wall clock that programs follow, see HUDUR_CLOCK."""

    def __init__(self, path, at):
        self.path = str(path)
        self.set(at)

    def set(self, at):
        self.at = at
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        os.pwrite(file, struct.pack("<q", at), 0)
        os.close(file)


class Door:
    """hudur scan, typed at line by line; every answer is kept with the moment at which it came."""

    def __init__(self, scene, name, session="PLENARY", patience=300, clock=None, *more):
        self.spool = os.path.join(scene.folder, name + ".spool")
        self.began = time.monotonic()
        environment = {k: v for k, v in os.environ.items() if k != "HUDUR_CLOCK"}
        if clock:
            environment["HUDUR_CLOCK"] = clock.path
        self.process = subprocess.Popen(
            [BIN / "hudur-scan", "-e", EVENT, "--session", session, "--patience", str(patience), "--door", name,
             "--format", "json", "--spool", self.spool, "--endpoint", scene.programs.endpoint, *more],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
            start_new_session=True)
        self.answers, self.said = queue.Queue(), queue.Queue()
        self.readers = [threading.Thread(target=self.read, args=pair, daemon=True)
                        for pair in ((self.process.stdout, self.answers), (self.process.stderr, self.said))]
        for reader in self.readers:
            reader.start()
        scene.addCleanup(self.kill)

    @staticmethod
    def read(stream, lines):
        for line in stream:
            lines.put((time.monotonic(), line.decode()))

    def type(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        return time.monotonic()

    def answer(self):
        came, line = self.answers.get(timeout=PATIENCE)
        return came, json.loads(line)

    def scan(self, badge):
        """The answer, and after how many milliseconds it came."""
        began = self.type(badge)
        came, answer = self.answer()
        return answer, (came - began) * 1000

    def turn(self, word):
        self.type(word)
        self.answer()

    def says(self, words):
        while True:
            _, line = self.said.get(timeout=PATIENCE)
            if words in line:
                return line

    def end(self):
        """The end of the input; its exit status."""
        self.process.stdin.close()
        return self.process.wait(PATIENCE)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for reader in self.readers:
            reader.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                stream.close()
            except BrokenPipeError:
                pass

    def list_says(self, badge):
        """The state of a badge in the list that the door keeps on its disk; None when it is not there."""
        try:
            data = pathlib.Path("%s.%s.list" % (self.spool, EVENT)).read_bytes()
        except FileNotFoundError:
            return None
        at, state = 8, None
        while at < len(data):
            kind, size = data[at:at + 1], struct.unpack_from("<I", data, at + 1)[0]
            if kind == b"B":
                for line in msgpack.unpackb(data[at + 5:at + 5 + size], raw=False).get("badges", []):
                    if line["badge"] == badge:
                        state = line["state"]
            at += 5 + size
        return state


class Scene(unittest.TestCase):
    clock = None

    def setUp(self):
        if self.clock:
            os.environ["HUDUR_CLOCK"] = self.clock.path
            self.addCleanup(os.environ.pop, "HUDUR_CLOCK", None)
        self.programs = Programs()
        self.addCleanup(self.programs.stop)
        self.addCleanup(self.wake)
        self.folder = os.path.join(self.programs.folder, "doors")
        os.mkdir(self.folder)
        self.client = Client(self.programs.endpoint)
        self.addCleanup(self.client.close)
        self.wait_for("main/events")
        meeting.load(self.client, EVENT)
        self.wait_for(EVENT + "/changes")

    def wait_for(self, service):
        while not self.client.offered(service):
            pass

    def broker(self, number):
        self.programs.running[0].process.send_signal(number)

    def broker_again(self):
        """The one that died, on the same endpoints; what stood in its sockets is gone with it."""
        self.programs.running[0].end()
        self.programs.running[0] = Program("hudur-broker", "--listen", self.programs.endpoint, "--workers",
                                           "ipc://%s/workers" % self.programs.folder, "--local-role", "administrator")
        self.programs.running[0].line("ready")
        self.wait_for(EVENT + "/attendance")

    def wake(self):
        if self.programs.running and self.programs.running[0].process.poll() is None:
            self.broker(signal.SIGCONT)

    def admit(self, name, **fields):
        return meeting.admit(self.client, EVENT, name, **fields)

    def do(self, service, op, **fields):
        reply = self.client.do("%s/%s" % (EVENT, service), op, **fields)
        self.assertEqual(reply["status"], "ok", reply)
        return reply

    def get(self, service, op, **fields):
        reply = self.client.get("%s/%s" % (EVENT, service), op, **fields)
        self.assertEqual(reply["status"], "ok", reply)
        return reply

    def hudur(self, *words):
        """One command of the programs, its rows as JSON."""
        done = subprocess.run([BIN / "hudur", *map(str, words), "-e", EVENT, "--endpoint", self.programs.endpoint,
                               "--format", "json"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env={**os.environ, "XDG_STATE_HOME": os.path.join(self.programs.folder, "state")},
                              timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr or done.stdout)
        return json.loads(done.stdout)

    def upload(self, spool):
        """What a door that died left behind, sent by an empty run with its spool."""
        done = subprocess.run([BIN / "hudur-scan", "-e", EVENT, "--session", "PLENARY", "--spool", spool, "--endpoint",
                               self.programs.endpoint, "--drain", "20"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=40)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(" 0 requests wait", done.stderr)

    def rows(self, sql):
        """Straight from the event's file."""
        path = os.path.join(self.programs.folder, "data", EVENT + ".hudur")
        with sqlite3.connect("file:%s?mode=ro" % path, uri=True) as db:
            return db.execute(sql).fetchall()

    def inside(self):
        return sorted(line["person"] for line in
                      self.get("figures", "people", qualifier="present", session="PLENARY").get("people", []))


__all__ = ["Clock", "Door", "EVENT", "HOUR", "Scene", "meeting", "now"]
