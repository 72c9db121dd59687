"""The programs that chaos starts, kills, stops and starts again."""

import ctypes
import json
import os
import select
import signal
import subprocess
import time

PATIENCE = 20  # seconds that anything may take
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Ended(Exception):
    """A program did what nobody asked it to; the text is for a person."""


def end_with_parent():
    """Between fork and exec: nothing may be left running when whoever plays is killed."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Program:
    """One program, run again and again. `command` makes the words of its next run from that run's number."""

    def __init__(self, name, folder, command):
        self.name, self.command = name, command
        self.log = open(os.path.join(folder, name + ".log"), "ab")
        self.process, self.runs, self.stopped = None, 0, False

    def start(self):
        self.runs += 1
        words = self.command(self.runs)
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
                                        preexec_fn=end_with_parent)
        os.set_blocking(self.process.stdout.fileno(), False)
        return self

    @property
    def pid(self):
        return self.process.pid

    def check(self):
        """It may only end when it is told to."""
        if self.process.poll() is not None:
            raise Ended("%s ended by itself with status %d; see %s" % (self.name, self.process.returncode, self.log.name))

    def says(self):
        """What it printed since the last look."""
        return self.process.stdout.read() or b""

    def ready(self):
        deadline, said = time.monotonic() + PATIENCE, b""
        while b"ready\n" not in said:
            if not select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))[0]:
                raise Ended("%s was not ready in %d s" % (self.name, PATIENCE))
            said += self.says()
            self.check()

    def kill(self):
        self.stopped = False
        self.process.kill()
        self.process.wait()
        self._close()

    def stop(self):
        self.process.send_signal(signal.SIGSTOP)
        self.stopped = True

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)
        self.stopped = False

    def end_input(self):
        if not self.process.stdin.closed:
            self.process.stdin.close()

    def finish(self, number=0):
        """Waits for its end, after a signal if one is given; anything but 0 is a failure."""
        if number:
            self.process.send_signal(number)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise Ended("%s did not end in %d s; see %s" % (self.name, PATIENCE, self.log.name)) from None
        status = self.process.returncode
        self._close()
        if status:
            raise Ended("%s ended with status %d; see %s" % (self.name, status, self.log.name))

    def _close(self):
        self.end_input()
        self.process.stdout.close()
        self.process = None

    def close(self):
        if self.process:
            self.kill()
        self.log.close()

    def writes(self, path):
        """Whether it has the file open to write it, by what the kernel says."""
        folder = "/proc/%d/fd" % self.pid
        for descriptor in os.listdir(folder):
            try:
                if os.readlink(os.path.join(folder, descriptor)) != path:
                    continue
                with open("/proc/%d/fdinfo/%s" % (self.pid, descriptor), encoding="ascii") as info:
                    flags = next(int(line.split()[1], 8) for line in info if line.startswith("flags:"))
            except FileNotFoundError:
                continue  # closed meanwhile
            if flags & os.O_ACCMODE != os.O_RDONLY:
                return True
        return False


class Door(Program):
    """`hudur scan`, fed by a pipe. What is fed and what it prints goes to a ledger, each line before the next step."""

    def __init__(self, name, folder, command, session, badges, chance):
        super().__init__(name, folder, command)
        self.ledger = open(os.path.join(folder, name + ".ledger"), "a", encoding="utf-8")
        self.session, self.badges, self.chance = session, badges, chance
        self.text, self.waiting, self.direction = b"", 0, "in"

    @property
    def door(self):
        return "%s.r%d" % (self.name, self.runs)

    def start(self):
        self.text, self.waiting, self.direction = b"", 0, "in"
        return super().start()

    def _note(self, *words):
        self.ledger.write(json.dumps(words) + "\n")
        self.ledger.flush()

    def turn(self):
        """Hears what it said and feeds one more badge unless it has enough to do."""
        self.hear()
        if self.stopped or self.waiting > 2:
            return
        badge, direction = self.chance.choice(self.badges), self.chance.choice(("in", "in", "out"))
        self._note("fed", self.door, badge, self.session, direction)
        line = badge + "\n" if direction == self.direction else direction + "\n" + badge + "\n"
        self.process.stdin.write(line.encode())
        self.process.stdin.flush()
        self.direction = direction
        self.waiting += 1

    def hear(self):
        self.text += self.says()
        *lines, self.text = self.text.split(b"\n")
        for line in filter(None, lines):
            told = json.loads(line)
            if "badge" in told:
                self.waiting -= 1
                self._note("told", self.door, told["badge"], told["session"], told["direction"], told["admitted"],
                           told.get("reason"), told["offline"])

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.hear()
        super().kill()

    def finish(self, number=0):
        self.end_input()
        self.process.wait(PATIENCE)
        self.hear()
        super().finish(number)

    def close(self):
        super().close()
        self.ledger.close()
