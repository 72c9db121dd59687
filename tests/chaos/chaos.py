#!/usr/bin/python3
"""
Kills, stops and starts again brokers, writers and clients under load, alone and together, and after each time compares
what was acknowledged with what is stored. The same seed makes the same choices; when exactly a signal falls is the
machine's.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import meeting  # noqa: E402
from asker import Asker, NoAnswer  # noqa: E402
from check import Checker, Problem  # noqa: E402
from programs import PATIENCE, Door, Ended, Program  # noqa: E402

HEARTBEAT_MS = 100
STOP_S = 4 * HEARTBEAT_MS / 1000
RECOVERY_S = 2.0
CLIENTS, WINDOW, PROGRESS = 3, 8, 5
QUALIFIERS = ("nominated", "registered", "accredited", "walk_in", "no_show", "checked_in", "seen")
LIFE = 100  # cycles with one set of files


class Life:
    """One set of files and the programs that work on them."""

    def __init__(self, binaries, folder, seed):
        self.folder, self.seed = pathlib.Path(folder), seed
        self.chance = self._chance("faults")
        self.faults = open(self.folder / "faults.log", "a", encoding="utf-8")
        self.binaries = pathlib.Path(binaries).resolve()
        self.path = str(self.folder / "data" / (meeting.EVENT + ".hudur"))
        self.brokers = [self._broker(n) for n in (1, 2)]
        self.workers = [self._worker(name) for name in ("main", "second")]
        self.clients, self.door, self.asker = [], None, None
        self.recoveries, self.writer, self.takeovers = [], None, 0

    # ---- the programs ----
    def _endpoint(self, what, n):
        return "ipc://%s/%s%d" % (self.folder, what, n)

    def _chance(self, what):
        """Of its own for each, so that nobody's pace changes what is chosen for another."""
        return random.Random("%s %s" % (self.seed, what))

    def _clients_endpoints(self, chance):
        """Not everybody begins with the same broker."""
        endpoints = [self._endpoint("c", n) for n in (1, 2)]
        chance.shuffle(endpoints)
        return ",".join(endpoints)

    def _broker(self, n):
        return Program("broker%d" % n, self.folder, lambda run: [
            self.binaries / "hudur-broker", "--listen", self._endpoint("c", n), "--workers", self._endpoint("w", n),
            "--local-role", "administrator", "--heartbeat", str(HEARTBEAT_MS)])

    def _worker(self, name):
        return Program("worker-" + name, self.folder, lambda run: [
            self.binaries / "hudur-worker", "--data", self.folder / "data", "--name", name, "--readers", "1",
            "--heartbeat", str(HEARTBEAT_MS), "--broker", self._endpoint("w", 1), "--broker", self._endpoint("w", 2)])

    def _client(self, n, turn):
        name = "client%d" % n

        def command(run):
            chance = self._chance("%s %d" % (name, run))
            return list(map(str, [
                self.binaries.parent / "tests" / "chaos" / "client", self._clients_endpoints(chance),
                self.folder / (name + ".spool"), self.folder / (name + ".ledger"), "%s.r%d" % (name, run), meeting.EVENT,
                self.folder / "people", turn, WINDOW, chance.getrandbits(63)]))
        return Program(name, self.folder, command)

    def _scan(self, badges):
        def command(run):
            return list(map(str, [
                self.binaries / "hudur-scan", "-e", meeting.EVENT, "--session", "SECOND", "--door", "door.r%d" % run,
                "--actor", "door.r%d" % run, "--endpoint", self._clients_endpoints(self._chance("door %d" % run)),
                "--format", "json", "--patience", "150", "--spool", self.folder / "door.spool", "--drain", PATIENCE]))
        return Door("door", self.folder, command, "SECOND", badges, self._chance("badges"))

    def everything(self):
        return [*self.brokers, *self.workers, *self.clients, *([self.door] if self.door else [])]

    def begin(self):
        for program in [*self.brokers, self.workers[0]]:
            program.start()
            program.ready()
        self.asker = Asker([self._endpoint("c", n) for n in (1, 2)], self.folder / "asker.ledger")
        people, turn = meeting.fill(self.asker, self.chance, PATIENCE)
        (self.folder / "people").write_text("".join("%d %s\n" % person for person in people.items()))
        self.badges = list(people.values())
        self.workers[1].start()
        self.clients = [self._client(n, turn).start() for n in range(1, CLIENTS + 1)]
        self.door = self._scan(self.badges).start()
        self.checker = self.make_checker()

    def make_checker(self):
        ledgers = [self.folder / ("client%d.ledger" % n) for n in range(1, CLIENTS + 1)]
        return Checker(self.path, [self.folder / "asker.ledger", *ledgers], [self.folder / "door.ledger"])

    def close(self):
        for program in self.everything():
            program.close()
        if self.asker:
            self.asker.close()
        self.faults.close()

    # ---- one cycle ----
    def choose(self):
        """{program: whether it is killed; else it is stopped}, one, two or three of them, and for how many seconds."""
        count = self.chance.choice((1, 1, 1, 1, 2, 2, 3))
        faults = {program: self.chance.random() < 0.75 for program in self.chance.sample(self.everything(), count)}
        if self.chance.random() < 0.1:  # whichever comes first writes from then on
            faults = {worker: True for worker in self.chance.sample(self.workers, 2)}
        away = self.chance.choice((0, 0, 0.02, 0.1))
        return faults, away if all(faults.values()) else STOP_S

    def _note(self, faults, away):
        words = ("%s %s" % ("kill" if killed else "stop", program.name) for program, killed in faults.items())
        self.faults.write("%s for %g s\n" % (", ".join(words), away))
        self.faults.flush()

    def turn(self):
        """What goes on beside: the door is fed. Also where the time is spent that a wait takes."""
        if self.door.process:
            self.door.turn()

    def _spend(self, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.turn()
            self.checker.sent.read()
            self.asker.receive(0, 5)

    def _recover(self):
        """Until a scan through each broker is acknowledged."""
        begun = time.monotonic()
        for broker in range(len(self.brokers)):
            badge = self.chance.choice(self.badges)
            probe = self.asker.make(meeting.EVENT + "/attendance", "scan", badge=badge, session="SECOND", direction="in",
                                    door="asker/%d" % (self.asker.seq + 1))
            self.asker.insist(broker, [probe], begun + PATIENCE, self.turn)
        self.recoveries.append(time.monotonic() - begun)
        if self.recoveries[-1] > RECOVERY_S:
            return [Problem("slow", "it took %.1f s until both brokers were served again" % self.recoveries[-1])]
        return []

    def _await_load(self, answers):
        """The load itself has to get through, too."""
        deadline = time.monotonic() + PATIENCE
        while len(self.checker.sent.answers) < answers + PROGRESS:
            if time.monotonic() > deadline:
                return [Problem("stuck", "no client was answered in %d s" % PATIENCE)]
            self._spend(0.005)
            self.checker.sent.read()
        return []

    def _writers(self):
        """Two workers share the folder; the one that does not have the lock has to keep away from the file."""
        writers = [worker.name for worker in self.workers if worker.writes(self.path)]
        if len(writers) > 1:
            return [Problem("two writers", "%s have %s open" % (" and ".join(writers), self.path))]
        self.takeovers += self.writer not in (None, writers)
        self.writer = writers
        return []

    def cycle(self):
        faults, away = self.choose()
        self._note(faults, away)
        self.checker.sent.read()
        before = len(self.checker.sent.answers)
        for program, killed in faults.items():
            program.kill() if killed else program.stop()
        self._spend(away)
        for program, killed in faults.items():
            program.start() if killed else program.go_on()
        problems = self._recover() + self._await_load(before)
        for program in self.everything():
            program.check()
        return problems + self._writers() + self.checker.check()

    # ---- the end ----
    def end(self):
        """Lets everybody finish; then all that was spooled must be there. The check is a new one, from the first row."""
        for client in self.clients:
            client.end_input()
        for client in [*self.clients, self.door]:
            client.finish()
        problems = self.checker.check()
        checker = self.make_checker()
        problems = problems or checker.check(drained=True) or self._published(checker)
        for program in [*self.workers, *self.brokers]:
            program.finish(signal.SIGTERM)
        return problems


    def _published(self, checker):
        questions = [{"qualifier": qualifier} for qualifier in QUALIFIERS]
        questions.append({"qualifier": "attended", "by": "session", "minutes": 30})
        problems = []
        for question in questions:
            report = self.asker.ask(0, meeting.EVENT + "/figures", "figures", **question)
            problems += checker.check_published(report)
        return problems


class Tally:
    """What all lives come to."""

    def __init__(self, seed):
        self.seed, self.cycles, self.acked, self.begun = seed, 0, 0, time.monotonic()
        self.problems, self.recoveries, self.takeovers = [], [], 0

    def line(self):
        kinds = [problem.kind for problem in self.problems]
        return json.dumps({"cycles": self.cycles, "acked": self.acked, "lost": kinds.count("lost"),
                           "doubled": kinds.count("doubled"), "seed": self.seed}, separators=(",", ":"))


def play(life, tally, cycles):
    """One life; stops at the first problem."""
    life.begin()
    for _ in range(cycles):
        tally.problems += life.cycle()
        tally.cycles += 1
        if tally.problems:
            return
    tally.problems += life.end()


def tell(life, tally):
    tally.recoveries += life.recoveries
    tally.takeovers += life.takeovers
    seconds = time.monotonic() - tally.begun
    print("chaos: %d cycles, %.2f a second; %d acknowledged; back in %.2f s at most, %.2f s on average; "
          "the other worker took over %d times" % (
              tally.cycles, tally.cycles / seconds, tally.acked, max(tally.recoveries, default=0),
              sum(tally.recoveries) / max(1, len(tally.recoveries)), tally.takeovers), flush=True)


def live(options, tally, number, cycles):
    folder = tempfile.mkdtemp(prefix="chaos-")
    life = Life(options.bin, folder, "%d/%d" % (options.seed, number))
    try:
        play(life, tally, cycles)
    except (Ended, NoAnswer, OSError) as failure:
        tally.problems.append(Problem("stuck", str(failure)))
    finally:
        life.close()
    if hasattr(life, "checker"):
        tally.acked += life.checker.acked
    tell(life, tally)
    if tally.problems:
        print("\n".join(tally.problems))
        print("chaos: kept in %s; faults.log there says what was done; look with tests/chaos/check.py, or play it again with --seed %d" % (
            folder, options.seed))
    else:
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default=os.environ.get("HUDUR_BIN", "build/bin"))
    parser.add_argument("--cycles", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tally = Tally(options.seed)
    for number, done in enumerate(range(0, options.cycles, LIFE)):
        live(options, tally, number, min(LIFE, options.cycles - done))
        if tally.problems:
            break
    print(tally.line())
    return 1 if tally.problems else 0


if __name__ == "__main__":
    sys.exit(main())
