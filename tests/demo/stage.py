"""What the demonstration needs of the machine: the simulated clock, the programs, terminals and a cable to pull."""

import codecs
import datetime
import os
import pathlib
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import termios
import threading
import time
import zoneinfo

PATIENCE = 20  # seconds that a program may take to answer


class Failure(Exception):
    """What was asked did not happen; the text is for a person."""


class Clock:
    """The simulated wall clock: a file that all programs map, see HUDUR_CLOCK. `skew` is for a device that is off."""

    def __init__(self, path, skew=0):
        self.path, self.skew = str(path), skew
        self.file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        self.now = 0
        self.set(0)

    def set(self, now):
        self.now = now
        os.pwrite(self.file, struct.pack("<q", now + self.skew), 0)


class Programme:
    """Local times of the event's two days as Unix milliseconds."""

    def __init__(self, meeting):
        zone = zone_of(meeting["event"]["timezone"])
        self.days = {day["day"]: datetime.date.fromisoformat(day["date"]) for day in meeting["days"]}
        self.zone = zone

    def at(self, day, clock, seconds=0):
        hour, minute = map(int, clock.split(":"))
        moment = datetime.datetime.combine(self.days[day], datetime.time(hour, minute), self.zone)
        return int(moment.timestamp() + seconds) * 1000

    def show(self, now):
        return datetime.datetime.fromtimestamp(now / 1000, self.zone).strftime("%d %b %H:%M:%S")


def zone_of(timezone):
    """The zone by name where the machine knows zones, else by the offset that the meeting's file gives."""
    try:
        return zoneinfo.ZoneInfo(timezone["value"])
    except zoneinfo.ZoneInfoNotFoundError:
        hours, minutes = map(int, timezone["utc_offset"].split(":"))
        return datetime.timezone(datetime.timedelta(hours=hours, minutes=minutes))


class Stage:
    """Starts programs and ends every one of them."""

    def __init__(self, bin_folder, folder, endpoint, clock):
        self.bin, self.folder = pathlib.Path(bin_folder).resolve(), pathlib.Path(folder)
        self.endpoint, self.clock = endpoint, clock
        self.running = []

    def environment(self, **more):
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS")
                if name in os.environ}
        return {**keep, "TERM": "dumb", "HUDUR_ENDPOINT": self.endpoint, "HUDUR_CLOCK": self.clock.path,
                "XDG_STATE_HOME": str(self.folder / "state"), **more}

    def command(self, *words):
        return [str(self.bin / "hudur"), *map(str, words)]

    def run(self, *words, check=True):
        """Runs one command to its end and returns what it printed."""
        done = subprocess.run(self.command(*words), env=self.environment(), stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=PATIENCE * 2)
        if check and done.returncode != 0:
            raise Failure("hudur %s ended with %d: %s" % (" ".join(map(str, words)), done.returncode,
                                                          (done.stderr or done.stdout).decode()))
        return done.stdout.decode()

    def start(self, *words, environment=None, **how):
        process = subprocess.Popen(self.command(*words), env=environment or self.environment(),
                                   start_new_session=True, **how)
        self.running.append(process)
        return process

    def stop(self, process, number=signal.SIGTERM):
        if process.poll() is None:
            process.send_signal(number)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        if process in self.running:
            self.running.remove(process)
        return process.returncode

    def close(self):
        for process in reversed(self.running[:]):
            self.stop(process)


class Reader:
    """Collects what a program prints and waits for a pattern in what came since the last match."""

    def __init__(self, descriptor, name):
        self.descriptor, self.name, self.text = descriptor, name, ""
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def _more(self, deadline):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self.descriptor], [], [], left)[0]:
            raise Failure("%s said nothing that was waited for; it last printed:\n%s" % (self.name, self.text[-800:]))
        try:
            chunk = os.read(self.descriptor, 65536)
        except OSError:
            chunk = b""
        if not chunk:
            raise Failure("%s ended; it last printed:\n%s" % (self.name, self.text[-800:]))
        self.text += self.decoder.decode(chunk)

    def until(self, pattern):
        """The match of `pattern` and all text up to its end, which is then forgotten."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = re.search(pattern, self.text, re.M)
            if found:
                before, self.text = self.text[:found.end()], self.text[found.end():]
                return found, before
            self._more(deadline)


class Terminal:
    """A program on a pseudo-terminal, typed at key by key."""

    def __init__(self, stage, name, *words):
        self.master, slave = pty.openpty()
        settings = termios.tcgetattr(slave)
        settings[3] &= ~termios.ECHO
        termios.tcsetattr(slave, termios.TCSANOW, settings)
        self.stage = stage
        self.process = stage.start(*words, stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        self.reader = Reader(self.master, name)

    def type(self, keys):
        os.write(self.master, keys.encode())

    def close(self):
        status = None
        if self.process.poll() is None:
            os.write(self.master, b"\x04")
            try:
                status = self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                pass
        self.stage.stop(self.process)
        os.close(self.master)
        return status


class Cable:
    """A way to the broker that can be pulled out: one ipc endpoint that forwards to another."""

    def __init__(self, listen, target):
        self.endpoint = "ipc://" + str(listen)
        self.target = str(target)
        self.plugged, self.open = True, True
        self.pairs = []
        self.guard = threading.Lock()
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(str(listen))
        self.server.listen(16)
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self):
        while self.open:
            try:
                near, _ = self.server.accept()
            except OSError:
                return
            with self.guard:
                if not self.plugged:
                    near.close()
                    continue
                far = socket.socket(socket.AF_UNIX)
                try:
                    far.connect(self.target)
                except OSError:
                    near.close()
                    far.close()
                    continue
                self.pairs.append((near, far))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pump(source, sink):
        try:
            while True:
                chunk = source.recv(65536)
                if not chunk:
                    break
                sink.sendall(chunk)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def pull(self):
        with self.guard:
            self.plugged = False
            pairs, self.pairs = self.pairs, []
        for pair in pairs:
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                end.close()

    def plug(self):
        with self.guard:
            self.plugged = True

    def close(self):
        self.open = False
        self.pull()
        try:
            self.server.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.server.close()
